import {
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  type AttributeValue,
} from '@aws-sdk/client-dynamodb';
import {
  CreateQueueCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { createDynamoDbClient } from '../../../src/adapters/aws/clients.ts';
import { creationOf, tableSchemas } from '../../../src/adapters/dynamodb/tableSchemas.ts';
import type { PolicyPlace } from '../../../src/adapters/iam/place.ts';
import { probeOfInvoices, probeOfTopic } from '../../../src/application/delivery/probes.ts';
import { parseConfig } from '../../../src/bootstrap/config.ts';
import { adaptersFor, openServices } from '../../../src/bootstrap/openServices.ts';
import { localSqsClients } from '../sqs.ts';
import { until } from '../until.ts';
import type { Actor, RolesDeployment } from './deployment.ts';

const BY = '--by ada --reason test';

const ORDER = {
  currency: 'EUR',
  lines: [{ sku: 'B', description: 'Book', quantity: 2, unitPriceMinor: 1999, taxRateBps: 1900 }],
};

const order = (orderId: string, paymentMethod = 'pm_card_visa', customer = `c-${orderId}`) =>
  JSON.stringify({
    ...ORDER,
    orderId,
    paymentMethod,
    customer: { id: customer, email: `${customer}@example.com` },
  });

const SECRET = 'whsec_roles0123456789abcdef';

export const liveAll = async (
  roles: RolesDeployment,
  place: PolicyPlace,
  servers: Readonly<Record<string, string>>,
) => {
  const closing: (() => Promise<unknown>)[] = [];
  const t0 = performance.now();
  const say = (text: string) =>
    process.env['ROLES_LOG'] && console.log(`${Math.round(performance.now() - t0)} ${text}`);
  try {
    const sqs = localSqsClients(servers['sqs'] ?? '');
    const dynamoDb = createDynamoDbClient({
      region: place.region,
      endpoint: servers['dynamodb'] ?? '',
      credentials: { accessKeyId: 'admin', secretAccessKey: 'admin' },
    });
    const setting = await roles.as('Setting');
    await setting.does('setup');
    say('setup');
    for (const name of QUEUES) {
      const Attributes = { MessageRetentionPeriod: '60' };
      await sqs.client.send(
        new SetQueueAttributesCommand({ QueueUrl: roles.env[name], Attributes }),
      );
    }
    unprotected(setting, place);
    await setting.does('setup');
    const checking = await roles.as('Checking');
    sending(checking);
    await checking.does('doctor', { codes: [0, 1] });
    say('doctor');

    const submitting = await roles.as('Submitting');
    await submitting.does('submit -', { input: order('first') });
    const notification = await roles.as('Notification');
    const payment = await roles.as('Payment');
    const reconciler = await roles.as('Reconciler');
    const webhooks = await roles.as('Webhooks');
    busyAtFirst(notification);
    const notices = await notification.serves('notifications', { INVOICE_DELIVERY: 'attach' });
    closing.push(() => notices.worker.stop());
    const payments = await payment.serves('payments');
    closing.push(() => payments.worker.stop());
    const rounds = await reconciler.serves('reconciler');
    closing.push(() => rounds.worker.stop());
    const calls = await webhooks.serves('webhooks', {
      WEBHOOK_PORT: '0',
      STRIPE_WEBHOOK_SECRETS: SECRET,
    });
    closing.push(() => calls.worker.stop());
    const { port } = JSON.parse(calls.line) as { readonly port: number };
    await submitting.does(
      `sandbox webhooks --url http://127.0.0.1:${port}/stripe --secret ${SECRET}`,
    );
    const commanding = await roles.as('Commanding');
    await commanding.does('resume first --wait 20');
    say('first');
    await Promise.all([
      submitting.does('submit -', { input: order('wrong', 'pm_sandbox_wrong_amount') }),
      submitting.does('submit -', { input: order('declined', 'pm_card_visa_chargeDeclined') }),
      submitting.does('submit -', { input: order('paid') }),
      submitting.does('submit -', { input: order('other') }),
    ]);
    await commanding.does('resume paid --wait 20');
    await commanding.does('resume other --wait 20');
    await commanding.does(`correct-email paid --email new@example.com ${BY} --wait 20`);
    say('commanding');
    const older = await rowOf('paid');
    async function rowOf(orderId: string): Promise<Record<string, AttributeValue>> {
      return until(
        'row',
        async () =>
          (
            await dynamoDb.send(
              new GetItemCommand({
                TableName: place.tables.invoices,
                Key: { orderId: { S: orderId } },
              }),
            )
          ).Item,
      );
    }
    const refunding = await roles.as('Refunding');
    await refunding.does(`refund paid --line 1:1 --id r-1 ${BY} --yes --wait 20`);
    say('refunding');
    await submitting.does('sandbox refund paid');
    await until(
      'claim',
      () =>
        payment
          .records()
          .some(({ context }) => context['dynamodb:LeadingKeys']?.[0]?.startsWith('payment#')) ||
        undefined,
      { withinMs: 20_000 },
    ).catch((error: unknown) => say(String(error)));
    const deciding = await roles.as('Deciding');
    await deciding.does('review list', { codes: [0, 1] });
    await deciding.does('review show wrong', { codes: [0, 1] });
    await deciding.does(`review adopt paid ${BY} --wait 20`);
    await deciding.does(
      'review resolve wrong --as not-captured --by ada --evidence refunded --force --reason test',
      { codes: [0, 1] },
    );
    say('deciding');
    const reconciling = await roles.as('Reconciler');
    await reconciling.does('reconcile --from-start', { codes: [0, 1] });
    say('reconcile');
    for (const name of ['PAYMENTS_QUEUE_URL', 'NOTIFICATIONS_QUEUE_URL']) {
      for (const MessageBody of ['poison', 'poison too']) {
        await sqs.client.send(new SendMessageCommand({ QueueUrl: roles.env[name], MessageBody }));
      }
    }
    const looking = await roles.as('Looking');
    await looking.does('order paid');
    await looking.does('invoice paid');
    await looking.does('series list');
    say('looking');
    const binding = await roles.as('Binding');
    await binding.does(`restored ${BY}`);
    await binding.does(`series floor INV --above 1000 ${BY}`);
    await binding.does(`gateway-account bind ${BY}`);
    say('binding');
    const auditing = await roles.as('Auditing');
    const letters = () => auditing.does('dlq list', { codes: [0, 1] });
    const poison = await until('dead letters', async () => {
      const found = (await letters()).filter(({ orderId }) => orderId === undefined);
      return found.length >= 4 ? found : undefined;
    });
    await auditing.does(`dlq show ${String(poison[0]?.['messageId'])}`);
    await auditing.does('trace paid');
    await auditing.does('audit --gateway --queues --grace 0s', { codes: [0, 1] });
    say('auditing');
    const watching = await roles.as('Watching');
    await watching.does('status --scan', { codes: [0, 1] });
    say('watching');
    const acting = await roles.as('Acting');
    for (const queue of ['payments', 'notifications']) {
      const one = poison.find((letter) => JSON.stringify(letter).includes(`"${queue}"`));
      say(JSON.stringify(poison[0]));
      await acting.does(`dlq discard --id ${String(one?.['messageId'])} ${BY} --yes --force`, {
        codes: [0, 1],
      });
    }
    await acting.does(`dlq redrive --all ${BY} --yes`, { codes: [0, 1] });
    say('acting');

    const switching = await roles.as('Switching');
    const beside = `${place.tables.invoices}-2`;
    await switching.does(`replay invoices --into ${beside}`);
    await refunding.does(`cancel other ${BY} --yes --wait 20`);
    const rebuilding = await roles.as('Rebuilding');
    await dynamoDb.send(new PutItemCommand({ TableName: place.tables.invoices, Item: older }));
    await rebuilding.does('replay invoices --dry-run', { codes: [0, 1] });
    await rebuilding.does('replay invoices', { codes: [0, 1] });
    await dynamoDb.send(
      new DeleteItemCommand({ TableName: place.tables.invoices, Key: { orderId: { S: 'paid' } } }),
    );
    await rebuilding.does('replay invoices', { codes: [0, 1] });
    await dynamoDb.send(new PutItemCommand({ TableName: place.tables.invoices, Item: older }));
    await switching.does(`replay invoices --into ${beside} --switch --wait 0 ${BY}`, {
      codes: [0, 1],
    });
    say('switching');
    const created = await sqs.client.send(
      new CreateQueueCommand({ QueueName: place.queues.subscriber }),
    );
    const publishing = await roles.as('Publishing');
    await publishing.does('events replay --since 2026-01-01');
    await publishing.does(`events replay --since 2026-01-01 --to-queue ${created.QueueUrl ?? ''}`);
    say('publishing');
    const loading = await roles.as('Submitting', 'Looking');
    await loading.does('load --orders 2 --no-cost', { codes: [0, 1] });
    say('load');
    const erasing = await roles.as('Erasing');
    await erasing.does(`erase c-declined ${BY} --yes`, { codes: [0, 1] });
    await erasing.does(`erase c-paid ${BY} --yes`, { codes: [0, 1] });
    await erasing.does(`erase --reapply ${BY} --yes`, { codes: [0, 1] });
    say('erasing');
    await checking.does('doctor', { codes: [0, 1] });
    await probe(payment, ['paymentProbes', 'invoices', 'orderEvents', 'personalData']);
    await probe(notification, ['notificationProbes', 'personalData']);
    say('probes');
  } finally {
    for (const close of closing.toReversed()) await close();
    say('stopped');
  }
};

const QUEUES = [
  'PAYMENTS_QUEUE_URL',
  'PAYMENTS_DLQ_URL',
  'NOTIFICATIONS_QUEUE_URL',
  'NOTIFICATIONS_DLQ_URL',
] as const;

/** What a worker asks a dependency that has failed, whether it serves again. */
const probe = async (
  actor: Actor,
  services: readonly (
    'paymentProbes' | 'notificationProbes' | 'invoices' | 'orderEvents' | 'personalData'
  )[],
): Promise<void> => {
  const uses = { services };
  const adapters = await adaptersFor({ service: 'test' }, uses);
  const opened = openServices(adapters, uses, (needs) =>
    parseConfig(actor.env, { needs }),
  )._unsafeUnwrap();
  const probes = {
    ...opened.paymentProbes,
    ...opened.notificationProbes,
    ...(opened.orderEvents && probeOfTopic(opened.orderEvents)),
    ...(opened.invoices && { InvoiceView: probeOfInvoices(opened.invoices) }),
  };
  for (const ask of Object.values(probes)) (await ask())._unsafeUnwrap();
  (await opened.personalData.check())._unsafeUnwrap();
};

/** As SES answers where it is busy. */
const busyAtFirst = ({ front }: Actor): void => {
  let left = 12;
  front.script(({ service, method }) => {
    if (service !== 'ses' || method !== 'POST' || left === 0) return undefined;
    left -= 1;
    const body = JSON.stringify({ message: 'Maximum sending rate exceeded.' });
    return { status: 503, body };
  });
};

/** An account of SES whose identities can be asked for; the embedded server knows of none. */
const sending = ({ front }: Actor): void =>
  front.script(({ service, path }) =>
    service === 'ses' && path.startsWith('/v2/email/account')
      ? { status: 200, body: '{"SendingEnabled":true,"ProductionAccessEnabled":true}' }
      : undefined,
  );

/** Tables with everything turned off that protects them, of which the local servers know nothing. */
const unprotected = ({ front }: Actor, { tables }: PolicyPlace): void =>
  front.script(({ service, target, body }) => {
    const operation = target.split('.')[1] ?? '';
    if (service !== 'dynamodb' || !(operation in OFF)) return undefined;
    const { TableName } = JSON.parse(body) as { readonly TableName: string };
    const schema = tableSchemas(tables).find(({ table }) => table === TableName);
    if (schema === undefined) return undefined;
    const answer =
      operation === 'DescribeTable'
        ? {
            Table: {
              ...creationOf(schema),
              TableStatus: 'ACTIVE',
              DeletionProtectionEnabled: false,
            },
          }
        : OFF[operation];
    return { status: 200, body: JSON.stringify(answer) };
  });

const OFF: Readonly<Record<string, object>> = {
  DescribeTable: {},
  UpdateTable: {},
  DescribeContinuousBackups: {
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' },
    },
  },
  UpdateContinuousBackups: {},
  DescribeTimeToLive: { TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' } },
  UpdateTimeToLive: {},
};
