import type { StreamEvent } from '../order/index.ts';
import {
  isNumber,
  checkRefund,
  type OrderLedger,
  type RefundEntry,
  type LineBalance,
} from './refundLegality.ts';

/** Where a history is not legal: the places of the commit and of the event in it, from 0, and why. */
export type IllegalEvent = {
  readonly commit: number;
  readonly event: number;
  readonly why: string;
};

/**
 * The first event of a history that is not legal where it stands (I8); undefined where all are. It shares
 * nothing with the product but its events, so that a mistake in the one is not a mistake in the other: refund
 * sums, what shares a commit, and what may follow what.
 *
 * `closeMs` is how long absence was no proof (R5). It is a setting that may have been another when the events
 * were written, so that whoever does not know it leaves it out; absence is then no proof before its intent.
 */
export const firstIllegal = (
  commits: readonly (readonly StreamEvent[])[],
  { closeMs = 0 }: { readonly closeMs?: number } = {},
): IllegalEvent | undefined => {
  const books: OrderLedger = {
    currency: '',
    owed: undefined,
    payment: 'none',
    tombstone: false,
    ended: false,
    rows: [],
    refunds: new Map(),
    rejected: new Set(),
    resolved: new Set(),
    claims: new Map(),
  };
  for (const [commit, events] of commits.entries()) {
    for (const [at, event] of events.entries()) {
      const why = check(books, event, closeMs);
      if (why !== undefined) return { commit, event: at, why: `${event.type}: ${why}` };
      const { captured, refunded, pending } = balance(books);
      if (refunded + pending > captured) {
        return { commit, event: at, why: `${event.type}: more is promised than is held` };
      }
    }
    if (books.owed !== undefined) {
      const event = Math.max(events.length - 1, 0);
      return { commit, event, why: `its commit ends without ${books.owed}` };
    }
  }
  return undefined;
};

const balance = ({ payment, total = 0, refunds }: OrderLedger) => {
  const sum = (...states: readonly RefundEntry['is'][]) =>
    [...refunds.values()].reduce(
      (all, { is, asked }) => all + (states.includes(is) ? asked.amountMinor : 0),
      0,
    );
  return {
    captured: payment === 'captured' ? total : 0,
    refunded: sum('done'),
    pending: sum('open', 'review'),
  };
};

/** What may be said of an order that has come to its end. */
const AFTER_THE_END: ReadonlySet<string> = new Set([
  'CustomerEmailCorrected',
  'GatewayComparisonRequested',
  'GatewayCompared',
]);

const isOpen = ({ payment }: OrderLedger): boolean => payment === 'open' || payment === 'review';

/** Books the event, or says why it may not stand here. */
const check = (books: OrderLedger, event: StreamEvent, closeMs: number): string | undefined => {
  // What people do with dead letters may stand anywhere, and changes nothing.
  if (event.type === 'LetterRedriven' || event.type === 'LetterDiscarded') return undefined;
  if (books.owed !== undefined && event.type !== books.owed) return `${books.owed} is owed`;
  if (books.ended && !AFTER_THE_END.has(event.type)) return 'the order has ended';
  const no = (...rules: readonly (readonly [broken: boolean, why: string])[]) =>
    rules.find(([broken]) => broken)?.[1];
  const isOfAttempt = ({ data }: { readonly data: { readonly attempt: number } }): boolean =>
    data.attempt === books.asked?.attempt;
  switch (event.type) {
    case 'OrderPlaced': {
      const why = no([books.total !== undefined, 'placed twice']);
      books.total = event.data.totalMinor;
      books.currency = event.data.currency;
      if (books.tombstone) books.owed = 'OrderCancelled';
      else books.owed = 'PaymentRequested';
      return why;
    }
    case 'PaymentRequested': {
      const { attempt, amountMinor, currency } = event.data;
      const why = no(
        [books.tombstone, 'charges a cancelled order'],
        [isOpen(books) || !['none', 'failed'].includes(books.payment), 'another one was made'],
        [attempt !== (books.asked?.attempt ?? 0) + 1, 'is not the next attempt'],
        [amountMinor !== books.total || currency !== books.currency, 'is not the total'],
        [books.payment === 'none' && books.owed === undefined, 'is not in the commit of its order'],
      );
      Object.assign(books, { asked: event.data, payment: 'open', owed: undefined });
      return why;
    }
    case 'PaymentCaptured': {
      const { amountMinor, currency } = event.data;
      const why = no(
        [!isOpen(books) || !isOfAttempt(event), 'is of no open payment'],
        [amountMinor !== books.total || currency !== books.currency, 'is not what was asked (I3)'],
        [event.data.source === 'person' && !books.resolved.has('payment'), 'nobody decided it'],
      );
      Object.assign(books, { payment: 'captured', owed: 'InvoiceIssued' });
      return why;
    }
    case 'InvoiceIssued': {
      const { totalMinor, netMinor, taxMinor, lines } = event.data;
      const why = no(
        [books.owed !== 'InvoiceIssued', 'is not in the commit of its capture'],
        [totalMinor !== books.total || netMinor + taxMinor !== totalMinor, 'is not the total'],
        [!isNumber(event.data), 'has no number'],
      );
      books.rows = lines.map((line) => ({ net: line.netMinor, tax: line.taxMinor }));
      books.owed = undefined;
      return why ?? no([sumOf(books.rows) !== totalMinor, 'its lines are not the total']);
    }
    case 'PaymentDeclined':
    case 'PaymentFailed': {
      const { at = 0, closeAt = 0, deployment = '' } = books.asked ?? {};
      // What an intent of an older release says of its close was never a rule that its worker kept to.
      const closesAt = deployment === '' ? at + closeMs : closeAt;
      const isEarly =
        event.type === 'PaymentFailed' &&
        event.data.proof === 'absent after close' &&
        event.data.at < closesAt;
      const isUnproven =
        event.type === 'PaymentFailed' &&
        event.data.proof === 'refused' &&
        books.claims.get(`payment#${event.data.attempt}`) !== 'claimed';
      const why = no(
        [!isOpen(books) || !isOfAttempt(event), 'is of no open payment'],
        [isEarly, 'absence is no proof before close (R5)'],
        [isUnproven, 'a refusal is no proof without a claim (R12)'],
      );
      books.payment = event.type === 'PaymentDeclined' ? 'declined' : 'failed';
      books.owed = books.tombstone ? 'OrderCancelled' : undefined;
      return why;
    }
    case 'PaymentReviewRequired': {
      const why = no([books.payment !== 'open' || !isOfAttempt(event), 'is of no open payment']);
      books.payment = 'review';
      return why;
    }
    case 'PaymentReviewResolved': {
      const why = no(
        [books.payment !== 'review' || !isOfAttempt(event), 'is of no review'],
        [books.resolved.has('payment'), 'was decided before'],
      );
      books.resolved.add('payment');
      if (event.data.verdict === 'not captured') books.owed = 'PaymentFailed';
      return why;
    }
    case 'SendingStopped':
    case 'ResendClaimed':
      return noteSending(books, event);
    case 'OrderRefused':
      return no([books.total !== undefined, 'the order was placed']);
    case 'CustomerEmailCorrected':
    case 'GatewayComparisonRequested':
    case 'GatewayCompared':
      return no([books.total === undefined, 'no order was placed']);
    case 'CancellationRequested': {
      const why = no(
        [books.tombstone, 'twice'],
        [books.payment === 'declined', 'nothing to cancel'],
      );
      books.tombstone = true;
      return why;
    }
    case 'OrderCancelled': {
      const { captured, refunded, pending } = balance(books);
      Object.assign(books, { ended: true, owed: undefined });
      return no(
        [books.total === undefined || !books.tombstone, 'nobody cancelled an order'],
        [isOpen(books), 'the payment is open'],
        [captured !== refunded || pending !== 0, 'money is held (I7)'],
      );
    }
    case 'RefundRequested':
    case 'RefundAdopted':
    case 'RefundRejected':
    case 'RefundSucceeded':
    case 'CreditNoteIssued':
    case 'RefundFailed':
    case 'RefundReviewRequired':
    case 'RefundReviewResolved':
      return checkRefund(books, event);
  }
};

/** Only what is open can be stopped, and only what was stopped can be claimed. */
const noteSending = (
  books: OrderLedger,
  event: Extract<StreamEvent, { readonly type: 'SendingStopped' | 'ResendClaimed' }>,
): string | undefined => {
  const { subject } = event.data;
  const refund = books.refunds.get(subject.replace(/^refund#/, ''));
  const isOfOpen = subject.startsWith('payment#')
    ? isOpen(books) && subject === `payment#${books.asked?.attempt}`
    : refund?.is === 'open' || refund?.is === 'review';
  const wasStopped = books.claims.has(subject);
  books.claims.set(subject, event.type === 'SendingStopped' ? 'stopped' : 'claimed');
  if (!isOfOpen) return 'is of nothing open';
  if (event.type === 'SendingStopped') return undefined;
  if (!wasStopped) return 'nothing was stopped';
  return books.tombstone && subject.startsWith('payment#')
    ? 'charges a cancelled order'
    : undefined;
};

const sumOf = (rows: readonly LineBalance[]): number =>
  rows.reduce((sum, { net, tax }) => sum + net + tax, 0);
