import type { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as logs from 'aws-cdk-lib/aws-logs';
import { LOG_RETENTION_DAYS } from '../src/adapters/cloudwatch/logGroup.ts';
import type { Deployment } from './parameters.ts';

const ZONES = 2;

/**
 * Tasks call AWS and the gateway, and nobody calls them: they have public addresses and a security
 * group that lets nothing in, so that no NAT gateway is paid for. What goes to the tables stays in
 * AWS's network.
 */
export const createNetwork = (stack: Stack, { name }: Pick<Deployment, 'name'>) => {
  // Where optional properties are exact, the package's classes do not fit to its interfaces.
  const vpc = new ec2.Vpc(stack, 'Network', {
    maxAzs: ZONES,
    natGateways: 0,
    restrictDefaultSecurityGroup: false,
    subnetConfiguration: [{ name: 'tasks', subnetType: ec2.SubnetType.PUBLIC, cidrMask: 24 }],
    gatewayEndpoints: { Tables: { service: ec2.GatewayVpcEndpointAwsService.DYNAMODB } },
    flowLogs: {
      Refused: {
        trafficType: ec2.FlowLogTrafficType.REJECT,
        destination: ec2.FlowLogDestination.toCloudWatchLogs(
          new logs.LogGroup(stack, 'RefusedTraffic', {
            logGroupName: `/${name}/refused-traffic`,
            retention: LOG_RETENTION_DAYS,
          }),
        ),
      },
    },
  }) as ec2.IVpc;
  const securityGroup = new ec2.SecurityGroup(stack, 'NothingComesIn', {
    vpc,
    description: 'Tasks call out and nobody calls in',
    allowAllOutbound: true,
  });
  return { vpc, securityGroup };
};
