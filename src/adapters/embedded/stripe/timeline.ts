import { captureBefore } from './authorisations.ts';
import type { EventOccurrence, SandboxEvent } from './events.ts';
import { derivedId } from './ids.ts';
import type { LaterChange } from './laterChanges.ts';
import { authentication, occurrencesBetween } from './occurrences.ts';
import { changed, type TimelineChange, type PaymentState } from './paymentState.ts';

type Plan = { readonly dueMs: number; readonly change: TimelineChange };

type Moment = {
  readonly atMs: number;
  /** Time alone brings it: it has happened once its time has come. */
  readonly isPlanned: boolean;
  readonly state: PaymentState;
  readonly occurrences: readonly EventOccurrence[];
  /** The key of the request, for its events. */
  readonly key: string | null;
  /** What is still to come. */
  readonly plans: readonly Plan[];
};

export type ChangeTiming = {
  readonly atMs: number;
  readonly later?: readonly LaterChange[] | undefined;
};

/**
 * What has happened to one payment, and what time alone will bring unless something else happens
 * before. It is a function of the journal: whoever looks, and when, changes nothing.
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

  /** As it was at that time: what was written has happened, whatever a clock says. */
  at(nowMs: number): PaymentState | undefined {
    return this.#moments.findLast((moment) => hasHappened(moment, nowMs))?.state;
  }

  /** Everything that has happened or is planned. */
  final(): PaymentState | undefined {
    return this.#last?.state;
  }

  events(untilMs: number): readonly SandboxEvent[] {
    return this.#eventsFrom(0, untilMs);
  }

  /** Those that were not asked for before. */
  newEvents(untilMs: number): readonly SandboxEvent[] {
    const events = this.#eventsFrom(this.#published, untilMs);
    const open = this.#moments.findIndex((moment) => !hasHappened(moment, untilMs));
    this.#published = open < 0 ? this.#moments.length : open;
    return events;
  }

  /** No event is to come by time alone. */
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
