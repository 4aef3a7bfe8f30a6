import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { policyOf } from '../src/adapters/iam/policy.ts';
import { LOG } from '../src/adapters/iam/rows.ts';
import type { Deployment } from './parameters.ts';
import { placeOf, roleOf, type Service } from './services.ts';

export type RoleOptions = {
  readonly of: Deployment;
  readonly service: Service;
  /** `lambda.amazonaws.com`. */
  readonly principal: string;
  /** What the service has to be allowed besides its own policy, by the flavour. */
  readonly besides?: readonly iam.PolicyStatement[];
  readonly customerKey: IKey | undefined;
};

/** A role of one service, with exactly the policy of docs/aws.md for it. */
export const createRole = (
  scope: Construct,
  { of, service, principal, besides = [], customerKey }: RoleOptions,
): iam.Role => {
  const { rows, ...role } = roleOf(service);
  // An audit that is a command writes no records; one that a schedule makes has to.
  const logs = rows.some(({ sid }) => sid === LOG.sid) ? rows : [...rows, LOG];
  const policy = iam.PolicyDocument.fromJson(policyOf({ ...role, rows: logs }, placeOf(of)));
  policy.addStatements(...besides, ...keyStatements(customerKey));
  return new iam.Role(scope, `${service}Role`, {
    roleName: `${of.name}-${service}`,
    assumedBy: new iam.ServicePrincipal(principal),
    inlinePolicies: { service: policy },
  });
};

/** docs/aws.md#keys-of-your-own: whoever sends, receives, reads or writes. */
export const keyStatements = (key: IKey | undefined): readonly iam.PolicyStatement[] =>
  key === undefined
    ? []
    : [
        new iam.PolicyStatement({
          sid: 'UseTheDeploymentsKey',
          actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
          resources: [key.keyArn],
        }),
      ];
