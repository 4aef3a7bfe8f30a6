import type { Config } from '../../src/bootstrap/config.ts';
import { createContainer } from '../../src/bootstrap/container.ts';
import { application } from '../../src/bootstrap/modules/application.ts';
import { aws } from '../../src/bootstrap/modules/aws.ts';
import type { Services } from '../../src/bootstrap/tokens.ts';
import type { ReviewCase } from '../../src/application/review/reviews.ts';
import * as Order from '../../src/domain/order/index.ts';
import { inStripeUnits } from '../../src/adapters/stripe/amounts.ts';
import { amountOf, isByHand, type Ledger } from './ledgers.ts';
import type { Sandbox } from './sandbox.ts';
import { isOpen } from './outsideMoves.ts';

type Decision = Parameters<Services['resolveReview']>[0];

type Cli = (
  args: readonly string[],
) => Promise<{ readonly code: number | null; readonly stdout: string }>;

/**
 * What a person does with each review, decided by the gateway's own ledger: whether the money
 * moved. A payment of another amount is refunded by hand and is none. The first few go through the
 * command line, as a person's would; the rest through what the command calls.
 */
export const resolveReviews = async (
  config: Config,
  {
    sandbox,
    ledger,
    named = new Map(),
    throughCli,
    cli,
  }: {
    readonly sandbox: Pick<Sandbox, 'refund' | 'refundRest'>;
    /** Of the deployment alone. */
    readonly ledger: Ledger;
    /** The payments of the shop's by the orders that name them. */
    readonly named?: ReadonlyMap<string, string | undefined>;
    readonly throughCli: number;
    readonly cli: Cli;
  },
): Promise<{ readonly reasons: Readonly<Record<string, number>>; readonly failed: string[] }> => {
  const { get } = createContainer(application, aws({ service: 'faults' }), config);
  const listed = (await get('listReviews')({ segments: 2 }))._unsafeUnwrap();
  const reasons: Record<string, number> = {};
  const failed: string[] = [];
  for (const [index, review] of listed.reviews.entries()) {
    const kind = `${review.of.type}: ${review.reason}`;
    const count = (): void => void (reasons[kind] = (reasons[kind] ?? 0) + 1);
    if (review.reason === 'refund-returned') {
      count();
      const why = await resolveReturned(review, { sandbox, ledger, resolve: get('resolveReturn') });
      if (why !== undefined) failed.push(`${review.orderId}: ${why}`);
      continue;
    }
    const decision = await decide(review, { ledger, named }, sandbox);
    if (decision === undefined) continue;
    count();
    if (index < throughCli && named.get(review.orderId) === undefined) {
      const { code } = await cli(argumentsOf(decision));
      if (code !== 0) failed.push(`${review.orderId}: exit code ${code}`);
    } else {
      const why = await settle(decision, get('resolveReview'), cli);
      if (why !== undefined) failed.push(`${review.orderId}: ${why}`);
    }
  }
  return { reasons, failed };
};

/**
 * Decides, or does what a refusal says is to be done instead: another order's payment is none of
 * this one's, and what is authorised still is released by a worker.
 */
const settle = async (
  decision: Decision,
  resolve: Services['resolveReview'],
  cli: Cli,
): Promise<string | undefined> => {
  const done = await resolve(decision);
  // A worker that drives the order on may find the evidence before the person does.
  if (done.isOk() || done.error.type === 'NotInReview') return undefined;
  const { error } = done;
  const against = error.type === 'Contradicted' ? error.against.map(({ type }) => type) : [];
  if (against.includes('ClaimedByAnother')) {
    const { orderId, by, evidence } = decision;
    return settle({ orderId, by, evidence, moved: false }, resolve, cli);
  }
  if (against.includes('Authorised')) {
    const { code } = await cli(['resume', decision.orderId, '--json']);
    return code === 0 ? undefined : `resumed with exit code ${code}`;
  }
  return [error.type, ...against].join(' ');
};

/** Its refunds come back whoever makes them. */
const RETURNS_ALL = 'pm_card_refundFail';

/**
 * Payments of another amount that a person decided as not captured, and whose money nobody could
 * refund at the gateway: it was paid otherwise. Whatever the gateway holds of them is said by an
 * audit for ever.
 */
export const paidOtherwise = (
  orders: ReadonlyMap<string, Order.State>,
  { charges }: Pick<Ledger, 'charges'>,
): ReadonlySet<string> =>
  new Set(
    charges
      .filter((charge) => charge.payment_method === RETURNS_ALL && charge.held > 0)
      .flatMap(({ order_id: orderId }) => {
        const payment = orders.get(orderId ?? '')?.payment;
        const isDecided = payment?.status === 'failed' && payment.proof === 'person';
        return isDecided && orderId !== null ? [orderId] : [];
      }),
  );

/**
 * Refunds it again in the dashboard, where that may succeed and all of it is held, or pays it
 * otherwise.
 */
const resolveReturned = async (
  { orderId, of, asked: { amountMinor, currency } }: ReviewCase,
  {
    sandbox,
    ledger,
    resolve,
  }: {
    readonly sandbox: Pick<Sandbox, 'refund'>;
    readonly ledger: Ledger;
    readonly resolve: Services['resolveReturn'];
  },
): Promise<string | undefined> => {
  if (of.type !== 'Refund') return 'it is no refund that came back';
  const { refundId, paymentReference } = of;
  const charge = ledger.charges.find(({ payment_intent: id }) => id === paymentReference);
  const amount = inStripeUnits(amountMinor, currency)?.amount ?? 0;
  const isAgain =
    charge !== undefined &&
    charge.payment_method !== RETURNS_ALL &&
    charge.withdrawn === 0 &&
    charge.held >= amount;
  const said = { orderId, refundId, evidence: 'the ledger', by: 'the fault script' };
  const done = await resolve(
    isAgain
      ? {
          ...said,
          verdict: 'refunded again',
          reference: (await sandbox.refund(paymentReference, amount)).id,
        }
      : { ...said, verdict: 'paid otherwise', reference: 'a transfer' },
  );
  return done.isErr() && done.error.type !== 'NotInReview' ? JSON.stringify(done.error) : undefined;
};

type ListedDeadLetter = {
  readonly messageId?: string;
  readonly errorType?: string;
  readonly reason?: string;
};

/**
 * What a person does with disputes that no order here had: those of another system's payments are
 * its own affair, and the others are sent again, now that their orders are there.
 */
export const clearDisputes = async (
  cli: Cli,
  { disputes }: Pick<Ledger, 'disputes'>,
): Promise<{ readonly discarded: number; readonly redriven: number }> => {
  const { stdout } = await cli(['dlq', 'list', '--json', '--queue', 'payments', '--max', '10000']);
  const own = new Set(disputes.map(({ id }) => id));
  const deadLetters = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ListedDeadLetter)
    .filter(({ errorType }) => errorType === 'DisputeUnknown');
  const isOwn = ({ reason = '' }: ListedDeadLetter): boolean =>
    [...own].some((dispute) => reason.includes(dispute));
  const ids = (wanted: boolean): readonly string[] =>
    deadLetters
      .filter((one) => isOwn(one) === wanted)
      .flatMap(({ messageId }) => (messageId === undefined ? [] : ['--id', messageId]));
  const [redrive, discard] = [ids(true), ids(false)];
  const said = [
    '--json',
    '--yes',
    '--rate',
    '500',
    '--by',
    'the fault script',
    '--reason',
    'whose',
  ];
  if (redrive.length > 0) await cli(['dlq', 'redrive', ...redrive, ...said]);
  if (discard.length > 0) await cli(['dlq', 'discard', '--force', ...discard, ...said]);
  return { discarded: discard.length / 2, redriven: redrive.length / 2 };
};

/**
 * What a person does with refunds that were made in the dashboard and that no worker has met: has
 * each order that lacks one compared with the gateway. It returns how many were made of payments
 * that are in our records, and how many orders lacked one.
 */
export const adoptRefunds = async (
  {
    cli,
    config,
    throughCli,
  }: { readonly cli: Cli; readonly config: Config; readonly throughCli: number },
  orders: ReadonlyMap<string, Order.State>,
  ledger: Ledger,
): Promise<{ readonly made: number; readonly asked: number; readonly failed: string[] }> => {
  const byHand = ledger.refunds.filter((one) => isByHand(one) && one.status === 'succeeded');
  const madeOf = ({ payment }: Order.State) =>
    payment.status === 'captured'
      ? byHand.filter(({ payment_intent: id }) => id === payment.reference)
      : [];
  const made = [...orders].flatMap(([, state]) => madeOf(state));
  const lacking = [...orders].filter(([, state]) => {
    return madeOf(state).some(({ id: reference }) => !Order.isRecorded(state, { reference }));
  });
  const failed: string[] = [];
  const { get } = createContainer(application, aws({ service: 'faults' }), config);
  const said = { by: 'the fault script', reason: 'a refund in the ledger' };
  for (const [index, [orderId]] of lacking.entries()) {
    if (index < throughCli) {
      const args = ['--json', '--by', said.by, '--reason', said.reason];
      const { code } = await cli(['review', 'adopt', orderId, ...args]);
      if (code !== 0) failed.push(`${orderId}: exit code ${code}`);
    } else {
      const done = await get('adopt')({ orderId, ...said });
      if (done.isErr()) failed.push(`${orderId}: ${done.error.type}`);
    }
  }
  return { made: made.length, asked: lacking.length, failed };
};

/** Nothing while a dispute is open: whether its money comes back is known when it has ended. */
export const decide = async (
  { orderId, of, reason, asked }: ReviewCase,
  {
    ledger,
    named,
  }: { readonly ledger: Ledger; readonly named: ReadonlyMap<string, string | undefined> },
  sandbox: Pick<Sandbox, 'refundRest'>,
): Promise<Decision | undefined> => {
  const base = { orderId, by: 'the fault script', evidence: `the ledger, ${reason}` };
  if (of.type === 'Refund') {
    const { refundId } = of;
    const found = ledger.refunds.find(
      (one) => one.order_id === orderId && one.refund_id === refundId && one.status === 'succeeded',
    );
    return found === undefined
      ? { ...base, refundId, moved: false }
      : { ...base, refundId, moved: true, reference: found.id };
  }
  const charges = ledger.charges.filter(
    ({ order_id, payment_intent: id, status }) =>
      status === 'succeeded' && (named.get(orderId) ?? id) === id && isOf(order_id, orderId, named),
  );
  const [charge] = charges;
  if (charges.length === 1 && charge !== undefined && amountOf(charge) === asked.amountMinor) {
    const { payment_intent: reference } = charge;
    // Its refund in the dashboard is adopted afterwards.
    const isWhole = charge.held === charge.captured;
    const forced = isWhole ? {} : { forcedBecause: 'captured, and refunded in the dashboard' };
    return { ...base, moved: true, reference, ...forced };
  }
  const isDisputed = ledger.disputes.some(
    ({ payment_intent: id, status }) =>
      isOpen(status) && charges.some(({ payment_intent }) => payment_intent === id),
  );
  if (isDisputed) return undefined;
  // The bank has taken the money of others.
  for (const { payment_intent: id } of charges.filter(({ held }) => held > 0)) {
    await sandbox.refundRest(id);
  }
  const forced = charges.length > 0 ? { forcedBecause: 'given back at the gateway by hand' } : {};
  return { ...base, moved: false, ...forced };
};

/** The shop wrote no order into its payments. */
const isOf = (
  written: string | null,
  orderId: string,
  named: ReadonlyMap<string, string | undefined>,
): boolean => named.get(orderId) !== undefined || written === orderId;

const argumentsOf = ({ orderId, refundId, moved, ...rest }: Decision): readonly string[] => [
  'review',
  'resolve',
  orderId,
  '--json',
  '--by',
  rest.by,
  '--evidence',
  rest.evidence,
  '--as',
  `${moved ? '' : 'not-'}${refundId === undefined ? 'captured' : 'refunded'}`,
  ...(refundId === undefined ? [] : ['--refund', refundId]),
  ...(rest.reference === undefined ? [] : ['--reference', rest.reference]),
  ...(rest.forcedBecause === undefined ? [] : ['--force', '--reason', rest.forcedBecause]),
];
