import { expect } from 'chai';
import { settingSchemas, type SettingName } from '../../src/bootstrap/config/settings.ts';
import { settingsOfService } from '../../src/bootstrap/worker.ts';
import { propertiesOf, type Template } from '../support/templates.ts';

type Named = { readonly Name: string; readonly Value?: unknown; readonly ValueFrom?: unknown };
type Container = {
  readonly Environment: readonly Named[];
  readonly Secrets?: readonly Named[];
  readonly StopTimeout: number;
  readonly ReadonlyRootFilesystem: boolean;
};

/** The services as tasks of Fargate. */
export const describeTasks = (services: () => Template | undefined): void => {
  const containerOf = (service: string): Container => {
    const [, task] =
      propertiesOf(services(), 'AWS::ECS::TaskDefinition').find(
        ([, { Family }]) => Family === `paidonce-prod-${service}`,
      ) ?? [];
    const [container] = (task?.['ContainerDefinitions'] ?? []) as readonly Container[];
    if (container === undefined) throw new Error(`no task for ${service}`);
    return container;
  };

  for (const service of ['payments', 'notifications', 'reconciler'] as const) {
    it(`give the task ${service} each setting that it needs, and secrets by reference`, () => {
      const { Environment, Secrets = [] } = containerOf(service);
      const values = new Map(Environment.map(({ Name, Value }) => [Name, Value]));
      const secrets = Secrets.map(({ Name }) => Name);
      const missing = settingsOfService(service).filter(
        (setting) =>
          !settingSchemas[setting].safeParse(values.get(setting)).success &&
          !secrets.includes(setting),
      );

      expect(missing).to.deep.equal([]);
      expect(secrets).to.have.members(SECRETS[service] ?? []);
      expect(secrets.filter((name) => values.has(name))).to.deep.equal([]);
    });
  }

  it('stop a task later than its worker has drained, and let it write nothing', () => {
    const drainMs = settingSchemas.DRAIN_TIMEOUT_MS.parse(undefined);
    for (const service of ['payments', 'notifications', 'reconciler', 'audit']) {
      const { StopTimeout, ReadonlyRootFilesystem } = containerOf(service);
      // 5 s are for the last records.
      expect(StopTimeout * 1_000, service).to.be.within(drainMs + 5_000, 120_000);
      expect(ReadonlyRootFilesystem).to.equal(true);
    }
  });

  it('scale by the backlog of a task and by the age of the oldest message', () => {
    const policies = propertiesOf(services(), 'AWS::ApplicationAutoScaling::ScalingPolicy');
    const backlogs = policies.flatMap(([, { TargetTrackingScalingPolicyConfiguration: all }]) =>
      all === undefined ? [] : [JSON.stringify(all)],
    );
    expect(backlogs).to.have.length(2);
    for (const [at, name] of ['paidonce-prod-payments', 'paidonce-prod-notifications'].entries()) {
      expect(backlogs[at]).to.include('"Expression":"backlog / tasks"');
      expect(backlogs[at]).to.include(`"Value":"${name}"`);
    }
    const ages = propertiesOf(services(), 'AWS::CloudWatch::Alarm').map(
      ([, { MetricName }]) => MetricName,
    );
    expect(ages).to.deep.equal(['ApproximateAgeOfOldestMessage', 'ApproximateAgeOfOldestMessage']);
  });

  it('let nobody call a task', () => {
    const groups = propertiesOf(services(), 'AWS::EC2::SecurityGroup').map(([, all]) => all);
    expect(groups).to.have.length(1);
    expect(groups[0]).to.not.have.property('SecurityGroupIngress');
    expect(propertiesOf(services(), 'AWS::EC2::SecurityGroupIngress')).to.deep.equal([]);
  });
};

const SECRETS: Readonly<Record<string, readonly SettingName[]>> = {
  payments: ['STRIPE_SECRET_KEY', 'INTENT_SEAL_KEYS'],
  notifications: [],
  reconciler: ['STRIPE_SECRET_KEY'],
};
