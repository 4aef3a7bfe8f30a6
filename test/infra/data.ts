import { expect } from 'chai';
import { LOG_RETENTION_DAYS } from '../../src/adapters/cloudwatch/logGroup.ts';
import { creationOf, tableSchemas } from '../../src/adapters/dynamodb/tableSchemas.ts';
import { queueSettings, redriveAllowed } from '../../src/adapters/sqs/queueSettings.ts';
import { STRIPE_TIMEOUT_MS } from '../../src/adapters/stripe/rules.ts';
import { queuePlan } from '../../src/bootstrap/config/queueSettings.ts';
import { resourceNames } from '../../src/bootstrap/resourceNames.ts';
import { fenced, readText, tableRows } from '../docs/markdown.ts';
import { propertiesOf, type Template } from '../support/templates.ts';

type QueueProperties = Readonly<Record<string, unknown>> & { readonly id: string };

const ARN = 'arn:aws:sqs:eu-central-1:111122223333';

/** What outlives a release, beside what `paidonce setup` would make and docs/aws.md says of it. */
export const describeData = (data: () => Template | undefined): void => {
  const names = resourceNames('paidonce-prod');
  const queues = () =>
    new Map<unknown, QueueProperties>(
      propertiesOf(data(), 'AWS::SQS::Queue').map(([id, all]) => [
        all['QueueName'],
        { id, ...all },
      ]),
    );

  for (const service of ['PAYMENTS', 'NOTIFICATIONS'] as const) {
    const name = names[`${service}_QUEUE_URL`];
    const deadLetterName = names[`${service}_DLQ_URL`];

    it(`set ${name} and its dead-letter queue as setup does`, () => {
      const plan = queuePlan({ gatewayTimeoutMs: STRIPE_TIMEOUT_MS });
      const wanted = queueSettings({ ...plan, name, deadLetterName }, `${ARN}:${deadLetterName}`);
      const deadLetters = { ...wanted, ...redriveAllowed(`${ARN}:${name}`) };
      const asText = (given: unknown): string =>
        typeof given === 'string' ? given : JSON.stringify(given);
      const only = (from: Readonly<Record<string, string>>, but: readonly string[]) =>
        Object.entries(from).filter(([setting]) => !but.includes(setting));
      for (const [queue, settings] of [
        [queues().get(name), only(wanted, [])],
        [queues().get(deadLetterName), only(deadLetters, ['VisibilityTimeout', 'RedrivePolicy'])],
      ] as const) {
        for (const [setting, value] of settings) {
          const found = asText(queue?.[setting]);
          expect(sorted(found), setting).to.equal(sorted(value));
        }
      }
    });
  }

  it('let nobody reach a queue without TLS', () => {
    const refused = propertiesOf(data(), 'AWS::SQS::QueuePolicy').flatMap(
      ([, { Queues, PolicyDocument }]) => {
        const { Statement } = PolicyDocument as { Statement: readonly Record<string, unknown>[] };
        const isRefused = Statement.some(
          ({ Effect, Action, Principal, Condition }) =>
            Effect === 'Deny' &&
            Action === 'sqs:*' &&
            JSON.stringify(Principal) === '{"AWS":"*"}' &&
            JSON.stringify(Condition) === '{"Bool":{"aws:SecureTransport":"false"}}',
        );
        return isRefused ? (Queues as readonly { Ref: string }[]).map(({ Ref }) => Ref) : [];
      },
    );

    expect(refused).to.have.members([...queues().values()].map(({ id }) => id));
    expect(refused).to.have.length(4);
  });

  it('set queues to what docs/aws.md says', () => {
    const documented = new Map(
      tableRows(readText('docs/aws.md'), 'Setting').map(([name = '', value = '']) => [name, value]),
    );
    for (const queue of queues().values()) {
      const { MessageRetentionPeriod, ReceiveMessageWaitTimeSeconds, MaximumMessageSize } = queue;
      expect(documented.get('Retention')).to.include(
        `${Number(MessageRetentionPeriod) / 86_400} days`,
      );
      expect(documented.get('Long polling')).to.equal(`${String(ReceiveMessageWaitTimeSeconds)} s`);
      expect(documented.get('Message size')).to.equal(
        `${Number(MaximumMessageSize) / 2 ** 20} MiB`,
      );
      expect(queue).to.include({ SqsManagedSseEnabled: true });
    }
  });

  it('make the tables that setup makes, with the protections that it turns on', () => {
    const tables = {
      events: names.EVENTS_TABLE,
      invoices: names.INVOICES_TABLE,
      keys: names.KEYS_TABLE,
    };
    const made = new Map(
      propertiesOf(data(), 'AWS::DynamoDB::Table').map(([, all]) => [all['TableName'], all]),
    );
    expect([...made.keys()]).to.have.members(Object.values(tables));
    for (const schema of tableSchemas(tables)) {
      const table = made.get(schema.table) ?? {};
      const { TableName, BillingMode, KeySchema, AttributeDefinitions } = creationOf(schema);
      expect(table).to.deep.include({ TableName, BillingMode, KeySchema, AttributeDefinitions });
      const { irreplaceable, removeAt } = schema;
      const isRestorable = { PointInTimeRecoveryEnabled: true };
      expect(table['DeletionProtectionEnabled'] ?? false, schema.table).to.equal(irreplaceable);
      expect(table['PointInTimeRecoverySpecification'], schema.table).to.deep.equal(
        irreplaceable ? isRestorable : undefined,
      );
      expect(table['TimeToLiveSpecification']).to.deep.equal(
        removeAt === undefined ? undefined : { AttributeName: removeAt, Enabled: true },
      );
    }
  });

  it('keep everything that holds something when a stack is deleted', () => {
    const lost = Object.values(data()?.Resources ?? {}).filter(
      ({ Type, DeletionPolicy }) =>
        /^AWS::(SQS::Queue|DynamoDB::Table|KMS::Key|SecretsManager::Secret|Logs::LogGroup)$/.test(
          Type,
        ) && DeletionPolicy !== 'Retain',
    );
    expect(lost).to.deep.equal([]);
  });

  it('keep records for as long as setup does', () => {
    const groups = propertiesOf(data(), 'AWS::Logs::LogGroup').map(([, all]) => all);
    expect(groups).to.have.length(1);
    expect(groups[0]).to.include({
      LogGroupName: names.LOG_GROUP,
      RetentionInDays: LOG_RETENTION_DAYS,
    });
  });

  it('lead the gateway’s events to the queue of payments by the rule of docs/webhooks.md', () => {
    const [pattern = ''] = fenced(readText('docs/webhooks.md'), 'json');
    const [[, rule] = ['', {} as QueueProperties]] = propertiesOf(data(), 'AWS::Events::Rule');
    const [target] = (rule['Targets'] ?? []) as readonly { readonly Arn: unknown }[];

    expect(rule['EventPattern']).to.deep.equal(JSON.parse(pattern));
    expect(target?.Arn).to.equal(`${ARN}:${names.PAYMENTS_QUEUE_URL}`);
  });
};

/** JSON text with its keys in one order, and numbers as text. */
const sorted = (text: unknown): string => {
  if (typeof text !== 'string' || !text.startsWith('{')) return String(text);
  const entries = Object.entries(JSON.parse(text) as Record<string, unknown>);
  return JSON.stringify(entries.toSorted(([a], [b]) => a.localeCompare(b)));
};
