import { expect } from 'chai';
import type { PolicySecret } from '../../src/adapters/iam/place.ts';
import type { PolicyRole } from '../../src/adapters/iam/policy.ts';
import { POLICY_ROLES } from '../../src/adapters/iam/roles.ts';
import { SECRET_NAMES } from '../../src/bootstrap/config/secretSchemas.ts';
import { withPolicies } from '../../src/bootstrap/exportPolicies.ts';
import { STRIPE_TIMEOUT_MS } from '../../src/adapters/stripe/rules.ts';
import { okAsync } from 'neverthrow';
import { DEFAULT_DELIVERY_SETTINGS } from '../../src/application/delivery/settings.ts';
import { idleProgram } from '../support/cli.ts';
import { queuePlan } from '../../src/bootstrap/config/queueSettings.ts';
import { emittedMetrics } from '../support/emittedMetrics.ts';
import { createReconcileWorld } from '../application/reconcile/world.ts';
import { createDeliveryWorld } from '../support/delivery.ts';
import { fenced, readText, tableRows } from './markdown.ts';

type Statement = {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
};

describe('docs/aws.md', () => {
  const page = readText('docs/aws.md');
  const policies = new Map(
    page
      .split(/^### /m)
      .slice(1)
      .map((section) => {
        const [policy = ''] = fenced(section, 'json');
        const { Statement } = JSON.parse(policy) as { Statement: readonly Statement[] };
        return [section.split(/\W/)[0] ?? '', Statement] as const;
      }),
  );
  const allowed = (name: string): readonly string[] =>
    (policies.get(name) ?? [])
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap(({ Action }) => Action);

  it('is what `npm run docs:policies` makes', () => {
    expect(withPolicies(page) === page, 'run npm run docs:policies').to.equal(true);
  });

  it('has a policy for each role', () => {
    expect([...policies.keys()]).to.deep.equal(Object.keys(POLICY_ROLES));
  });

  it('names the policy of each command that asks AWS for something', async () => {
    const titles = [...page.matchAll(/^### .*$/gm)].join('\n');
    const program = await idleProgram();
    const named = program.commands
      .filter((command) => !ON_THIS_MACHINE.has(command.name()))
      .flatMap((command) =>
        command.commands.length === 0
          ? [command.name()]
          : command.commands.map((part) => `${command.name()} ${part.name()}`),
      );
    expect(named).to.include.members(['review resolve', 'series floor', 'cancel']);
    for (const command of named) {
      expect(titles, command).to.match(new RegExp(`\`paidonce ${command}[\` ]`));
    }
  });

  it('lets each role append to its own kinds of streams alone (ADR 0027)', () => {
    const streams: Readonly<Record<string, readonly string[]>> = {
      Payment: ['order', 'payment', 'series', 'deployment', 'registry'],
      Notification: ['notification'],
      Reconciler: ['reconciler'],
      Switching: ['view'],
      Acting: ['order', 'letter'],
      Refunding: ['order'],
      Deciding: ['order'],
      Binding: ['deployment', 'series'],
      Erasing: ['person'],
      Setting: ['deployment'],
      Auditing: ['registry'],
    };
    for (const [name, statements] of policies) {
      const appends = statements.filter(
        ({ Effect, Action, Resource }) =>
          Effect === 'Allow' &&
          [Action].flat().includes('dynamodb:PartiQLInsert') &&
          !String(Resource).includes('paidonce-invoices'),
      );
      const keys = appends.map(
        ({ Condition }) => Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'],
      );
      const kinds = streams[name];
      expect(keys, name).to.deep.equal(
        kinds === undefined
          ? []
          : [kinds.map((kind) => (name === 'Auditing' ? `${kind}#audits` : `${kind}#*`))],
      );
    }
  });

  it('says which roles read each secret', () => {
    const documented = tableRows(page, 'Secret');
    expect(documented.map(([name]) => name)).to.have.members(
      SECRET_NAMES.map((name) => `\`${name}\``),
    );
    for (const [setting = '', readers = ''] of documented) {
      const name = setting.replaceAll('`', '') as (typeof SECRET_NAMES)[number];
      const titles = Object.values(POLICY_ROLES).map(({ title }) => title.toLowerCase());
      const needing = Object.values<PolicyRole>(POLICY_ROLES)
        .filter(({ rows }) => rows.some(({ on }) => on.includes(`${PLACED[name]}Secret`)))
        .map(({ title }) => title.toLowerCase());
      expect(
        titles.filter((title) => readers.includes(title)),
        name,
      ).to.have.members(needing);
    }
  });

  it('lets a replay cause nothing but rows (M2)', () => {
    const effects = allowed('Rebuilding').filter(
      (action) => !/:(Query|Scan|(Batch)?GetItem|DescribeTable)$/.test(action),
    );

    expect(effects).to.have.members(['dynamodb:PartiQLInsert', 'dynamodb:PutItem']);
  });

  it('lets who publishes again cause nothing but what is published', () => {
    const effects = allowed('Publishing').filter(
      (action) => !/:(Query|Scan|DescribeTable)$/.test(action),
    );

    expect(effects).to.have.members(['sns:Publish', 'sqs:SendMessage']);
  });

  it('lets whoever rebuilds rows read many at once', () => {
    for (const role of ['Rebuilding', 'Switching']) {
      expect(allowed(role), role).to.include('dynamodb:BatchGetItem');
    }
  });

  it('lets an audit change nothing but how long a dead letter hides, and its record (M2)', () => {
    const effects = allowed('Auditing').filter(
      (action) =>
        !/:(Query|Scan|GetItem|DescribeTable|GetQueueAttributes|FilterLogEvents)$/.test(action),
    );

    expect(effects).to.have.members([
      'dynamodb:PartiQLInsert',
      'sqs:ReceiveMessage',
      'sqs:ChangeMessageVisibility',
    ]);
  });

  it('lets whoever watches change nothing but how long a dead letter is hidden', () => {
    const effects = allowed('Watching').filter(
      (action) =>
        !/:(Query|Scan|BatchGetItem|DescribeTable|GetQueueAttributes|FilterLogEvents)$/.test(
          action,
        ),
    );

    expect(effects).to.have.members(['sqs:ReceiveMessage', 'sqs:ChangeMessageVisibility']);
  });

  it('lets the reconciler delete nothing, and write to no table but the log', () => {
    expect(allowed('Reconciler')).to.have.members([
      'sqs:ReceiveMessage',
      'sqs:ChangeMessageVisibility',
      'sqs:SendMessage',
      'dynamodb:PartiQLInsert',
      'dynamodb:Query',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
    ]);
  });

  it('explains every metric that the reconciler records, and no other', async () => {
    const world = createReconcileWorld();
    await world.place('o-1', { paymentMethod: 'pm_sandbox_wrong_amount' });
    await world.work();
    await world.reconciler()();
    const recorded = [...(await emittedMetrics())].flatMap((metric) =>
      metric.startsWith('reconciler ') ? [metric.slice('reconciler '.length)] : [],
    );
    const ofReviews = world
      .records('review.waiting')
      .flatMap(({ metrics = {} }) => Object.keys(metrics));
    const documented = tableRows(page, 'Metric of a round').map(([name]) => name);

    expect(ofReviews).to.deep.equal(['ReviewAge']);
    expect(documented).to.have.members([...recorded, ...ofReviews].map((name) => `\`${name}\``));
  });

  it('explains every metric of the service level, and no other', async () => {
    const ofWorkers = new Set(
      tableRows(page, 'Metric').flatMap(([names = '']) =>
        [...names.matchAll(/`(\w+)`/g)].map(([, name]) => name),
      ),
    );
    const recorded = [...(await emittedMetrics())].flatMap((metric) => {
      const [service, name] = metric.split(' ');
      return service === 'reconciler' || ofWorkers.has(name) ? [] : [`\`${name}\``];
    });

    expect(tableRows(page, 'Metric of the service level').map(([name]) => name)).to.have.members(
      recorded,
    );
  });

  it('explains every metric that a worker records, and no other', async () => {
    const world = createDeliveryWorld();
    await world.queue.send([{ body: '{}' }]);
    const running = world.start(() => okAsync({ outcome: 'done' }));
    await world.clock.advance(DEFAULT_DELIVERY_SETTINGS.pollMs);
    await running.drain();
    const recorded = world
      .records('consumer.metrics')
      .flatMap(({ metrics = {} }) => Object.keys(metrics));
    const documented = tableRows(page, 'Metric').flatMap(([names = '']) =>
      [...names.matchAll(/`(\w+)`/g)].map(([, name]) => name),
    );

    expect(recorded).to.have.length.greaterThan(10);
    expect(documented).to.have.members([...new Set(recorded)]);
  });

  it('shows how the queues are set', () => {
    const { visibilityMs, maxReceiveCount } = queuePlan({ gatewayTimeoutMs: STRIPE_TIMEOUT_MS });
    const documented = Object.fromEntries(
      tableRows(page, 'Setting').map(([name = '', value]) => [name, value]),
    );

    expect(documented['Visibility time-out']).to.match(
      new RegExp(`^${visibilityMs / 60_000} min:`),
    );
    expect(documented['Redrive policy']).to.include(`after ${maxReceiveCount} receives`);
  });
});

/** The setting of each secret, as the table of roles calls it. */
const PLACED: Readonly<Record<(typeof SECRET_NAMES)[number], PolicySecret>> = {
  STRIPE_SECRET_KEY: 'gatewayKey',
  STRIPE_WEBHOOK_SECRETS: 'webhookSecrets',
  INTENT_SEAL_KEYS: 'sealKeys',
  PERSONAL_DATA_KEY: 'personalDataKeys',
};

/** What it starts, packs or asks is here. */
const ON_THIS_MACHINE: ReadonlySet<string> = new Set([
  'demo',
  'servers',
  'sandbox',
  'lambda',
  'completion',
  'policies',
]);
