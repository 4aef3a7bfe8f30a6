import type { LogLine } from '../ports/logSearch.ts';
import { deadLetterSteps, recordSteps, rowSteps } from './steps/besides.ts';
import type { TraceInput, TraceTexts } from './traceInput.ts';
import { costOf, type Bytes } from './cost.ts';
import { chained, inOrder, type UnplacedStep } from './unplacedStep.ts';
import { ORDER_STREAM } from './sources.ts';
import { handlingsOf, type TracedHandling } from './handlings.ts';
import { commitKey, noticeSteps, orderSteps, recordStep } from './steps/commits.ts';
import { messagesOf, sendSteps, type Message } from './steps/messages.ts';
import { notesOf } from './notes.ts';
import { endKey, raceSteps, receiveSteps, receiveKey } from './steps/receives.ts';
import type { TimelineStep, Timeline } from './timeline.ts';

/** Tells one order's life from everything that was collected of it. Pure. */
export const buildTimeline = (
  collected: TraceInput,
  wording: TraceTexts,
  bytes: Bytes,
): Timeline => {
  const handlings = handlingsOf(collected);
  const messages = messagesOf(collected, handlings);
  const inner = new Map(
    handlings.map((handling) => [handling.key, innerOf(handling, collected, wording)]),
  );
  const lastOf = (handling: TracedHandling, until = Infinity): string =>
    inner.get(handling.key)?.findLast(({ at }) => at <= until)?.key ?? receiveKey(handling);

  const drafts = [
    ...sendSteps(collected, messages, lastOf),
    ...messages.flatMap((message) =>
      message.handlings.flatMap((handling) => {
        const between = inner.get(handling.key) ?? [];
        const hasRecords = collected.records !== undefined;
        const received = receiveSteps(handling, { message, inner: between, hasRecords });
        return [...received.slice(0, 1), ...between, ...received.slice(1)];
      }),
    ),
    ...raceSteps(handlings),
    ...decisionDrafts(collected, messages, wording),
    ...rowSteps(collected),
    ...recordSteps(untold(collected.records ?? [], handlings), collected),
    ...deadLetterSteps(messages, ({ handlings: mine }) => {
      const dead = mine.findLast(({ end }) => end?.facts?.['disposition'] === 'DeadLetter');
      return dead && lastOf(dead);
    }),
  ];
  const { steps, skewMs } = inOrder(drafts.map((draft) => redacted(draft, wording)));
  const { orderId, entries, state, missing } = collected;
  return {
    orderId,
    status: entries.length === 0 ? unreadStatus(missing) : wording.status(state),
    steps,
    cost: costOf({ collected, messages, bytes }),
    missing: missing.map(wording.redact),
    notes: [...collected.notes, ...notesOf({ collected, messages, steps, skewMs })],
  };
};

const unreadStatus = (missing: readonly string[]): string =>
  missing.some((source) => source.startsWith(ORDER_STREAM)) ? 'unreadable' : 'unknown';

/** What happened within one receive, each caused by what came before it. */
const innerOf = (
  handling: TracedHandling,
  collected: TraceInput,
  wording: TraceTexts,
): readonly UnplacedStep[] => {
  const commits = new Set(handling.commits);
  const drafts = [
    ...collected.entries
      .filter(({ commit }) => commits.has(commit))
      .map((entry) => orderSteps(entry, collected, wording, handling)),
    ...collected.notices.flatMap((notice) =>
      notice.entries
        .filter(({ commit }) => commits.has(commit))
        .map((entry) => noticeSteps(entry, notice, handling)),
    ),
    // At the same time last: nothing is asked of the gateway before its intent is durable.
    ...handling.records.map((record) => [recordStep(record, handling)]),
  ]
    .toSorted(([a], [b]) => (a?.at ?? 0) - (b?.at ?? 0))
    .flat();
  return chained(drafts, receiveKey(handling));
};

/** What no message did, but a person: each after what it is about. */
const decisionDrafts = (
  collected: TraceInput,
  messages: readonly Message[],
  wording: TraceTexts,
): readonly UnplacedStep[] => {
  const told = new Set(
    messages.flatMap(({ handlings }) => handlings.flatMap(({ commits }) => commits)),
  );
  return collected.entries
    .filter(({ commit }) => !told.has(commit))
    .flatMap((entry): readonly UnplacedStep[] => {
      const { commit } = entry;
      const first = causeOfDecision(entry, collected, messages);
      return chained(orderSteps(entry, collected, wording), first).map((draft) =>
        draft.key === commitKey(commit) ? { ...draft, kind: 'done' } : draft,
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

/** Of which other steps tell. */
const TOLD: ReadonlySet<string> = new Set([
  'message.handled',
  'order.committed',
  'review.required',
  'refund.failed',
  'refund.rejected',
  'order.refused',
]);

const untold = (
  records: readonly LogLine[],
  handlings: readonly TracedHandling[],
): readonly LogLine[] => {
  const within = new Set(handlings.flatMap((handling) => handling.records));
  return records.filter((record) => !TOLD.has(record.event) && !within.has(record));
};

/** Letters are written by whoever sent them, and reasons by people: no text is trusted to be clean. */
const redacted = (draft: UnplacedStep, { redact }: TraceTexts): UnplacedStep => ({
  ...draft,
  what: redact(draft.what),
  ...(draft.by === undefined ? {} : { by: redact(draft.by) }),
  ...(draft.messageId === undefined ? {} : { messageId: redact(draft.messageId) }),
  details: Object.fromEntries(
    Object.entries(draft.details ?? {}).map(
      ([name, value]): [string, TimelineStep['details'][string]] => [
        name,
        typeof value === 'string' ? redact(value) : value,
      ],
    ),
  ),
});
