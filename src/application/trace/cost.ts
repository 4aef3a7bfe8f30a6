import { isDocument } from '../../domain/invoice/index.ts';
import type { RecordedCommit } from '../ports/eventStore.ts';
import type { InvoiceRow } from '../ports/invoiceView.ts';
import type { TraceInput } from './traceInput.ts';
import type { Message } from './steps/messages.ts';
import type { Cost } from './timeline.ts';

export type Bytes = {
  readonly commit: (commit: RecordedCommit) => number;
  readonly row: (row: InvoiceRow) => number;
};

/**
 * List prices of us-east-1 without free tiers, in millionths of a US dollar, as of 2025. Compare
 * them with these pages before relying on them: https://aws.amazon.com/dynamodb/pricing/on-demand/,
 * https://aws.amazon.com/sqs/pricing/, https://aws.amazon.com/ses/pricing/ and
 * https://aws.amazon.com/cloudwatch/pricing/.
 */
const WRITE_UNIT = { unit: 'write units', microUsd: 0.625 } as const;
const READ_UNIT = { unit: 'read units', microUsd: 0.125 } as const;
const QUEUE_REQUEST = { unit: 'requests', microUsd: 0.4 } as const;
const MAIL = { unit: 'mails', microUsd: 100 } as const;
const LOG_BYTE = { unit: 'bytes', microUsd: 0.0005 } as const;
/** One unit is a write of 1 KB or a strongly consistent read of 4 KB. */
const WRITE_UNIT_BYTES = 1_024;
const READ_UNIT_BYTES = 4_096;
/** CloudWatch Logs adds this to every line. */
const LINE_OVERHEAD_BYTES = 26;

const unitsOf = (bytes: number, unitBytes: number): number =>
  Math.max(1, Math.ceil(bytes / unitBytes));
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
    sumOf(commits.map((commit) => unitsOf(bytes.commit(commit), WRITE_UNIT_BYTES)));
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
  const lines = records.map((record) => record.bytes + LINE_OVERHEAD_BYTES);
  const metered = [
    ['writes of events', writeUnits([...orderCommits, ...noticeCommits]), WRITE_UNIT],
    ['share of the numbering', sumOf(shares), WRITE_UNIT],
    ['puts of the row, at least', rowUnits(input, messages, bytes), WRITE_UNIT],
    ['reads of the order, about', readUnits(orderCommits, messages, bytes), READ_UNIT],
    ['queue requests, if none were batched', queueRequests(messages), QUEUE_REQUEST],
    ['mails', mails, MAIL],
    ['records', sumOf(lines), LOG_BYTE],
  ] as const;
  const items = metered.flatMap(([what, quantity, { unit, microUsd }]) =>
    quantity === 0
      ? []
      : [{ what, quantity: rounded(quantity), unit, microUsd: rounded(quantity * microUsd) }],
  );
  return { microUsd: rounded(sumOf(items.map((item) => item.microUsd))), items };
};

/** Rounds to a thousandth, since shares are fractions. */
const rounded = (number: number): number => Math.round(number * 1_000) / 1_000;

/** Every handling that finishes writes the row. Without records, each document counts. */
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
  return Math.max(documents.length, ended.length) * unitsOf(bytes.row(row), WRITE_UNIT_BYTES);
};

/** A new order is not read when it is placed, nor for the notice that it was received. */
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
  return loads.length * unitsOf(sumOf(commits.map(bytes.commit)), READ_UNIT_BYTES);
};

/** A send, and each receive and its end, without batches, empty receives and renewals. */
const queueRequests = (messages: readonly Message[]): number =>
  sumOf(
    messages.map(({ handlings, deadLetters }) =>
      sumOf([1, deadLetters.length, ...handlings.map(({ end }) => (end === undefined ? 1 : 2))]),
    ),
  );
