import type { LoggedRecord } from '../../ports/recordLog.ts';
import { letterDrafts, otherDrafts, rowDrafts } from './beside.ts';
import type { Collected, Wording } from './collected.ts';
import { costOf, type Bytes } from './cost.ts';
import { chained, inOrder, type Draft } from './draft.ts';
import { ORDER_STREAM } from './gathering.ts';
import { handlingsOf, type Handling } from './handlings.ts';
import { commitKey, noticeDrafts, orderDrafts, recordDraft } from './inner.ts';
import { messagesOf, sendDrafts, type Message } from './messages.ts';
import { notesOf } from './notes.ts';
import { endKey, raceDrafts, receiveDrafts, receiveKey } from './receives.ts';
import type { Step, Timeline } from './timeline.ts';

/** Tells one order's life from everything that was collected of it. Pure. */
export const buildTimeline = (collected: Collected, wording: Wording, bytes: Bytes): Timeline => {
  const handlings = handlingsOf(collected);
  const messages = messagesOf(collected, handlings);
  const inner = new Map(
    handlings.map((handling) => [handling.key, innerOf(handling, collected, wording)]),
  );
  const lastOf = (handling: Handling, until = Infinity): string =>
    inner.get(handling.key)?.findLast(({ at }) => at <= until)?.key ?? receiveKey(handling);

  const drafts = [
    ...sendDrafts(collected, messages, lastOf),
    ...messages.flatMap((message) =>
      message.handlings.flatMap((handling) => {
        const between = inner.get(handling.key) ?? [];
        const hasRecords = collected.records !== undefined;
        const received = receiveDrafts(handling, { message, inner: between, hasRecords });
        return [...received.slice(0, 1), ...between, ...received.slice(1)];
      }),
    ),
    ...raceDrafts(handlings),
    ...decisionDrafts(collected, messages, wording),
    ...rowDrafts(collected),
    ...otherDrafts(untold(collected.records ?? [], handlings), collected),
    ...letterDrafts(messages, ({ handlings: mine }) => {
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
const innerOf = (handling: Handling, collected: Collected, wording: Wording): readonly Draft[] => {
  const commits = new Set(handling.commits);
  const drafts = [
    ...collected.entries
      .filter(({ commit }) => commits.has(commit))
      .map((entry) => orderDrafts(entry, collected, wording, handling)),
    ...collected.notices.flatMap((notice) =>
      notice.entries
        .filter(({ commit }) => commits.has(commit))
        .map((entry) => noticeDrafts(entry, notice, handling)),
    ),
    // At the same time last: nothing is asked of the gateway before its intent is durable.
    ...handling.records.map((record) => [recordDraft(record, handling)]),
  ]
    .toSorted(([a], [b]) => (a?.at ?? 0) - (b?.at ?? 0))
    .flat();
  return chained(drafts, receiveKey(handling));
};

/** What no message did, but a person: each after what it is about. */
const decisionDrafts = (
  collected: Collected,
  messages: readonly Message[],
  wording: Wording,
): readonly Draft[] => {
  const told = new Set(
    messages.flatMap(({ handlings }) => handlings.flatMap(({ commits }) => commits)),
  );
  return collected.entries
    .filter(({ commit }) => !told.has(commit))
    .flatMap((entry): readonly Draft[] => {
      const { commit } = entry;
      const first = causeOfDecision(entry, collected, messages);
      return chained(orderDrafts(entry, collected, wording), first).map((draft) =>
        draft.key === commitKey(commit) ? { ...draft, kind: 'done' } : draft,
      );
    });
};

const causeOfDecision = (
  { commit, located }: Collected['entries'][number],
  { entries }: Collected,
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
  records: readonly LoggedRecord[],
  handlings: readonly Handling[],
): readonly LoggedRecord[] => {
  const within = new Set(handlings.flatMap((handling) => handling.records));
  return records.filter((record) => !TOLD.has(record.event) && !within.has(record));
};

/** Letters are written by whoever sent them, and reasons by people: no text is trusted to be clean. */
const redacted = (draft: Draft, { redact }: Wording): Draft => ({
  ...draft,
  what: redact(draft.what),
  ...(draft.by === undefined ? {} : { by: redact(draft.by) }),
  ...(draft.messageId === undefined ? {} : { messageId: redact(draft.messageId) }),
  details: Object.fromEntries(
    Object.entries(draft.details ?? {}).map(([name, value]): [string, Step['details'][string]] => [
      name,
      typeof value === 'string' ? redact(value) : value,
    ]),
  ),
});
