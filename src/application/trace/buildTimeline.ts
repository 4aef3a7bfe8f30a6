import { isDocument } from '../../domain/invoice/index.ts';
import type { LogLine } from '../ports/logSearch.ts';
import { type TraceInput, type TraceTexts, ORDER_STREAM } from './traceInput.ts';
import { costOf, type Bytes } from './cost.ts';
import {
  chainCauses,
  placeSteps,
  type UnplacedStep,
  type TimelineStep,
  type Timeline,
} from './timeline.ts';
import { handlingsOf, type TracedHandling } from './handlings.ts';
import { commitKey, noticeCommitSteps, orderCommitSteps, rowSteps } from './steps/commits.ts';
import { deadLetterSteps, messagesOf, type Message } from './steps/messages.ts';
import { recordStep, recordSteps } from './steps/records.ts';
import { sendSteps } from './steps/sends.ts';
import { endKey, raceSteps, receiveSteps, receiveKey } from './steps/receives.ts';

/** Builds the timeline of an order from everything that was collected about it. It is pure. */
export const buildTimeline = (input: TraceInput, texts: TraceTexts, bytes: Bytes): Timeline => {
  const handlings = handlingsOf(input);
  const messages = messagesOf(input, handlings);
  const stepsByHandling = new Map(
    handlings.map((handling) => [handling.key, stepsWithin(handling, input, texts)]),
  );
  const lastStepIn = (handling: TracedHandling, until = Infinity): string =>
    stepsByHandling.get(handling.key)?.findLast(({ at }) => at <= until)?.key ??
    receiveKey(handling);

  const unplaced = [
    ...sendSteps(input, messages, lastStepIn),
    ...messages.flatMap((message) =>
      message.handlings.flatMap((handling) => {
        const between = stepsByHandling.get(handling.key) ?? [];
        const hasRecords = input.records !== undefined;
        const received = receiveSteps(handling, { message, between, hasRecords });
        return [...received.slice(0, 1), ...between, ...received.slice(1)];
      }),
    ),
    ...raceSteps(handlings),
    ...decisionSteps(input, messages, texts),
    ...rowSteps(input),
    ...recordSteps(otherRecords(input.records ?? [], handlings), input),
    ...deadLetterSteps(messages, ({ handlings: mine }) => {
      const deadLettered = mine.findLast(({ end }) => end?.facts?.['disposition'] === 'DeadLetter');
      return deadLettered && lastStepIn(deadLettered);
    }),
  ];
  const { steps, skewMs } = placeSteps(unplaced.map((step) => redacted(step, texts)));
  const { orderId, entries, state, missing } = input;
  return {
    orderId,
    status: entries.length === 0 ? unreadStatus(missing) : texts.status(state),
    steps,
    cost: costOf({ input, messages, bytes }),
    missing: missing.map(texts.redact),
    notes: [...input.notes, ...notesOf({ input, messages, steps, skewMs })],
  };
};

const unreadStatus = (missing: readonly string[]): string =>
  missing.some((source) => source.startsWith(ORDER_STREAM)) ? 'unreadable' : 'unknown';

/** The steps within one receive, each caused by the one before it. */
const stepsWithin = (
  handling: TracedHandling,
  input: TraceInput,
  texts: TraceTexts,
): readonly UnplacedStep[] => {
  const commits = new Set(handling.commits);
  const steps = [
    ...input.entries
      .filter(({ commit }) => commits.has(commit))
      .map((entry) => orderCommitSteps(entry, input, texts, handling)),
    ...input.notices.flatMap((notice) =>
      notice.entries
        .filter(({ commit }) => commits.has(commit))
        .map((entry) => noticeCommitSteps(entry, notice, handling)),
    ),
    // Among steps at the same time these come last: nothing is sent to the gateway before its
    // request is durable.
    ...handling.records.map((record) => [recordStep(record, handling)]),
  ]
    .toSorted(([a], [b]) => (a?.at ?? 0) - (b?.at ?? 0))
    .flat();
  return chainCauses(steps, receiveKey(handling));
};

/** The commits that a person caused and no message did, each after the step that it is about. */
const decisionSteps = (
  input: TraceInput,
  messages: readonly Message[],
  texts: TraceTexts,
): readonly UnplacedStep[] => {
  const handledCommits = new Set(
    messages.flatMap(({ handlings }) => handlings.flatMap(({ commits }) => commits)),
  );
  return input.entries
    .filter(({ commit }) => !handledCommits.has(commit))
    .flatMap((entry): readonly UnplacedStep[] => {
      const { commit } = entry;
      const first = causeOfDecision(entry, input, messages);
      return chainCauses(orderCommitSteps(entry, input, texts), first).map((step) =>
        step.key === commitKey(commit) ? { ...step, kind: 'done' } : step,
      );
    });
};

const causeOfDecision = (
  { commit, located }: TraceInput['entries'][number],
  { entries }: TraceInput,
  messages: readonly Message[],
): string | undefined => {
  if (located.some(({ event }) => event.type.startsWith('Letter'))) {
    const ends = messages
      .filter(({ correlationId }) => correlationId === commit.correlationId)
      .flatMap(({ handlings }) => handlings)
      .filter(({ end }) => end !== undefined && end.at <= commit.committedAt)
      .toSorted((a, b) => a.start - b.start);
    const last =
      ends.findLast(({ end }) => end?.facts?.['disposition'] === 'DeadLetter') ?? ends.at(-1);
    if (last !== undefined) return endKey(last);
  }
  const before = entries[entries.findIndex((entry) => entry.commit === commit) - 1];
  return before && commitKey(before.commit);
};

const SHOWN_BY_OTHER_STEPS: ReadonlySet<string> = new Set([
  'message.handled',
  'order.committed',
  'review.required',
  'refund.failed',
  'refund.rejected',
  'order.refused',
]);

const otherRecords = (
  records: readonly LogLine[],
  handlings: readonly TracedHandling[],
): readonly LogLine[] => {
  const within = new Set(handlings.flatMap((handling) => handling.records));
  return records.filter((record) => !SHOWN_BY_OTHER_STEPS.has(record.event) && !within.has(record));
};

/**
 * Senders choose the content of dead letters, and people write reasons: no text is trusted to be
 * free of personal data.
 */
const redacted = (step: UnplacedStep, { redact }: TraceTexts): UnplacedStep => ({
  ...step,
  what: redact(step.what),
  ...(step.by === undefined ? {} : { by: redact(step.by) }),
  ...(step.messageId === undefined ? {} : { messageId: redact(step.messageId) }),
  details: Object.fromEntries(
    Object.entries(step.details ?? {}).map(
      ([name, value]): [string, TimelineStep['details'][string]] => [
        name,
        typeof value === 'string' ? redact(value) : value,
      ],
    ),
  ),
});

const notesOf = ({
  input: { row, entries, records },
  messages,
  steps,
  skewMs,
}: {
  readonly input: TraceInput;
  readonly messages: readonly Message[];
  readonly steps: Timeline['steps'];
  readonly skewMs: number;
}): readonly string[] => {
  const issued = entries.findLast(({ located }) =>
    located.some(({ event }) => isDocument(event)),
  )?.commit;
  const notes: string[] = [];
  if (skewMs > 0) {
    notes.push(
      `Times are those of whoever wrote them down. By up to ${skewMs} ms they contradict ` +
        'what caused what, which counts here.',
    );
  }
  if (steps.some(({ from, source }) => from === 'gateway' && source === 'event')) {
    notes.push(
      'Answers of the gateway that proved something have the time of the commit that they led to.',
    );
  }
  if (steps.some(({ from, to }) => from === 'notification service' && to === from)) {
    notes.push(
      'Where two processes handled one notice at once, it is a guess which of them wrote.',
    );
  }
  if (issued !== undefined && (row === undefined || row.version < issued.version)) {
    notes.push(
      'The row in the invoice table is missing or older than the log: a worker is about ' +
        'to write it, or `paidonce replay invoices` does.',
    );
  }
  for (const { id, handlings } of records === undefined ? [] : messages) {
    const attempts = handlings.map(({ end }) => end?.attempt ?? 0);
    const missed = Math.max(0, ...attempts) - handlings.length;
    // A redriven message continues the count of receives from before it was moved.
    const isRedriven = steps.some((step) => step.messageId === id && step.from === 'operator');
    if (missed > 0 && !isRedriven) {
      notes.push(
        `Of ${missed} receives of message ${id} there is no record: a process died, or ` +
          'records were lost.',
      );
    }
  }
  return notes;
};
