import { expect } from 'chai';
import { policyOf } from '../../src/adapters/iam/policy.ts';
import { POLICY_ROLES } from '../../src/adapters/iam/roles.ts';
import { LOG } from '../../src/adapters/iam/rows.ts';
import { resourceNames } from '../../src/bootstrap/resourceNames.ts';
import { propertiesOf, type Template } from '../support/templates.ts';

type Statement = { readonly Sid?: string; readonly Action: unknown; readonly Resource: unknown };

const ROLES = {
  payments: 'Payment',
  notifications: 'Notification',
  reconciler: 'Reconciler',
  webhooks: 'Webhooks',
  audit: 'Auditing',
} as const;

/** Each service has its own role, with its own policy of docs/aws.md and no other right. */
export const describeRoles = (
  lambda: () => Template | undefined,
  ecs: () => Template | undefined,
): void => {
  const names = resourceNames('paidonce-prod');
  const place = {
    partition: 'aws',
    region: 'eu-central-1',
    account: '111122223333',
    queues: {
      payments: names.PAYMENTS_QUEUE_URL,
      paymentsDeadLetters: names.PAYMENTS_DLQ_URL,
      notifications: names.NOTIFICATIONS_QUEUE_URL,
      notificationsDeadLetters: names.NOTIFICATIONS_DLQ_URL,
    },
    tables: { events: names.EVENTS_TABLE, invoices: names.INVOICES_TABLE, keys: names.KEYS_TABLE },
    logGroup: names.LOG_GROUP,
    topic: 'paidonce-prod-order-events',
    mailFrom: 'receipts@example.com',
    personalDataKey: 'alias/paidonce-prod-personal-data',
  };
  const roleIn = (template: Template | undefined, service: string) => {
    const [, role = {}] =
      propertiesOf(template, 'AWS::IAM::Role').find(
        ([, all]) => all['RoleName'] === `paidonce-prod-${service}`,
      ) ?? [];
    const [inline] = (role['Policies'] ?? []) as readonly {
      readonly PolicyDocument: { readonly Statement: readonly Statement[] };
    }[];
    return { ...role, statements: inline?.PolicyDocument.Statement ?? [] };
  };
  const lists = (statements: readonly Statement[]) =>
    statements.map(({ Action, Resource, ...rest }) => ({
      ...rest,
      Action: [Action].flat(),
      Resource: [Resource].flat(),
    }));

  for (const [service, name] of Object.entries(ROLES)) {
    const { rows, ...role } = POLICY_ROLES[name];
    // An audit of a schedule writes records, which one of a person does not.
    const withLog = rows.some(({ sid }) => sid === LOG.sid) ? rows : [...rows, LOG];
    const policy = policyOf({ ...role, rows: withLog }, place).Statement;

    it(`give the function ${service} the policy of ${name}, and the secrets that it needs`, () => {
      const { statements, ...made } = roleIn(lambda(), service);
      const [own, secrets] = [statements.slice(0, policy.length), statements.slice(policy.length)];
      expect(lists(own)).to.deep.equal(lists(policy));
      expect(secrets.map(({ Sid, Action }) => [Sid, Action])).to.deep.equal(
        SECRETS[service]?.map((secret) => [`Read${secret}`, 'secretsmanager:GetSecretValue']) ?? [],
      );
      expect(made).to.not.have.property('ManagedPolicyArns');
    });

    if (service === 'webhooks') continue;
    it(`give the task ${service} that policy, and nothing else`, () => {
      const { statements, ...made } = roleIn(ecs(), service);
      expect(lists(statements)).to.deep.equal(lists(policy));
      expect(made).to.not.have.property('ManagedPolicyArns');
    });
  }

  it('add no policy to a role of a service by another way', () => {
    for (const template of [lambda(), ecs()]) {
      const added = propertiesOf(template, 'AWS::IAM::Policy').flatMap(
        ([, { Roles }]) => (Roles as readonly { readonly Ref: string }[]) ?? [],
      );
      const ids = propertiesOf(template, 'AWS::IAM::Role')
        .filter(([, { RoleName }]) =>
          Object.keys(ROLES).some((service) => RoleName === `paidonce-prod-${service}`),
        )
        .map(([id]) => id);
      expect(ids.length).to.be.above(3);
      expect(added.filter(({ Ref }) => ids.includes(Ref))).to.deep.equal([]);
    }
  });
};

const SECRETS: Readonly<Record<string, readonly string[]>> = {
  payments: ['GatewayKey', 'SealKeys'],
  reconciler: ['GatewayReadKey'],
  webhooks: ['WebhookSecrets'],
};
