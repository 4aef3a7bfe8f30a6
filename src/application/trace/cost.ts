import { isDocument } from '../../domain/invoice/index.ts';
import type { RecordedCommit } from '../ports/eventStore.ts';
import type { InvoiceRow } from '../ports/invoiceView.ts';
import { LOG_EVENT_OVERHEAD_BYTES, readUnitsOf, writeUnitsOf } from '../ports/usage.ts';
import { PRICES, rounded } from '../prices.ts';
import type { TraceInput } from './traceInput.ts';
import type { Message } from './steps/messages.ts';
import type { Cost } from './timeline.ts';

export type Bytes = {
  readonly commit: (commit: RecordedCommit) => number;
  readonly row: (row: InvoiceRow) => number;
};

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0);

/** The cost so far, as the sources show it, without the gateway's fee. */
export const costOf = ({
  input,
  messages,
  bytes,
}: {
  readonly input: TraceInput;
  readonly messages: readonly Message[];
  readonly bytes: Bytes;
}): Cost => {
  const { entries, notices, numberings, records = [] } = input;
  const writeUnits = (commits: readonly RecordedCommit[]): number =>
    sumOf(commits.map((commit) => writeUnitsOf(bytes.commit(commit))));
  const orderCommits = entries.map(({ commit }) => commit);
  const noticeCommits = notices.flatMap((notice) => notice.entries.map(({ commit }) => commit));
  const shares = numberings.map(
    ({ commit, ours, entries: all }) => (writeUnits([commit]) * ours) / Math.max(1, all),
  );
  const mails = notices.flatMap((notice) =>
    notice.entries.flatMap(({ located }) =>
      located.filter(({ event }) => event.type === 'NotificationSent'),
    ),
  ).length;
  const lines = records.map((record) => record.bytes + LOG_EVENT_OVERHEAD_BYTES);
  const metered = [
    ['writes of events', writeUnits([...orderCommits, ...noticeCommits]), PRICES.writeUnits],
    ['share of the numbering', sumOf(shares), PRICES.writeUnits],
    ['puts of the row, at least', rowUnits(input, messages, bytes), PRICES.writeUnits],
    ['reads of the order, about', readUnits(orderCommits, messages, bytes), PRICES.readUnits],
    ['queue requests, if none were batched', queueRequests(messages), PRICES.queueRequests],
    ['mails', mails, PRICES.mails],
    ['records', sumOf(lines), PRICES.logBytes],
  ] as const;
  const items = metered.flatMap(([what, quantity, { unit, microUsd }]) =>
    quantity === 0
      ? []
      : [{ what, quantity: rounded(quantity), unit, microUsd: rounded(quantity * microUsd) }],
  );
  return { microUsd: rounded(sumOf(items.map((item) => item.microUsd))), items };
};

/**
 * The units of the row, which every handling that finishes writes. Without records, each document
 * counts.
 */
const rowUnits = (
  { entries, row }: Pick<TraceInput, 'entries' | 'row'>,
  messages: readonly Message[],
  bytes: Bytes,
): number => {
  if (row === undefined) return 0;
  const documents = entries.filter(({ located }) => located.some(({ event }) => isDocument(event)));
  const issuedAt = documents[0]?.commit.committedAt ?? Infinity;
  const ended = messages
    .filter(({ queue }) => queue === 'payments')
    .flatMap(({ handlings }) => handlings)
    .filter(({ end }) => {
      const disposition = end?.facts?.['disposition'];
      return end !== undefined && end.at >= issuedAt && disposition === 'Acknowledge';
    });
  return Math.max(documents.length, ended.length) * writeUnitsOf(bytes.row(row));
};

/**
 * The read units. A new order is not read when it is placed, nor for the notice that it was
 * received.
 */
const readUnits = (
  commits: readonly RecordedCommit[],
  messages: readonly Message[],
  bytes: Bytes,
): number => {
  if (commits.length === 0) return 0;
  const loads = messages.flatMap(({ about, handlings }) => {
    if (about.endsWith(' received')) return [];
    return about === 'PlaceOrder' ? handlings.slice(1) : handlings;
  });
  return loads.length * readUnitsOf(sumOf(commits.map(bytes.commit)));
};

/**
 * The requests to queues: a send, and each receive and its end, without batches, empty receives and
 * renewals.
 */
const queueRequests = (messages: readonly Message[]): number =>
  sumOf(
    messages.map(({ handlings, deadLetters }) =>
      sumOf([1, deadLetters.length, ...handlings.map(({ end }) => (end === undefined ? 1 : 2))]),
    ),
  );
