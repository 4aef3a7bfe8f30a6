import type { TimelineStep, Timeline } from '../../src/application/trace/timeline.ts';
import { HOSTILE } from './arbitraries/timeline.ts';

const PLACED_AT = Date.UTC(2026, 10, 23, 12, 0, 0);

type StepChanges = Omit<Partial<TimelineStep>, 'at'> &
  Pick<TimelineStep, 'phase' | 'from' | 'what'> & { at?: number };

/** A step at so many milliseconds after the order was placed. */
export const timelineStep = (step: StepChanges): TimelineStep => ({
  to: step.from,
  kind: 'done',
  source: 'record',
  details: {},
  ...step,
  at: PLACED_AT + (step.at ?? 0),
});

export const timelineOf = (
  steps: readonly TimelineStep[],
  more: Partial<Timeline> = {},
): Timeline => ({
  orderId: '01K9ZC5T0M4Q8R2V6X1Y3Z7A5B',
  status: 'captured',
  steps,
  cost: {
    microUsd: 27,
    items: [
      { what: 'DynamoDB writes', quantity: 14, unit: 'write unit', microUsd: 18 },
      { what: 'SQS requests', quantity: 8, unit: 'request', microUsd: 9 },
    ],
  },
  missing: [],
  notes: [],
  ...more,
});

const [SERVICE, QUEUE, LOG, NOTIFIER] = [
  'payment service',
  'payments queue',
  'event log',
  'notification service',
] as const;

const ingest = (at: number, what: string): TimelineStep =>
  timelineStep({ at, phase: 1, from: 'client', to: QUEUE, what });

const receive = (at: number, by: string, attempt = 1): TimelineStep =>
  timelineStep({
    at,
    phase: 2,
    from: QUEUE,
    to: SERVICE,
    what: attempt === 1 ? 'received' : `received again (${attempt})`,
    by,
    attempt,
  });

const commit = (at: number, by: string, what: string, versions: readonly number[]): TimelineStep =>
  timelineStep({ at, phase: 3, from: SERVICE, to: LOG, what, by, versions, source: 'event' });

const ask = (
  at: number,
  by: string,
  what: string,
  more: Partial<TimelineStep> = {},
): TimelineStep =>
  timelineStep({ ...more, at: at, phase: 3, from: SERVICE, to: 'gateway', what, by });

const answer = (at: number, by: string, what: string): TimelineStep =>
  timelineStep({ at, phase: 3, from: 'gateway', to: SERVICE, what, by });

const published = (at: number, by: string, notice: string): readonly TimelineStep[] => [
  timelineStep({
    at,
    phase: 3,
    from: SERVICE,
    to: 'invoice table',
    what: 'invoice 2026-000017',
    by,
  }),
  timelineStep({
    at: at + 4,
    phase: 3,
    from: SERVICE,
    to: 'notifications queue',
    what: notice,
    by,
  }),
];

const notifying = (at: number, what: string): readonly TimelineStep[] => [
  timelineStep({
    at,
    phase: 2,
    from: 'notifications queue',
    to: NOTIFIER,
    what: 'OrderSettled',
    by: 'n-1',
    attempt: 1,
  }),
  timelineStep({
    at: at + 9,
    phase: 4,
    from: NOTIFIER,
    to: LOG,
    what: 'claimed',
    by: 'n-1',
    source: 'event',
    versions: [1],
  }),
  timelineStep({ at: at + 31, phase: 4, from: NOTIFIER, to: 'customer', what, by: 'n-1' }),
];

/** Placed, charged, invoiced, notified. */
export const plainTimeline = (): Timeline =>
  timelineOf([
    ingest(0, 'PlaceOrder, 58.96 EUR'),
    receive(31, 'p-1'),
    commit(42, 'p-1', 'OrderPlaced + PaymentRequested', [1, 2]),
    ask(55, 'p-1', 'charge 58.96 EUR'),
    answer(402, 'p-1', '58.96 EUR captured as pi_3QxJ2eLkdIwHu7ix0aBcDeFg'),
    commit(420, 'p-1', 'PaymentCaptured + InvoiceIssued', [3, 4]),
    ...published(431, 'p-1', 'OrderSettled'),
    timelineStep({
      at: 440,
      phase: 2,
      from: SERVICE,
      to: QUEUE,
      what: 'message deleted',
      by: 'p-1',
    }),
    ...notifying(460, 'receipt mailed'),
    timelineStep({ at: 520, phase: 5, from: SERVICE, what: '4 records kept', by: 'p-1' }),
  ]);

/**
 * An answer lost after the capture, two workers on one message, a cancel, a refund, a person, a
 * redriven dead letter.
 */
export const ugliestTimeline = (): Timeline =>
  timelineOf(
    [
      ingest(0, 'PlaceOrder, 58.96 EUR'),
      receive(31, 'p-1'),
      commit(42, 'p-1', 'OrderPlaced + PaymentRequested', [1, 2]),
      ask(55, 'p-1', 'charge 58.96 EUR', {
        kind: 'lost',
        details: { idempotencyKey: 'order-01K9ZC5T0M4Q8R2V6X1Y3Z7A5B-1', afterMs: 10_000 },
      }),
      timelineStep({
        at: 10_060,
        phase: 3,
        from: SERVICE,
        kind: 'waited',
        what: 'outcome unknown, again in 12 s',
        by: 'p-1',
      }),
      ingest(15_000, 'CancelOrder, changed their mind'),
      timelineStep({ ...receive(15_031, 'p-2'), what: 'CancelOrder', at: 15_031 }),
      commit(15_044, 'p-2', 'CancellationRequested', [3]),
      receive(22_071, 'p-1', 2),
      timelineStep({
        at: 22_080,
        phase: 3,
        from: SERVICE,
        to: LOG,
        kind: 'refused',
        what: 'somebody else wrote version 4 first',
        by: 'p-2',
      }),
      ask(22_081, 'p-1', 'charge 58.96 EUR, same key and bytes'),
      answer(22_300, 'p-1', '58.96 EUR captured as pi_3QxJ2eLkdIwHu7ix0aBcDeFg'),
      commit(22_320, 'p-1', 'PaymentCaptured + InvoiceIssued + RefundRequested', [4, 5, 6]),
      ...published(22_331, 'p-1', 'OrderSettled'),
      ask(22_340, 'p-1', 'refund 58.96 EUR', {
        kind: 'refused',
        details: {
          code: 'charge_disputed',
          reason: 'the bank holds <b>this</b> charge; ask "them" & wait',
        },
      }),
      timelineStep({
        at: 22_420,
        phase: 3,
        from: SERVICE,
        to: LOG,
        what: 'ReviewRequested: the gateway refuses the refund',
        by: 'p-1',
        source: 'event',
        versions: [7],
      }),
      timelineStep({
        at: 22_500,
        phase: 3,
        from: QUEUE,
        kind: 'refused',
        what: 'put aside: RefundRefused',
        source: 'letter',
        messageId: 'm-7',
      }),
      ...notifying(22_600, 'receipt mailed'),
      timelineStep({
        at: 7_922_500,
        phase: 3,
        from: 'operator',
        to: LOG,
        what: 'ReviewResolved: refund again, the bank agreed',
        source: 'event',
        versions: [8],
      }),
      timelineStep({
        at: 7_932_500,
        phase: 1,
        from: 'operator',
        to: QUEUE,
        what: 'LetterRedriven',
        source: 'event',
        versions: [9],
      }),
      receive(7_932_531, 'p-2', 4),
      ask(7_932_540, 'p-2', 'refund 58.96 EUR, same key and bytes'),
      answer(7_932_800, 'p-2', '58.96 EUR given back as re_3QxJ2eLkdIwHu7ix0hIjKlMn'),
      commit(7_932_820, 'p-2', 'RefundSucceeded + CreditNoteIssued + OrderCancelled', [10, 11, 12]),
      ...published(7_932_831, 'p-2', 'CreditNoteSettled'),
      ...notifying(7_932_900, 'credit note mailed'),
    ],
    { status: 'cancelled', missing: ['the log group did not answer within 10 s'] },
  );

/** Never taken: moved to the dead letters at its first receive. */
const poisonTimeline = (): Timeline =>
  timelineOf(
    [
      ingest(0, 'PlaceOrder'),
      receive(30, 'p-1'),
      timelineStep({
        at: 33,
        phase: 2,
        from: SERVICE,
        to: QUEUE,
        kind: 'refused',
        what: 'dead letter: MalformedMessage; lines[0].quantity: "ten" is <no> number & %%{init}%% #35; end',
        by: 'p-1',
        source: 'letter',
      }),
    ],
    { status: 'unknown', orderId: '"><script>alert(1)</script>' },
  );

/** So many pieces refunded one by one, some of them at the same time. */
export const refundedOften = (count: number): Timeline =>
  timelineOf([
    ...plainTimeline().steps,
    ...Array.from({ length: count }, (_, at) => {
      const start = 60_000 + at * 300;
      return [
        ingest(start, `RefundPayment r-${at}`),
        receive(start + 20, `p-${at % 2}`),
        commit(start + 40, `p-${at % 2}`, 'RefundRequested', [at * 3 + 5]),
        ask(
          start + 60,
          `p-${at % 2}`,
          `refund 0.${at + 10} EUR`,
          at === 57 ? { kind: 'lost' } : {},
        ),
        answer(start + 260, `p-${at % 2}`, `0.${at + 10} EUR given back as re_${at}`),
        commit(start + 280, `p-${at % 2}`, 'RefundSucceeded + CreditNoteIssued', [at * 3 + 6]),
        ...published(start + 290, `p-${at % 2}`, 'RefundSettled'),
        ...notifying(start + 400, 'credit note mailed'),
      ];
    })
      .flat()
      .toSorted((one, other) => one.at - other.at),
  ]);

/** Every hostile text, on an arrow, alone, and as a wait. */
const hostileTimeline = (): Timeline =>
  timelineOf(
    HOSTILE.flatMap((what) => [
      timelineStep({ phase: 3, from: 'payment service', to: 'gateway', kind: 'refused', what }),
      timelineStep({ phase: 3, from: 'gateway', what }),
      timelineStep({ phase: 3, from: 'gateway', kind: 'waited', what }),
    ]),
    { orderId: HOSTILE[3], notes: HOSTILE, missing: HOSTILE },
  );

/** One of every kind, for each way of drawing them. */
export const TIMELINES = {
  plain: plainTimeline,
  ugliest: ugliestTimeline,
  poison: poisonTimeline,
  'refunded a hundred times': () => refundedOften(100),
  hostile: hostileTimeline,
  empty: () => timelineOf([]),
};
