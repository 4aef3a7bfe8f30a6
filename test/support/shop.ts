import { noticeIdOf } from '../../src/application/notification/noticeIds.ts';
import { ok, okAsync } from 'neverthrow';
import type { CommitItem } from '../../src/adapters/eventStore/commitTable.ts';
import { createEventStore } from '../../src/adapters/eventStore/eventStore.ts';
import { encodeCommit, hashIn } from '../../src/adapters/eventStore/storedCommit.ts';
import { createMemoryCommitTable } from '../../src/adapters/memory/commitTable.ts';
import { createMemoryIds } from '../../src/adapters/memory/ids.ts';
import { createMemoryMessageQueue } from '../../src/adapters/memory/messageQueue.ts';
import { toInvoiceRow } from '../../src/application/readModel/invoiceRow.ts';
import {
  STREAM_START,
  type Commit,
  type StoredEvent,
  type StreamId,
  type StreamPosition,
} from '../../src/application/ports/eventStore.ts';
import type { InvoiceRow, InvoiceView } from '../../src/application/ports/invoiceView.ts';
import * as Notification from '../../src/domain/notification/index.ts';
import * as Order from '../../src/domain/order/index.ts';
import { UTC_CALENDAR, type Calendar } from '../../src/domain/calendar.ts';
import * as Series from '../../src/domain/series/index.ts';
import { NOON } from './orderContext.ts';

/** A commit before it has its place and its hash. */
export type Draft = { readonly events: readonly StoredEvent[]; readonly at: number };

export type Shop = ReturnType<typeof createShop>;

/** When the records are audited: a week after most of what is in them. */
export const NOW = NOON + 7 * 86_400_000;
const ENTRIES_IN_COMMIT = 3;

/** Time that passes when somebody waits for it, so that nobody has to. */
const createHurriedClock = () => {
  let now = NOW;
  return {
    now: () => now,
    sleep: (ms: number) => {
      now += ms;
      return Promise.resolve();
    },
  };
};

/**
 * Orders with all that the live path derives from them: their numbers in the series, their rows,
 * their notices. And what nobody of this system can do: any stream rewritten, with hashes that fit.
 */
export const createShop = () => {
  const clock = createHurriedClock();
  const ids = createMemoryIds();
  const table = createMemoryCommitTable();
  const written = new Map<string, readonly Draft[]>();
  const items = new Map<string, CommitItem>();
  const positions = new Map<string, StreamPosition>();
  const rows = new Map<string, InvoiceRow>();
  const series = new Map<string, Series.SeriesEntry[]>();
  const queue = () => createMemoryMessageQueue({ clock, ids });

  /** Writes a whole stream, in place of what was there. */
  const lay = (streamId: StreamId, drafts: readonly Draft[]): void => {
    for (const { version } of placed(written.get(streamId) ?? [])) {
      table.remove({ streamId, version });
    }
    written.set(streamId, drafts);
    let position = STREAM_START;
    for (const { events, at, version } of placed(drafts)) {
      const [first, ...rest] = events;
      if (first === undefined) throw new Error('an empty commit');
      const about = { idempotencyKey: `test#${streamId}`, correlationId: 'c', causationId: 'm' };
      const commit: Commit = {
        ...about,
        commitId: `${streamId}@${version}`,
        events: [first, ...rest],
      };
      const item = encodeCommit(streamId, position, commit, at);
      position = { version: version + events.length - 1, hash: hashIn(item) };
      table.overwrite(item);
      items.set(`${streamId}@${version}`, item);
      positions.set(`${streamId}@${version}`, position);
    }
  };

  const layNotice = (
    orderId: string,
    noticeId: string,
    {
      at = NOON,
      events = [CLAIMED, SENT],
    }: { at?: number; events?: readonly Notification.Event[] } = {},
  ): void =>
    lay(
      `notification#${orderId}#${noticeId}`,
      events.map((event) => ({ events: [Notification.codec.encode(event)], at })),
    );

  const payments = queue();

  return {
    clock,
    ids,
    table,
    rows,
    payments,
    countPayments: () => okAsync(payments.counts().visible + payments.counts().inFlight),
    paymentsDlq: queue(),
    notificationsDlq: queue(),
    store: createEventStore(table, clock),
    invoices: viewOf(rows),
    lay,
    layNotice,
    /** Everything that was laid, to be laid in another table. */
    items: (): readonly CommitItem[] => [...items.values()],
    /** One commit as it lies in the table. */
    itemOf: (streamId: StreamId, version: number): CommitItem =>
      items.get(`${streamId}@${version}`) ?? { streamId, version },
    /** Where the stream stands behind a commit. */
    after: (streamId: StreamId, version: number): StreamPosition =>
      positions.get(`${streamId}@${version}`) ?? STREAM_START,
    /** The stream as it was written last. */
    draftsOf: (streamId: StreamId): readonly Draft[] => written.get(streamId) ?? [],
    /** What an allocator would give. Some documents share a commit. */
    take: (name: string, id: string, reference: string): Series.AllocatedNumber => {
      const entries = series.get(name) ?? [];
      series.set(name, entries);
      entries.push({ id, reference });
      const seriesVersion = Math.ceil(entries.length / ENTRIES_IN_COMMIT);
      const date = NOON + seriesVersion;
      return { series: name, year: 2026, number: entries.length, date, seriesVersion };
    },
    /** Writes every series with what was taken from it. */
    laySeries: (): void => {
      for (const [name, entries] of series) {
        const commits = Math.ceil(entries.length / ENTRIES_IN_COMMIT);
        const drafts = Array.from({ length: commits }, (_, index): Draft => {
          const from = index * ENTRIES_IN_COMMIT;
          const date = NOON + index + 1;
          const some = entries.slice(from, from + ENTRIES_IN_COMMIT);
          return numbering({ first: from + 1, date, year: 2026, entries: some });
        });
        lay(`series#${name}`, drafts);
      }
    },
    /** An order, and what the live path makes of it. `derive: false`: it did not come to that. */
    layOrder: (
      orderId: string,
      commits: readonly (readonly Order.StreamEvent[])[],
      { at = NOON, derive = true }: { at?: number; derive?: boolean } = {},
    ): void => {
      lay(
        `order#${orderId}`,
        commits.map((events) => ({ events: events.map((event) => Order.codec.encode(event)), at })),
      );
      if (!derive) return;
      const state = Order.fold(commits.flat());
      if (state.placed !== undefined) layNotice(orderId, 'received', { at });
      if (state.invoice.status === 'issued') rows.set(orderId, toInvoiceRow(state.invoice));
      for (const notice of Order.noticesOf(state)) {
        layNotice(orderId, noticeIdOf(notice, state), { at });
      }
    },
  };
};

export const CLAIMED: Notification.Event = {
  type: 'NotificationClaimed',
  data: { claimId: 'a', at: NOON },
};
export const SENT: Notification.Event = { type: 'NotificationSent', data: { mailId: 'm' } };

type Numbers = Omit<Series.NumberingEvent['data'], 'format' | keyof Calendar> & Partial<Calendar>;

/** A commit of numbers; without a format it is as a release before 0.2.0 left it. */
export const numbering = (data: Numbers & { readonly format?: string }): Draft => ({
  events: [
    Series.codec.encode({
      type: 'DocumentsNumbered',
      data: { format: '', ...UTC_CALENDAR, ...data },
    }),
  ],
  at: data.date,
});

/** Each commit with the version that its place gives it. */
const placed = (drafts: readonly Draft[]) => {
  let next = 1;
  return drafts.map((draft) => {
    const version = next;
    next += draft.events.length;
    return { ...draft, version };
  });
};

/** Rows that a test can change behind the view's back. */
const viewOf = (rows: ReadonlyMap<string, InvoiceRow>): Pick<InvoiceView, 'get' | 'list'> => ({
  get: (orderId) => okAsync(rows.get(orderId)),
  list: async function* () {
    yield ok([...rows.values()]);
  },
});
