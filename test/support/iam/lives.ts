import { SetQueueAttributesCommand, SendMessageCommand, CreateQueueCommand } from '@aws-sdk/client-sqs';
import type { PolicyPlace } from '../../../src/adapters/iam/place.ts';
import { adaptersFor, openServices } from '../../../src/bootstrap/openServices.ts';
import { parseConfig } from '../../../src/bootstrap/config.ts';
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

export const liveAll = async (roles: RolesDeployment, place: PolicyPlace, servers: Readonly<Record<string, string>>) => {
  const closing: (() => Promise<unknown>)[] = [];
  const t0 = performance.now();
  const say = (text: string) => process.env['ROLES_LOG'] && console.log(`${Math.round(performance.now() - t0)} ${text}`);
  try {
    const sqs = localSqsClients(servers['sqs'] ?? '');
    const setting = await roles.as('Setting');
    await setting.does('setup');
    say('setup');
    for (const name of ['PAYMENTS_QUEUE_URL', 'PAYMENTS_DLQ_URL', 'NOTIFICATIONS_QUEUE_URL', 'NOTIFICATIONS_DLQ_URL']) {
      await sqs.client.send(new SetQueueAttributesCommand({ QueueUrl: roles.env[name], Attributes: { MessageRetentionPeriod: '60' } }));
    }
    await setting.does('setup');
    await setting.does('doctor', { codes: [0, 1] });
    const checking = await roles.as('Checking');
    await checking.does('doctor', { codes: [0, 1] });
    say('doctor');

    const submitting = await roles.as('Submitting');
    await submitting.does('submit -', { input: order('first') });
    const notification = await roles.as('Notification');
    const payment = await roles.as('Payment');
    const reconciler = await roles.as('Reconciler');
    const webhooks = await roles.as('Webhooks');
    const uses = (actor: Actor, action: string) =>
      until(action, (see) => { see(actor.records().at(-1)); return actor.records().some((record) => record.action === action) || undefined; }, { withinMs: 20_000 });
    const notices = await notification.serves('notifications', { INVOICE_DELIVERY: 'attach' });
    closing.push(() => notices.stop());
    await uses(notification, 'ses:SendEmail');
    say('first notice');
    const payments = await payment.serves('payments');
    closing.push(() => payments.stop());
    const rounds = await reconciler.serves('reconciler');
    closing.push(() => rounds.stop());
    const calls = await webhooks.serves('webhooks', { WEBHOOK_PORT: '0', STRIPE_WEBHOOK_SECRETS: 'whsec_roles0123456789abcdef' });
    closing.push(() => calls.stop());
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
    const refunding = await roles.as('Refunding');
    await refunding.does(`refund paid --line 1:1 --id r-1 ${BY} --yes --wait 20`);
    await refunding.does(`cancel other ${BY} --yes --wait 20`);
    say('refunding');
    await submitting.does('sandbox refund paid');
    const deciding = await roles.as('Deciding');
    await deciding.does('review list', { codes: [0, 1] });
    await deciding.does('review show wrong', { codes: [0, 1] });
    await deciding.does(`review adopt paid ${BY} --wait 20`);
    await deciding.does('review resolve wrong --as not-captured --by ada --evidence refunded --force --reason test', { codes: [0, 1] });
    say('deciding');
    const reconciling = await roles.as('Reconciler');
    await reconciling.does('reconcile --from-start', { codes: [0, 1] });
    say('reconcile');
    for (const name of ['PAYMENTS_QUEUE_URL', 'NOTIFICATIONS_QUEUE_URL']) {
      await sqs.client.send(new SendMessageCommand({ QueueUrl: roles.env[name], MessageBody: 'poison' }));
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
    await until('dead letters', async () => (await auditing.does('dlq list', { codes: [0, 1] })).length >= 2 || undefined);
    const [letter] = await auditing.does('dlq list');
    await auditing.does(`dlq show ${String(letter?.['messageId'])}`);
    await auditing.does('trace paid');
    await auditing.does('audit --gateway --queues --grace 0s', { codes: [0, 1] });
    say('auditing');
    const watching = await roles.as('Watching');
    await watching.does('status --scan', { codes: [0, 1] });
    say('watching');
    const acting = await roles.as('Acting');
    await acting.does(`dlq redrive --all ${BY} --yes`, { codes: [0, 1] });
    await until('dead letters', async () => (await auditing.does('dlq list', { codes: [0, 1] })).length >= 2 || undefined);
    await acting.does(`dlq discard --all ${BY} --yes --force`, { codes: [0, 1] });
    say('acting');
    const rebuilding = await roles.as('Rebuilding');
    await rebuilding.does('replay invoices --dry-run', { codes: [0, 1] });
    await rebuilding.does('replay invoices', { codes: [0, 1] });
    const switching = await roles.as('Switching');
    await switching.does(`replay invoices --into ${place.tables.invoices}-2 --switch --wait 0 ${BY}`, { codes: [0, 1] });
    say('switching');
    const { QueueUrl: subscriber = '' } = await sqs.client.send(new CreateQueueCommand({ QueueName: place.queues.subscriber }));
    const publishing = await roles.as('Publishing');
    await publishing.does('events replay --since 2026-01-01');
    await publishing.does(`events replay --since 2026-01-01 --to-queue ${subscriber}`);
    say('publishing');
    const erasing = await roles.as('Erasing');
    await erasing.does(`erase c-declined ${BY} --yes`, { codes: [0, 1] });
    await erasing.does(`erase --reapply ${BY} --yes`, { codes: [0, 1] });
    say('erasing');
    const loading = await roles.as('Submitting', 'Looking');
    await loading.does('load --orders 2 --no-cost', { codes: [0, 1] });
    say('load');
    for (const [actor, tokens] of [
      [payment, ['paymentConsumer', 'paymentProbes', 'invoices', 'orderEvents']],
      [notification, ['notificationProbes']],
    ] as const) {
      const uses = { services: [...tokens] };
      const services = openServices(await adaptersFor({ service: 'test' }, uses), uses, (needs) => parseConfig(actor.env, { needs }))._unsafeUnwrap();
      for (const [name, probe] of Object.entries({ ...services.paymentProbes, ...services.notificationProbes })) say(`${name} ${JSON.stringify(await probe?.())}`);
    }
  } finally {
    for (const close of closing.toReversed()) await close();
    say('stopped');
  }
};
