import { Duration, type Stack } from 'aws-cdk-lib';
import * as scaling from 'aws-cdk-lib/aws-applicationautoscaling';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { SubnetType } from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { EcsTask } from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { LOG_RETENTION_DAYS } from '../src/adapters/cloudwatch/logGroup.ts';
import { settingsOfCommand } from './commandSettings.ts';
import { namesOf } from './names.ts';
import { createNetwork } from './network.ts';
import type { Stage } from './parameters.ts';
import { createRole, keyStatements } from './roles.ts';
import type { ServiceStackProps } from './serviceStack.ts';
import { environmentOf, secretsOf, type Service } from './services.ts';
import { settingValue } from './settings.ts';

/** Tasks of a service that handles messages. */
const TASKS: Readonly<Record<Stage, { readonly min: number; readonly max: number }>> = {
  dev: { min: 1, max: 2 },
  staging: { min: 1, max: 4 },
  prod: { min: 2, max: 20 },
};

/** A task handles fifty messages at once: so many wait for about ten seconds. */
const BACKLOG_OF_A_TASK = 250;
/** More tasks at once than the backlog asks for, where messages wait in spite of that. */
const AGE_STEPS = [
  { lower: 60, change: 1 },
  { lower: 300, change: 3 },
];
/** What is left after the drain for the last records. */
const AFTER_DRAIN_MS = 10_000;
const HEALTH_PORT = 8080;
const AUDIT_EVERY = Duration.days(1);

/** What runs without end. Nobody can call a task: the gateway's events come by EventBridge. */
const RUNNING = ['payments', 'notifications', 'reconciler'] as const;

/** The services as tasks of ECS on Fargate. */
export const createTasks = (stack: Stack, props: ServiceStackProps): void => {
  const { of } = props;
  const { vpc, securityGroup } = createNetwork(stack, of);
  const cluster = new ecs.Cluster(stack, 'Cluster', {
    clusterName: of.name,
    vpc,
    // It has the number of running tasks, of which the backlog of a task is made.
    containerInsightsV2: ecs.ContainerInsights.ENABLED,
  }) as ecs.ICluster;
  const output = new logs.LogGroup(stack, 'Output', {
    logGroupName: `/${of.name}/output`,
    retention: LOG_RETENTION_DAYS,
  });
  const place = {
    vpcSubnets: { subnetType: SubnetType.PUBLIC },
    securityGroups: [securityGroup],
  };
  const options = { ...props, output };
  for (const service of RUNNING) {
    const running = new ecs.FargateService(stack, service, {
      serviceName: `${of.name}-${service}`,
      cluster,
      ...place,
      assignPublicIp: true,
      taskDefinition: createTask(stack, { ...options, service }),
      // Old and new work side by side, and none is missed meanwhile.
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      circuitBreaker: { rollback: true },
      ...(service === 'reconciler' && { desiredCount: 1 }),
    });
    if (service !== 'reconciler') scale(stack, running, { of, service, cluster });
  }
  new Rule(stack, 'auditSchedule', {
    schedule: Schedule.rate(AUDIT_EVERY),
    targets: [
      new EcsTask({
        cluster,
        taskDefinition: createTask(stack, { ...options, service: 'audit' }),
        subnetSelection: place.vpcSubnets,
        securityGroups: place.securityGroups,
        assignPublicIp: true,
      }),
    ],
  });
};

type TaskOptions = ServiceStackProps & {
  readonly service: Exclude<Service, 'webhooks'>;
  readonly output: logs.ILogGroup;
};

const createTask = (
  stack: Stack,
  { of, secrets, customerKey, service, output }: TaskOptions,
): ecs.FargateTaskDefinition & ecs.ITaskDefinition => {
  const task = new ecs.FargateTaskDefinition(stack, `${service}Task`, {
    family: `${of.name}-${service}`,
    cpu: 512,
    memoryLimitMiB: 1024,
    taskRole: createRole(stack, {
      of,
      service,
      customerKey,
      principal: 'ecs-tasks.amazonaws.com',
    }),
    executionRole: new iam.Role(stack, `${service}Start`, {
      roleName: `${of.name}-${service}-start`,
      assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com'),
      description: 'Pulls the image, reads secrets and writes output, before and beside the task',
      inlinePolicies: {
        image: new iam.PolicyDocument({ statements: [PULL, ...keyStatements(customerKey)] }),
      },
    }),
  });
  const isWorker = service !== 'audit';
  task.addContainer('paidonce', {
    image: ecs.ContainerImage.fromRegistry(of.image ?? ''),
    command: isWorker ? ['worker', '--service', service] : ['audit', '--queues', '--json'],
    environment: {
      AWS_REGION: stack.region,
      ...environmentOf(of, settingsOfCommand(service)),
      ...(isWorker && { HEALTH_PORT: String(HEALTH_PORT), HEALTH_HOST: '127.0.0.1' }),
    },
    secrets: Object.fromEntries(
      secretsOf(service, secrets).map(([name, secret]) => [
        name,
        // By its ARN: a grant on the secret itself would have its stack refer to this one.
        ecs.Secret.fromSecretsManager(
          Secret.fromSecretCompleteArn(stack, `${service}${name}`, secret.secretArn),
        ),
      ]),
    ),
    readonlyRootFilesystem: true,
    stopTimeout: Duration.millis(settingValue(of, 'DRAIN_TIMEOUT_MS') + AFTER_DRAIN_MS),
    logging: ecs.LogDrivers.awsLogs({ logGroup: output, streamPrefix: service }),
    ...(isWorker && { healthCheck: HEALTH }),
  });
  return task as ecs.FargateTaskDefinition & ecs.ITaskDefinition;
};

/** `/readyz` would have every task replaced while a queue is missing. */
const HEALTH: ecs.HealthCheck = {
  command: [
    'CMD',
    'node',
    '-e',
    `fetch('http://127.0.0.1:${HEALTH_PORT}/livez').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))`,
  ],
  interval: Duration.seconds(30),
  timeout: Duration.seconds(5),
  startPeriod: Duration.seconds(60),
  retries: 3,
};

/** An image of any name may be given, in ECR or elsewhere. */
const PULL = new iam.PolicyStatement({
  sid: 'Pull',
  actions: [
    'ecr:GetAuthorizationToken',
    'ecr:BatchCheckLayerAvailability',
    'ecr:GetDownloadUrlForLayer',
    'ecr:BatchGetImage',
  ],
  resources: ['*'],
});

type ScaleOptions = Pick<ServiceStackProps, 'of'> & {
  readonly service: 'payments' | 'notifications';
  readonly cluster: ecs.ICluster;
};

/** By what waits for each task, and where that is not enough, by how long it has waited. */
const scale = (
  stack: Stack,
  running: ecs.FargateService,
  { of, service, cluster }: ScaleOptions,
): void => {
  const { min, max } = TASKS[of.stage];
  const count = running.autoScaleTaskCount({ minCapacity: min, maxCapacity: max });
  const [queueName] = namesOf(of).queues[service];
  const dimensions = (all: Readonly<Record<string, string>>) =>
    Object.entries(all).map(([name, value]) => ({ name, value }));
  const stat = (
    id: string,
    namespace: string,
    metricName: string,
    about: Record<string, string>,
  ) => ({
    id,
    returnData: false,
    metricStat: {
      metric: { namespace, metricName, dimensions: dimensions(about) },
      stat: 'Average',
    },
  });
  const task_ = { ClusterName: cluster.clusterName, ServiceName: running.serviceName };
  const policy = new scaling.CfnScalingPolicy(stack, `${service}Backlog`, {
    policyName: `${of.name}-${service}-backlog`,
    policyType: 'TargetTrackingScaling',
    serviceNamespace: 'ecs',
    scalableDimension: 'ecs:service:DesiredCount',
    resourceId: `service/${cluster.clusterName}/${running.serviceName}`,
    targetTrackingScalingPolicyConfiguration: {
      targetValue: BACKLOG_OF_A_TASK,
      scaleOutCooldown: 60,
      scaleInCooldown: 300,
      customizedMetricSpecification: {
        metrics: [
          stat('backlog', 'AWS/SQS', 'ApproximateNumberOfMessagesVisible', {
            QueueName: queueName,
          }),
          stat('tasks', 'ECS/ContainerInsights', 'RunningTaskCount', task_),
          { id: 'perTask', expression: 'backlog / tasks', returnData: true },
        ],
      },
    },
  });
  policy.node.addDependency(count);
  count.scaleOnMetric('Age', {
    metric: new Metric({
      namespace: 'AWS/SQS',
      metricName: 'ApproximateAgeOfOldestMessage',
      dimensionsMap: { QueueName: queueName },
      statistic: 'Maximum',
      period: Duration.minutes(1),
    }),
    scalingSteps: [{ upper: 0, change: 0 }, ...AGE_STEPS],
    adjustmentType: scaling.AdjustmentType.CHANGE_IN_CAPACITY,
    evaluationPeriods: 2,
  });
};
