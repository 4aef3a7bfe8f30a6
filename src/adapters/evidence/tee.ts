import { ok, type Result } from 'neverthrow';
import type { CorruptStream, RecordedCommit } from '../../application/ports/eventStore.ts';
import type { GatewayLedger } from '../../application/ports/gatewayLedger.ts';
import type { InvoiceRow, InvoiceView } from '../../application/ports/invoiceView.ts';
import type { CommitTable, ReadItem } from '../eventStore/commitTable.ts';
import { decodeCommit, positionAfter } from '../eventStore/storedCommit.ts';
import { itemToJson } from './format.ts';
import type { BundleWriter } from './writer.ts';

/*
 * Records everything that an audit reads, as it is read: an export holds exactly what the audit
 * saw, so that the same audit finds the same in it. What is read twice is recorded twice.
 */

type Write = BundleWriter['write'];

/** `position` is the end of the stream as far as it was read. */
type Head =
  | { readonly streamId: string; readonly version: number; readonly hash: string }
  | { readonly streamId: string; readonly version: number; readonly unreadable: string };

export const recordTable = (table: CommitTable, write: Write): CommitTable => {
  const record = async (items: readonly ReadItem[]): Promise<void> => {
    for (const item of items) await write('events.jsonl', itemToJson(item));
  };
  const recordHead = async (item: ReadItem | undefined): Promise<void> => {
    if (item !== undefined) await write('heads.jsonl', headOf(item));
  };
  return {
    ...table,
    readPage: (streamId, from, itemsMax) =>
      table.readPage(streamId, from, itemsMax).map(async (page) => {
        await record(page.items);
        // A stream is read again if it continued, or began, after the scan.
        if (page.nextFrom === undefined) await recordHead(page.items.at(-1));
        return page;
      }),
    readLast: (streamId) =>
      table.readLast(streamId).map(async (item) => {
        if (item !== undefined) await record([item]);
        await recordHead(item);
        return item;
      }),
    scanPage: (query) =>
      table.scanPage(query).map(async (page) => {
        const items = [...page.items];
        await record(items);
        return { ...page, items };
      }),
  };
};

const headOf = (item: ReadItem): Head =>
  decodeCommit(item).match(
    (commit): Head => ({ streamId: commit.streamId, ...positionAfter(commit) }),
    ({ streamId, version, why }): Head => ({ streamId, version, unreadable: why }),
  );

/** A stream as a scan has shown it. */
type ObservedStream = {
  readonly streamId: string;
  readonly commits: readonly RecordedCommit[];
  readonly corrupt?: CorruptStream;
  readonly again: boolean;
};

/** An observer of the audit that records the end of each stream at the time of the scan. */
export const recordHeads =
  (write: Write) =>
  async (streams: readonly ObservedStream[]): Promise<Result<void, never>> => {
    for (const { streamId, commits, corrupt, again } of streams) {
      const last = commits.at(-1);
      if (again) continue;
      if (corrupt !== undefined) {
        const { version, why: unreadable } = corrupt;
        await write('heads.jsonl', { streamId, version, unreadable } satisfies Head);
      } else if (last !== undefined) {
        await write('heads.jsonl', { streamId, ...positionAfter(last) } satisfies Head);
      }
    }
    return ok();
  };

/** An unreadable row is recorded with the reason, as nothing more is known of it. */
export const recordView = (view: InvoiceView, write: Write): Pick<InvoiceView, 'get' | 'list'> => {
  const record = async ({ orderId, version, document }: InvoiceRow): Promise<void> =>
    write('rows.jsonl', { orderId, version, document });
  const recordCorrupt = async (orderId: string, corrupt: string): Promise<void> =>
    write('rows.jsonl', { orderId, corrupt });
  return {
    get: (orderId) =>
      view
        .get(orderId)
        .map(async (row) => {
          if (row !== undefined) await record(row);
          return row;
        })
        .mapErr(async (error) => {
          if (error.type === 'CorruptRow') await recordCorrupt(error.orderId, error.why);
          return error;
        }),
    async *list(options) {
      for await (const page of view.list(options)) {
        if (page.isOk()) for (const row of page.value) await record(row);
        else if (page.error.type === 'CorruptRow') {
          await recordCorrupt(page.error.orderId, page.error.why);
        }
        yield page;
      }
    },
  };
};

export const recordLedger = (ledger: GatewayLedger, write: Write): GatewayLedger => ({
  async *list(options) {
    for await (const page of ledger.list(options)) {
      if (page.isOk()) for (const entry of page.value) await write('gateway.jsonl', entry);
      yield page;
    }
  },
});
