import type { CommitItem } from '../../src/adapters/eventStore/commitTable.ts';
import type { MemoryPaymentGateway } from '../../src/adapters/memory/paymentGateway.ts';
import { rule } from './legality.ts';
import { raritiesIn } from './rarities.ts';
import { entriesIn, textOf, wholeOf, type Fact, type Log } from './log.ts';
import { isAtGateway, NOTHING, type Standing } from './standing.ts';

export const INVOICES = 'INV';
export const CREDIT_NOTES = 'CN';

/** The gateway has no order for what the shop has captured itself. */
const BY_THE_SHOP = '';

/** Its credit note stands where a refund came back. */
const CREDITED: ReadonlySet<string> = new Set(['succeeded', 'returned']);

type Sent = { readonly key: string; readonly body: string };

/** What a process has seen of an order. */
export type Loaded = { readonly isCancelled: boolean; readonly isDisputed: boolean };

/** Looks at every state that the world ever is in, and keeps what is wrong with it. */
export type Watch = {
  readonly violations: readonly string[];
  appended(item: CommitItem): void;
  /** A request leaves a process that has loaded so much of the order. */
  sending(kind: 'charge' | 'void' | 'refund', request: Sent, known: Loaded): void;
  /** The gateway has done something. */
  moved(): void;
  report(violation: string): void;
  standing(orderId: string): Standing;
  order(orderId: string): readonly Fact[];
};

type Ledger = ReturnType<MemoryPaymentGateway['ledger']>;
type Refund = Ledger['refunds'][number];

export const createWatch = (
  log: Log,
  { ledger, gatewayEvents }: Pick<MemoryPaymentGateway, 'ledger' | 'gatewayEvents'>,
  seen: Set<string>,
): Watch => {
  const violations: string[] = [];
  const standings = new Map<string, Standing>();
  const dates = new Map<string, number>();
  const numbered = new Set<string>();
  const closed = new Set<string>();
  /** The order that each payment of the gateway pays. */
  const paidBy = new Map<string, string>();
  /** Every refund that ever was made, also those that came back. */
  const made = new Map<string, Refund>();
  const noteMade = (): void => {
    for (const refund of ledger().refunds) made.set(refund.reference, refund);
  };
  const report = (violation: string): void => void violations.push(violation);
  const check = (holds: boolean, violation: string): void => {
    if (!holds) report(violation);
  };
  const standingOf = (orderId: string): Standing => standings.get(orderId) ?? NOTHING;

  const checkMoney = (orderId: string): void => {
    const { charges, refunds } = ledger();
    const mine = charges.filter(
      ({ orderId: of, reference }) => of === orderId || paidBy.get(reference) === orderId,
    );
    const isBack = ({ orderId: of, paymentReference }: Refund): boolean =>
      of === orderId || mine.some(({ reference }) => reference === paymentReference);
    const back = refunds.filter(isBack);
    // The money of an order that was cancelled may move again later, which the end looks at.
    const isMovedLater =
      [...made.values()].filter(isBack).length > back.length ||
      gatewayEvents
        .all()
        .some(
          ({ kind, payment }) =>
            kind === 'dispute' && mine.some(({ reference }) => reference === payment),
        );
    const sum = (moved: readonly { readonly amountMinor: number }[]) =>
      moved.reduce((total, { amountMinor }) => total + amountMinor, 0);
    check(mine.length <= 1, `I1: ${orderId} is charged ${mine.length} times`);
    check(sum(back) <= sum(mine), `I2: ${orderId} gave back ${sum(back)} of ${sum(mine)}`);
    const { isCancelled, payment } = standingOf(orderId);
    check(
      !isCancelled || isMovedLater || sum(mine) === sum(back),
      `I7: ${orderId} is cancelled and holds money`,
    );
    const isOver = payment === 'declined' || payment === 'failed';
    check(!isOver || mine.length === 0, `I7: ${orderId} is ${payment} and charged`);
  };

  const checkFact = (orderId: string, fact: Fact): void => {
    const before = standingOf(orderId);
    const { isLegal, next } = rule(before, fact);
    const isNumbered = log.series(INVOICES).some(({ id }) => id === orderId);
    for (const rarity of raritiesIn(fact, before, isNumbered)) seen.add(rarity);
    standings.set(orderId, next);
    check(
      isLegal,
      `I8: ${fact.type} after ${JSON.stringify({ ...before, refunds: [...before.refunds] })}`,
    );
    const { charges } = ledger();
    noteMade();
    if (fact.type === 'PaymentCaptured') {
      const reference = textOf(fact, 'reference');
      const charge = charges.find((other) => other.reference === reference);
      const isRight =
        (charge?.orderId === orderId || charge?.orderId === BY_THE_SHOP) &&
        charge.amountMinor === wholeOf(fact, 'amountMinor') &&
        charge.currency === textOf(fact, 'currency');
      check(isRight || !isAtGateway(before), `I3: ${orderId} records a capture that there is not`);
      const other = isAtGateway(before) ? paidBy.get(reference) : undefined;
      check(other === undefined, `I17: ${reference} pays ${orderId} and ${other}`);
      paidBy.set(reference, orderId);
    }
    if (fact.type === 'RefundSucceeded') {
      const refund = made.get(textOf(fact, 'reference'));
      const isRight =
        refund?.orderId === orderId &&
        refund.refundId === textOf(fact, 'refundId') &&
        refund.amountMinor === wholeOf(fact, 'amountMinor');
      check(
        isRight || !isAtGateway(before),
        `I3: ${orderId} records a refund that the gateway does not have`,
      );
    }
    if (fact.type === 'RefundAdopted') {
      const refund = made.get(textOf(fact, 'reference'));
      const isRight =
        refund !== undefined &&
        refund.refundId === '' &&
        refund.amountMinor === wholeOf(fact, 'amountMinor');
      check(isRight, `I21: ${orderId} adopts a refund that others did not make`);
    }
    if (fact.type === 'InvoiceIssued') checkNumber(INVOICES, orderId, fact);
    if (fact.type === 'CreditNoteIssued') {
      checkNumber(CREDIT_NOTES, `${orderId}#${textOf(fact, 'refundId')}`, fact);
    }
  };

  const checkNumber = (series: string, id: string, fact: Fact): void => {
    const entry = log.series(series).find((other) => other.id === id);
    const isRight =
      entry?.number === wholeOf(fact, 'number') &&
      entry.year === wholeOf(fact, 'year') &&
      entry.seriesVersion === wholeOf(fact, 'seriesVersion') &&
      textOf(fact, 'series') === series;
    check(isRight, `I4: the number of ${id} is not its place in ${series}`);
  };

  const closeDocuments = (series: string, fact: Fact): void => {
    for (const { id } of entriesIn(fact)) {
      check(!numbered.has(`${series} ${id}`), `R25: ${id} is closed and was numbered`);
      closed.add(`${series} ${id}`);
      seen.add('document closed');
    }
  };

  const checkSeries = (series: string, fact: Fact): void => {
    const date = wholeOf(fact, 'date');
    check(date >= (dates.get(series) ?? 0), `I6: the dates of ${series} go back`);
    dates.set(series, date);
    if (fact.type === 'DocumentsClosed') return closeDocuments(series, fact);
    // Numbers begin again with the year.
    const previous = log.series(series).at(-1 - entriesIn(fact).length);
    const isSameYear = previous?.year === wholeOf(fact, 'year');
    const expected = isSameYear ? previous.number + 1 : 1;
    check(wholeOf(fact, 'first') === expected, `I4: ${series} does not go on at ${expected}`);
    for (const { id, reference } of entriesIn(fact)) {
      check(!numbered.has(`${series} ${id}`), `I4: ${id} is numbered twice`);
      numbered.add(`${series} ${id}`);
      check(!closed.has(`${series} ${id}`), `R25: ${id} is numbered and was closed`);
      noteMade();
      const moved = series === INVOICES ? ledger().charges : [...made.values()];
      const money = moved.find((entry) => entry.reference === reference);
      const [orderId = ''] = id.split('#');
      const isMoved = money?.orderId === orderId || money?.orderId === BY_THE_SHOP;
      check(
        isMoved || !isAtGateway(standingOf(orderId)),
        `I4: ${id} has a number and no money that moved`,
      );
    }
  };

  return {
    violations,
    report,
    standing: standingOf,
    order: (orderId) => log.order(orderId),
    appended: (item) => {
      const { facts, problems } = log.add(item);
      for (const problem of problems) report(problem);
      const [kind = '', id = ''] = item.streamId.split('#');
      if (kind === 'series') for (const fact of facts) checkSeries(id, fact);
      if (kind !== 'order') return;
      for (const fact of facts) if (fact.type !== '') checkFact(id, fact);
      const { payment, hasInvoice, refunds, credited } = standingOf(id);
      const succeeded = [...refunds.values()].filter(({ status }) => CREDITED.has(status));
      check((payment === 'captured') === hasInvoice, `I5: ${id} is captured without its invoice`);
      check(succeeded.length === credited.size, `I5: ${id} is refunded without its credit note`);
      checkMoney(id);
    },
    sending: (kind, { key, body }, { isCancelled, isDisputed }) => {
      const [, , orderId = '', , refundId = ''] = key.split('/');
      if (kind === 'void') {
        check(standingOf(orderId).isVerified, `I18: ${key} is sent before it was verified`);
        return;
      }
      const [type, part] =
        kind === 'charge'
          ? (['PaymentRequested', 'paymentKey'] as const)
          : (['RefundRequested', 'refundKey'] as const);
      const intent = log
        .order(orderId)
        .find((fact) => fact.type === type && textOf(fact, part) === key);
      check(intent?.data['body'] === body, `I12: ${key} is sent, and is not what was recorded`);
      check(kind === 'refund' || !isCancelled, `I14: ${key} is sent by who knows better`);
      check(kind === 'charge' || !isDisputed, `I22: ${key} is sent by who knows of a dispute`);
      const rejected = standingOf(orderId).refunds.get(refundId)?.status === 'rejected';
      check(kind === 'charge' || !rejected, `I15: ${key} was rejected and is sent`);
    },
    moved: () => {
      noteMade();
      for (const orderId of log.orderIds()) checkMoney(orderId);
    },
  };
};
