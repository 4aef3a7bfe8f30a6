import { captureBefore } from './authorisations.ts';
import { chargeObject } from './charges.ts';
import { isOpen, type StoredDispute } from './disputes.ts';
import type { EventOccurrence, SandboxEvent } from './events.ts';
import { derivedId } from './ids.ts';
import type { StoredIntent } from './intents.ts';
import type { LaterChange } from './paymentMethods.ts';
import { changed, type TimelineChange, type PaymentState } from './paymentState.ts';
import type { StoredRefundObject } from './refunds.ts';

type Plan = { readonly dueMs: number; readonly change: TimelineChange };

type Moment = {
  readonly atMs: number;
  /** Whether time alone brings it: it has happened once its time has come. */
  readonly isPlanned: boolean;
  readonly state: PaymentState;
  readonly occurrences: readonly EventOccurrence[];
  /** The key of the request, for its events. */
  readonly key: string | null;
  /** The changes that are still to come. */
  readonly plans: readonly Plan[];
};

export type ChangeTiming = {
  readonly atMs: number;
  readonly later?: readonly LaterChange[] | undefined;
};

/**
 * Everything that has happened to one payment, and that time alone will bring unless something else
 * happens before. It is a function of the journal: whoever looks, and when, changes nothing.
 */
export class PaymentTimeline {
  readonly #moments: Moment[] = [];
  #published = 0;

  /** Takes what a record of the journal says. */
  apply(change: TimelineChange, { atMs, later = [] }: ChangeTiming): void {
    while (this.#last?.isPlanned === true && this.#last.atMs > atMs) this.#moments.pop();
    const plans = [...(this.#last?.plans ?? []), ...plansOf(change, atMs, later)];
    this.#add(change, { atMs, isPlanned: false, plans });
    this.#planAhead();
  }

  /** The payment as it was at that time: what was written has happened, whatever a clock says. */
  at(nowMs: number): PaymentState | undefined {
    return this.#moments.findLast((moment) => hasHappened(moment, nowMs))?.state;
  }

  /** The payment after everything that has happened or is planned. */
  final(): PaymentState | undefined {
    return this.#last?.state;
  }

  events(untilMs: number): readonly SandboxEvent[] {
    return this.#eventsFrom(0, untilMs);
  }

  /** The events that were not asked for before. */
  newEvents(untilMs: number): readonly SandboxEvent[] {
    const events = this.#eventsFrom(this.#published, untilMs);
    const open = this.#moments.findIndex((moment) => !hasHappened(moment, untilMs));
    this.#published = open < 0 ? this.#moments.length : open;
    return events;
  }

  /** Whether no event is still to come by time alone. */
  isPublished(): boolean {
    return this.#published === this.#moments.length;
  }

  get #last(): Moment | undefined {
    return this.#moments.at(-1);
  }

  #add(change: TimelineChange, timing: Pick<Moment, 'atMs' | 'isPlanned' | 'plans'>): void {
    const before = this.#last?.state;
    const state = changed(before, change, timing.atMs);
    if (state === undefined) return;
    const occurrences = [
      ...(before === undefined ? authentication(change) : []),
      ...occurrencesBetween(before, state),
    ];
    const key = change.type === 'Executed' ? (change.key ?? null) : null;
    this.#moments.push({ ...timing, state, occurrences, key });
  }

  #planAhead(): void {
    const plans = (this.#last?.plans ?? []).toSorted((one, other) => one.dueMs - other.dueMs);
    for (const [n, { dueMs, change }] of plans.entries()) {
      const atMs = Math.max(dueMs, this.#last?.atMs ?? 0);
      this.#add(change, { atMs, isPlanned: true, plans: plans.slice(n + 1) });
    }
  }

  #eventsFrom(index: number, untilMs: number): readonly SandboxEvent[] {
    return this.#moments.slice(index).flatMap((moment, n) =>
      hasHappened(moment, untilMs)
        ? moment.occurrences.map((occurrence) => ({
            ...occurrence,
            id: derivedId(
              'evt',
              moment.state.intent.object.id,
              index + n,
              occurrence.type,
              occurrence.object.id,
            ),
            atMs: moment.atMs,
            key: moment.key,
          }))
        : [],
    );
  }
}

const hasHappened = ({ isPlanned, atMs }: Moment, nowMs: number): boolean =>
  !isPlanned || atMs <= nowMs;

const plansOf = (
  change: TimelineChange,
  atMs: number,
  later: readonly LaterChange[],
): readonly Plan[] => {
  if (change.type !== 'Executed') return [];
  const { object } = change;
  const isHeld = object.object === 'payment_intent' && object.status === 'requires_capture';
  const expiry: Plan[] = isHeld
    ? [{ dueMs: captureBefore(object) * 1_000, change: { type: 'Expired' } }]
    : [];
  const planned = later.map((each): Plan => {
    const dueMs = atMs + each.afterMs;
    return 'dispute' in each
      ? { dueMs, change: { type: 'Disputed', id: derivedId('du', object.id), ...each.dispute } }
      : { dueMs, change: { type: 'Ended', id: object.id, status: each.status } };
  });
  return [...expiry, ...planned];
};

/** The events that Stripe makes of a change: https://docs.stripe.com/api/events/types */
const occurrencesBetween = (
  before: PaymentState | undefined,
  after: PaymentState,
): readonly EventOccurrence[] => [
  ...ofPayment(before?.intent.object, after.intent.object),
  ...after.refunds.flatMap(({ object }, n) => ofRefund(before?.refunds[n]?.object, object, after)),
  ...after.disputes.flatMap(({ object }, n) => ofDispute(before?.disputes[n]?.object, object)),
];

/** The event before that of the payment itself, if its customer had to authenticate it and did. */
const authentication = (change: TimelineChange): readonly EventOccurrence[] => {
  if (change.type !== 'Executed' || change.isAuthenticated !== true) return [];
  const open = { latest_charge: null, amount_capturable: 0, amount_received: 0 };
  const object = { ...change.object, ...open, status: 'requires_action' };
  return [{ type: 'payment_intent.requires_action', object }];
};

const PAYMENT_EVENTS = {
  succeeded: 'payment_intent.succeeded',
  processing: 'payment_intent.processing',
  requires_payment_method: 'payment_intent.payment_failed',
  requires_action: 'payment_intent.requires_action',
  requires_capture: 'payment_intent.amount_capturable_updated',
  canceled: 'payment_intent.canceled',
} as const satisfies Record<StoredIntent['status'], string>;

const ofPayment = (
  before: StoredIntent | undefined,
  after: StoredIntent,
): readonly EventOccurrence[] =>
  before?.status === after.status ? [] : [{ type: PAYMENT_EVENTS[after.status], object: after }];

const ofRefund = (
  before: StoredRefundObject | undefined,
  after: StoredRefundObject,
  state: PaymentState,
): readonly EventOccurrence[] => {
  const failure = after.status === 'failed' ? [{ type: 'refund.failed', object: after }] : [];
  if (before === undefined) {
    const created = { type: 'refund.created', object: after };
    const charged = { type: 'charge.refunded', object: chargeObject(state) };
    return after.status === 'failed' ? [created, ...failure] : [created, charged];
  }
  const { status } = before;
  if (status === after.status) return [];
  return [{ type: 'refund.updated', object: after, previous: { status } }, ...failure];
};

const ofDispute = (
  before: StoredDispute | undefined,
  after: StoredDispute,
): readonly EventOccurrence[] => {
  const event = (name: string, previous?: object): EventOccurrence => ({
    type: `charge.dispute.${name}`,
    object: after,
    ...(previous === undefined ? {} : { previous }),
  });
  const hasMoved = (before?.balance_transactions.length ?? 0) < after.balance_transactions.length;
  if (before === undefined)
    return [event('created'), ...(hasMoved ? [event('funds_withdrawn')] : [])];
  if (before.status === after.status) return [];
  return [
    event('updated', { status: before.status }),
    ...(hasMoved ? [event('funds_reinstated')] : []),
    ...(isOpen(after) ? [] : [event('closed')]),
  ];
};
