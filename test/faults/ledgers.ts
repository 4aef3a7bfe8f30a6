import type {
  SandboxCharge,
  SandboxDispute,
  SandboxRefund,
} from '../../src/adapters/embedded/stripe/ledger.ts';
import { fromStripeAmount } from '../../src/adapters/stripe/amounts.ts';
import * as Order from '../../src/domain/order/index.ts';
import { madeAgainAs } from '../../src/domain/order/state.ts';
import type * as Invoice from '../../src/domain/invoice/index.ts';
import { namedBy } from './checkout.ts';

export type Ledger = {
  readonly charges: readonly SandboxCharge[];
  readonly refunds: readonly SandboxRefund[];
  readonly disputes: readonly SandboxDispute[];
};

/** How the orders ended, and the sums by currency that both sides come to. */
export type LedgerComparison = {
  readonly outcomes: Readonly<Record<string, number>>;
  readonly refunds: Readonly<Record<string, number>>;
  readonly disputes: Readonly<Record<string, number>>;
  /**
   * In minor units: captured - refunded - withdrawn + reinstated, by our records and by what the
   * gateway's ledger holds.
   */
  readonly net: Readonly<Record<string, { readonly log: number; readonly ledger: number }>>;
  readonly faults: readonly string[];
};

/**
 * The gateway's ledger, deployment by deployment: a key, or the order that names it, says whose a
 * charge is, and a charge whose its refunds and disputes are.
 */
export const splitLedger = (
  { charges, refunds, disputes }: Ledger,
  deployments: readonly string[],
  /** Whose orders name a payment of the shop's. */
  named: ReadonlyMap<string, string>,
): { readonly of: ReadonlyMap<string, Ledger>; readonly strangers: readonly SandboxCharge[] } => {
  const ownerOf = (charge: SandboxCharge): string | undefined =>
    named.get(charge.payment_intent) ?? byKey(charge);
  const byKey = ({ idempotency_key: key }: SandboxCharge): string | undefined =>
    deployments.find((deployment) => key?.startsWith(`paidonce/${deployment}/`));
  const of = deployments.map((deployment) => {
    const own = charges.filter((charge) => ownerOf(charge) === deployment);
    const payments = new Set(own.map(({ payment_intent: id }) => id));
    const isOwn = ({ payment_intent: id }: Entry): boolean => payments.has(id);
    const later = { refunds: refunds.filter(isOwn), disputes: disputes.filter(isOwn) };
    return [deployment, { charges: own, ...later }] as const;
  });
  return { of: new Map(of), strangers: charges.filter((charge) => ownerOf(charge) === undefined) };
};

/** Made at the gateway itself, by somebody who gave it no reference of ours. */
export const isByHand = ({ refund_id: id }: SandboxRefund): boolean => id === null;

/**
 * Compares the records of one deployment with its part of the gateway's own ledger, order by order
 * and both ways: each capture and each refund that is there is here, once, under the same reference
 * and of the same amount, and has its document, whoever made the refund.
 */
export const compareLedgers = (
  orders: ReadonlyMap<string, Order.State>,
  ledger: Ledger,
  /** Orders without a payment whose money stays with the gateway: people have paid otherwise. */
  paidOtherwise: ReadonlySet<string> = new Set(),
): LedgerComparison => {
  const faults: string[] = [];
  const outcomes: Record<string, number> = {};
  const refundOutcomes: Record<string, number> = {};
  const disputes: Record<string, number> = {};
  const net: Record<string, { log: number; ledger: number }> = {};
  const netOf = (currency: string) => (net[currency] ??= { log: 0, ledger: 0 });
  const naming = Map.groupBy(
    [...orders.values()].filter(({ placed }) => placed && namedBy(placed) !== undefined),
    ({ placed }) => (placed && namedBy(placed)) ?? '',
  );
  const [byShop = [], own = []] = [true, false].map((isNamed) =>
    ledger.charges.filter((charge) => naming.has(charge.payment_intent) === isNamed),
  );
  const charges = Map.groupBy(
    own.filter(({ status }) => status === 'succeeded'),
    (charge) => charge.order_id ?? '',
  );
  for (const orderId of charges.keys()) {
    if (!orders.has(orderId)) faults.push(`${orderId}: charged, and no such order`);
  }

  for (const [orderId, state] of orders) {
    const { payment } = state;
    const reference = payment.status === 'captured' ? payment.reference : '';
    const charged = [
      ...(charges.get(orderId) ?? []),
      ...byShop.filter((one) => one.payment_intent === reference && one.status === 'succeeded'),
    ];
    const isAtGateway = !(state.placed && WITHOUT_GATEWAY.has(state.placed.payment.type));
    const fault = (why: string): void => void faults.push(`${orderId}: ${why}`);
    const outcome = outcomeOf(state);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    for (const refund of state.refunds) {
      const adopted = refund.status === 'succeeded' && refund.cause === 'gateway';
      const status = adopted ? 'adopted' : refund.status;
      refundOutcomes[status] = (refundOutcomes[status] ?? 0) + 1;
    }
    for (const charge of charged) netOf(currencyOf(charge)).ledger += heldIn(charge);
    for (const { verdict = 'open' } of state.disputes ?? []) {
      disputes[verdict] = (disputes[verdict] ?? 0) + 1;
    }

    const { captured, pending, rest } = Order.sumsOf(state);
    const held = Order.heldOf(state);
    if (state.placed !== undefined && isAtGateway) netOf(state.placed.currency).log += held;
    if (pending > 0) fault(`${pending} still pending`);
    if (!['captured', 'declined', 'failed', 'none'].includes(state.payment.status)) {
      fault(`not settled: ${state.payment.status}`);
    }
    if (state.cancellation !== undefined && !state.cancelled && state.placed !== undefined) {
      if (state.payment.status !== 'declined') fault('to be cancelled, and not cancelled');
    }
    if (state.cancelled && rest > 0) fault('cancelled, and money is held');
    if (state.refunds.some(Order.isUndecidedReturn)) fault('a refund came back, undecided');

    if (!isAtGateway) {
      if (charged.length > 0) fault(`${charged.length} charges, and none was asked for`);
      if (payment.status === 'captured') compareNotes(state, fault);
    } else if (payment.status === 'captured') {
      const [charge, ...others] = charged;
      if (charge === undefined || others.length > 0) fault(`${charged.length} charges`);
      else if (charge.payment_intent !== payment.reference) fault('another payment');
      else if (amountOf(charge) !== captured) fault(`charged ${amountOf(charge)}, not ${captured}`);
      else if (heldIn(charge) !== held) fault(`${heldIn(charge)} is held there, and not ${held}`);
      compareRefunds(state, ledger.refunds, fault);
      compareDisputes(state, ledger.disputes, fault);
    } else {
      const there = charged.reduce((total, charge) => total + heldIn(charge), 0);
      if (paidOtherwise.has(orderId)) netOf(state.placed?.currency ?? '').log += there;
      else if (there !== 0) fault(`${state.payment.status}, and the gateway holds ${there}`);
    }
  }
  for (const charge of byShop) {
    faults.push(...faultsOfShop(charge, naming.get(charge.payment_intent) ?? []));
  }
  const invoices = [...orders.values()].flatMap(invoiceOf);
  const creditNotes = invoices.flatMap((invoice) => invoice.creditNotes);
  faults.push(...gapsIn('invoices', invoices), ...gapsIn('credit notes', creditNotes));
  for (const [currency, { log, ledger: held }] of Object.entries(net)) {
    if (log !== held) faults.push(`${currency}: the log has ${log}, the gateway ${held}`);
  }
  return { outcomes, refunds: refundOutcomes, disputes, net, faults };
};

/**
 * The shop's own payments that pay none of the orders that name them, their refunds and disputes:
 * nothing that the gateway knows of them says whose they are.
 */
export const paysNothing = (
  orders: ReadonlyMap<string, Order.State>,
  { charges, refunds, disputes }: Ledger,
): number => {
  const paid = new Set(
    [...orders.values()].map(({ payment }) => payment.status === 'captured' && payment.reference),
  );
  const idle = charges.filter(
    ({ payment_intent: id, order_id, status }) =>
      status === 'succeeded' && order_id === null && !paid.has(id),
  );
  const ids = new Set(idle.map(({ payment_intent: id }) => id));
  const refunded = refunds.filter(
    ({ payment_intent: id, status }) => status === 'succeeded' && ids.has(id),
  );
  const disputed = disputes.filter(({ payment_intent: id }) => ids.has(id));
  return idle.length + refunded.length + disputed.length;
};

/** Ways in which the gateway moves no money. */
const WITHOUT_GATEWAY: ReadonlySet<string> = new Set(['transferred', 'none']);

/**
 * What is wrong with a payment of the shop's when every order that names it has ended: it pays one
 * order at most, and is captured for one alone.
 */
const faultsOfShop = (charge: SandboxCharge, naming: readonly Order.State[]): readonly string[] => {
  const { payment_intent: id } = charge;
  const paid = naming.filter(
    ({ payment }) => payment.status === 'captured' && payment.reference === id,
  );
  const isOurs = naming.some(({ placed }) => placed?.payment.type === 'authorised');
  const isHeld = heldIn(charge) > 0;
  return [
    ...(paid.length > 1 ? [`${id} pays ${paid.length} orders`] : []),
    ...(isOurs && isHeld && paid.length === 0 ? [`${id} is captured for no order`] : []),
  ];
};

/**
 * What was charged otherwise than with the order's own card: its namesake's elsewhere may have
 * another.
 */
export const cardsIn = (
  contents: readonly Order.SentOrder[],
  { charges }: Ledger,
): readonly string[] => {
  const cards = new Map(contents.map((order) => [order.orderId, cardOf(order)]));
  const named = new Set(contents.map(namedBy));
  return charges.flatMap(({ payment_intent: id, order_id: orderId, payment_method: card }) =>
    named.has(id) || card === cards.get(orderId ?? '')
      ? []
      : [`${orderId}: charged with ${card}, not its own card`],
  );
};

const cardOf = (order: Order.SentOrder): string | undefined => {
  const { payment } = Order.contentOf(order);
  return 'paymentMethod' in payment ? payment.paymentMethod : undefined;
};

export const outcomeOf = ({ payment, cancelled }: Order.State): string => {
  const proof = payment.status === 'failed' ? `, ${payment.proof}` : '';
  return `${cancelled ? 'cancelled, ' : ''}${payment.status}${proof}`;
};

type Entry = SandboxCharge | SandboxRefund | SandboxDispute;

/** In ISO 4217 minor units. */
export const amountOf = ({ amount, currency }: Entry): number =>
  fromStripeAmount({ amount, currency })?.amountMinor ?? Number.NaN;
const currencyOf = ({ currency }: Entry): string => currency.toUpperCase();
/** By the ledger's own arithmetic, in ISO 4217 minor units; below zero where it has lost money. */
const heldIn = (charge: SandboxCharge): number => {
  if (charge.status !== 'succeeded') return 0;
  const { held, currency } = charge;
  return Math.sign(held) * amountOf({ ...charge, amount: Math.abs(held), currency });
};

const invoiceOf = ({ invoice }: Order.State): readonly Invoice.InvoiceDocument[] =>
  invoice.status === 'issued' ? [invoice.document] : [];

/** The shop refunds these itself: each refund that is recorded has its credit note. */
const compareNotes = (state: Order.State, fault: (why: string) => void): void => {
  const [invoice] = invoiceOf(state);
  if (invoice === undefined) return fault('no invoice');
  const made = state.refunds.filter(({ status }) => status === 'succeeded').length;
  const notes = invoice.creditNotes.length;
  if (made !== notes) fault(`${made} refunds, ${notes} credit notes`);
};

const compareRefunds = (
  state: Order.State,
  ofAll: readonly SandboxRefund[],
  fault: (why: string) => void,
): void => {
  const [invoice] = invoiceOf(state);
  const documented = new Map(invoice?.creditNotes.map((note) => [note.refundReference, note]));
  const { payment, refunds } = state;
  const reference = payment.status === 'captured' ? payment.reference : '';
  const made = ofAll.filter((refund) => refund.payment_intent === reference);
  // What came back keeps its credit note; what a person paid in its place has none of its own.
  const cameBack = new Set(
    refunds.flatMap((one) => (one.status === 'returned' ? [one.reference] : [])),
  );
  const again = new Set(refunds.map(madeAgainAs));
  const due = made.filter(({ id, status }) =>
    status === 'succeeded' ? !again.has(id) : status === 'failed' && cameBack.has(id),
  );
  if (documented.size !== due.length) {
    fault(`${due.length} refunds, ${documented.size} credit notes`);
  }
  for (const refund of due) {
    const note = documented.get(refund.id);
    if (note === undefined) fault(`refund ${refund.id} has no credit note`);
    else if (note.totalMinor !== amountOf(refund)) fault(`${note.label} is of another amount`);
    if (refund.status === 'succeeded' && cameBack.has(refund.id)) fault(`${refund.id} stands`);
  }
  // All of an invoice refunded: its credit notes are the invoice, line by line.
  const notes = invoice?.creditNotes ?? [];
  for (const [index, line] of (invoice?.lines ?? []).entries()) {
    const credited = notes.flatMap(({ lines }) => lines.filter((one) => one.line === index + 1));
    const net = credited.reduce((total, { netMinor }) => total + netMinor, 0);
    const tax = credited.reduce((total, { taxMinor }) => total + taxMinor, 0);
    if (net > line.netMinor || tax > line.taxMinor) fault(`line ${index + 1} is over-credited`);
    const { captured, refunded } = Order.sumsOf(state);
    if (captured === refunded && (net !== line.netMinor || tax !== line.taxMinor)) {
      fault(`line ${index + 1} is not credited whole`);
    }
  }
};

/** Each dispute of the payment is in the log, by its end and its money. */
const compareDisputes = (
  { payment, disputes = [] }: Order.State,
  ofAll: readonly SandboxDispute[],
  fault: (why: string) => void,
): void => {
  const reference = payment.status === 'captured' ? payment.reference : '';
  const there = ofAll.filter((dispute) => dispute.payment_intent === reference);
  const said = (dispute: SandboxDispute): string => {
    const { id, status, withdrawn, reinstated } = dispute;
    const [taken, back] = [withdrawn, reinstated].map((amount) => amountOf({ ...dispute, amount }));
    return `${id} ${status.replace('_', ' ')}, withdrawn ${taken}, reinstated ${back}`;
  };
  const logged = new Set(
    disputes.map(
      ({ dispute: id, verdict, withdrawnMinor, reinstatedMinor }) =>
        `${id} ${verdict}, withdrawn ${withdrawnMinor}, reinstated ${reinstatedMinor}`,
    ),
  );
  const missing = there.map(said).filter((line) => !logged.has(line));
  for (const line of missing) fault(`not in the log: ${line}`);
  if (disputes.length > there.length) fault(`${disputes.length} disputes, not ${there.length}`);
};

/** Each series begins again with each year, and is without a gap in it. */
const gapsIn = (what: string, documents: readonly Invoice.DocumentNumber[]): readonly string[] =>
  [...Map.groupBy(documents, ({ series, year }) => `${series} ${year}`).values()].flatMap((all) => {
    const ordered = all.toSorted((a, b) => a.number - b.number);
    return ordered.flatMap(({ number, label, issuedAt }, index) => {
      if (number !== index + 1) return [`${what}: ${label} stands where ${index + 1} should`];
      return issuedAt < (ordered[index - 1]?.issuedAt ?? 0) ? [`${what}: ${label} goes back`] : [];
    });
  });
