import type { PolicyPlace } from '../../../src/adapters/iam/place.ts';
import { probeOfInvoices, probeOfTopic } from '../../../src/application/delivery/probes.ts';
import { createReadConfig } from '../../../src/bootstrap/readConfig.ts';
import { adaptersFor, openServices } from '../../../src/bootstrap/openServices.ts';
import { openPassingWaits } from '../passingWaits.ts';
import { until } from '../until.ts';
import type { Administrator } from './administrator.ts';
import type { Actor, RolesDeployment } from './deployment.ts';
import { orderNamed, orderWithBuyer } from './orders.ts';
import { busyAtFirst, maySend, unprotected } from './scripts.ts';

const BY = '--by ada --reason test';
const SECRET = 'whsec_roles0123456789abcdef';
/** It finds what it looks for, and says so by its exit code. */
const FINDS = { codes: [0, 1] } as const;

type World = {
  readonly roles: RolesDeployment;
  readonly place: PolicyPlace;
  readonly administrator: Administrator;
};

/**
 * Every service and every command, each under its own role: from the setup to the erasure of a
 * customer, with all that makes a role use each of its rights.
 */
export const useEveryRole = async (world: World): Promise<void> => {
  const running: (() => Promise<unknown>)[] = [];
  try {
    await setUp(world);
    const { payment, notification } = await work(world, running);
    await others(world);
    await erase(world);
    await probe(payment, ['paymentProbes', 'invoices', 'orderEvents', 'personalData']);
    await probe(notification, ['notificationProbes', 'personalData']);
  } finally {
    for (const stop of running.toReversed()) await stop();
  }
};

const others = async (world: World): Promise<void> => {
  await ask(world);
  await lookAndAct(world);
  await rebuild(world);
  await publish(world);
};

/** Twice, with everything wrong the second time. */
const setUp = async ({ roles, place, administrator }: World): Promise<void> => {
  const setting = await roles.as('Setting');
  await setting.does('setup');
  for (const name of QUEUES) await administrator.spoilQueue(roles.env[name]);
  unprotected(setting, place);
  await setting.does('setup');
  const checking = await roles.as('Checking');
  maySend(checking);
  await checking.does('doctor', FINDS);
};

/** All services, and orders of every kind, until they are settled. */
const work = async ({ roles }: World, running: (() => Promise<unknown>)[]) => {
  const serve = async (actor: Actor, ...service: Parameters<Actor['serves']>) => {
    const { worker, line } = await actor.serves(...service);
    running.push(() => worker.stop());
    return line;
  };
  const submitting = await roles.as('Submitting');
  await submitting.does('submit -', { input: orderNamed('first') });
  const notification = await roles.as('Notification');
  busyAtFirst(notification, 'ses', 1);
  await serve(notification, 'notifications', { INVOICE_DELIVERY: 'attach' });
  const payment = await roles.as('Payment');
  busyAtFirst(payment, 'sns', 1);
  await serve(payment, 'payments');
  await serve(await roles.as('Reconciler'), 'reconciler');
  const calls = await serve(await roles.as('Webhooks'), 'webhooks', {
    WEBHOOK_PORT: '0',
    STRIPE_WEBHOOK_SECRETS: SECRET,
  });
  const { port } = JSON.parse(calls) as { readonly port: number };
  const url = `http://127.0.0.1:${port}/stripe`;
  await submitting.does(`sandbox webhooks --url ${url} --secret ${SECRET}`);
  const commanding = await roles.as('Commanding');
  await commanding.does('resume first --wait 60');
  await Promise.all(
    [
      orderNamed('wrong', 'pm_sandbox_wrong_amount'),
      orderNamed('declined', 'pm_card_visa_chargeDeclined'),
      orderNamed('paid'),
      orderNamed('other'),
      orderWithBuyer('kept'),
    ].map((input) => submitting.does('submit -', { input })),
  );
  for (const id of ['paid', 'other', 'kept']) await commanding.does(`resume ${id} --wait 60`);
  await commanding.does(`correct-email paid --email new@example.com ${BY} --wait 60`);
  return { payment, notification };
};

const erase = async ({ roles }: World): Promise<void> => {
  const erasing = await roles.as('Erasing');
  const waits = openPassingWaits();
  try {
    await waits.during(() => erasing.does(`erase c-kept ${BY} --yes`));
    await erasing.does(`erase --reapply ${BY} --yes`);
  } finally {
    waits.end();
  }
};

/** Refunds, also one behind the service's back, reviews, and what the operator says. */
const ask = async ({ roles }: World): Promise<void> => {
  const refunding = await roles.as('Refunding');
  await refunding.does(`refund paid --line 1:1 --id r-1 ${BY} --yes --wait 60`);
  await refunding.does('sandbox refund paid');
  const deciding = await roles.as('Deciding');
  await deciding.does('review list', FINDS);
  await deciding.does('review show wrong', FINDS);
  await deciding.does(`review adopt paid ${BY} --wait 60`);
  await deciding.does(
    'review resolve wrong --as not-captured --by ada --evidence refunded --force --reason test',
  );
  await (await roles.as('Reconciler')).does('reconcile --from-start', FINDS);
  const binding = await roles.as('Binding');
  await binding.does(`restored ${BY}`);
  await binding.does(`series floor INV --above 1000 ${BY}`);
  await binding.does(`gateway-account bind ${BY}`);
  const looking = await roles.as('Looking');
  await looking.does('order paid');
  await looking.does('invoice paid');
  await looking.does('series list');
};

/** Another process that looks at a dead letter, such as the reconciler, hides it for a moment. */
const doesOnceSeen = (actor: Actor, line: string): Promise<unknown> =>
  until(line, async (see) => {
    const said = await actor.does(line, FINDS);
    see(said);
    return said.length === 0 || said.some((one) => 'error' in one) ? undefined : said;
  });

/** Two dead letters in each queue, and whoever looks at them and acts on them. */
const lookAndAct = async ({ roles, administrator }: World): Promise<void> => {
  for (const name of ['PAYMENTS_QUEUE_URL', 'NOTIFICATIONS_QUEUE_URL']) {
    for (const body of ['poison', 'poison too']) await administrator.send(roles.env[name], body);
  }
  const auditing = await roles.as('Auditing');
  const deadLetters = await until('two dead letters in each queue', async (see) => {
    const all = await auditing.does('dlq list', FINDS);
    see(all);
    const poison = all.filter(({ errorType }) => errorType === 'MalformedMessage');
    const inEach = ['payments', 'notifications'].map((service) =>
      poison.filter(({ queue }) => queue === service),
    );
    return inEach.every(({ length }) => length === 2) ? inEach.flat() : undefined;
  });
  const [first] = deadLetters.map(({ messageId }) => String(messageId));
  await doesOnceSeen(auditing, `dlq show ${first}`);
  await auditing.does('trace paid');
  await auditing.does('audit --gateway --queues --grace 0s', FINDS);
  await (await roles.as('Watching')).does('status --scan', FINDS);
  const acting = await roles.as('Acting');
  // Whoever looks for one that is not there releases all.
  await acting.does(`dlq discard --id none ${BY} --yes --force`, FINDS);
  await doesOnceSeen(acting, `dlq discard --id ${first} ${BY} --yes --force`);
  await acting.does(`dlq redrive --all ${BY} --yes`, FINDS);
};

/** Rows that are missing, older or different, in the table in use and in one beside it. */
const rebuild = async ({ roles, place, administrator }: World): Promise<void> => {
  const older = await administrator.rowOf('other');
  const beside = `${place.tables.invoices}-2`;
  const switching = await roles.as('Switching');
  await switching.does(`replay invoices --into ${beside}`, FINDS);
  const refunding = await roles.as('Refunding');
  await refunding.does(`cancel other ${BY} --yes --wait 60`);
  // The command waits for the order, whose row is written a moment later.
  await until('the row of the cancelled order is another', async () =>
    JSON.stringify(await administrator.rowOf('other')) === JSON.stringify(older) ? undefined : true,
  );
  const rebuilding = await roles.as('Rebuilding');
  await administrator.putRow(older);
  await rebuilding.does('replay invoices --dry-run', FINDS);
  await rebuilding.does('replay invoices');
  await administrator.removeRow('other');
  await rebuilding.does('replay invoices');
  await administrator.putRow(older);
  await switching.does(`replay invoices --into ${beside} --switch --wait 0 ${BY}`, FINDS);
};

const publish = async ({ roles, place, administrator }: World): Promise<void> => {
  const queue = await administrator.makeQueue(place.queues.subscriber);
  const publishing = await roles.as('Publishing');
  await publishing.does('events replay --since 2026-01-01');
  await publishing.does(`events replay --since 2026-01-01 --to-queue ${queue}`);
  await (await roles.as('Submitting', 'Looking')).does('load --orders 1 --no-cost');
  const checking = await roles.as('Checking');
  maySend(checking);
  await checking.does('doctor', FINDS);
};

const QUEUES = [
  'PAYMENTS_QUEUE_URL',
  'PAYMENTS_DLQ_URL',
  'NOTIFICATIONS_QUEUE_URL',
  'NOTIFICATIONS_DLQ_URL',
] as const;

type Probed = 'paymentProbes' | 'notificationProbes' | 'invoices' | 'orderEvents' | 'personalData';

/** What a worker asks a dependency that has failed, whether it serves again. */
const probe = async (actor: Actor, services: readonly Probed[]): Promise<void> => {
  const uses = { services };
  const adapters = await adaptersFor({ service: 'test' }, uses);
  const opened = (await openServices(adapters, uses, createReadConfig(actor.env)))._unsafeUnwrap();
  const { invoices, orderEvents, personalData } = opened as Partial<typeof opened>;
  const probes = {
    ...opened.paymentProbes,
    ...opened.notificationProbes,
    ...(orderEvents && probeOfTopic(orderEvents)),
    ...(invoices && { InvoiceView: probeOfInvoices(invoices) }),
  };
  for (const isWell of Object.values(probes)) (await isWell())._unsafeUnwrap();
  (await personalData?.check())?._unsafeUnwrap();
};
