import {
  FIRST_ACCOUNT,
  isRecord,
  type AccountRecord,
  type PostponedRequest,
  type StoredRecord,
} from './records.ts';
import { createBooks, type StripeBooks, type WritableBooks } from './books.ts';
import { openJournal } from './journal.ts';
import type { SandboxCharge, SandboxRefund } from './ledger.ts';

export type { SandboxCharge, SandboxRefund };

/** Everything is also in memory, a few kilobytes each, and never removed. */
export const RECORDS_MAX = 100_000;

export type Store = {
  isFull(): boolean;
  /** The objects of one account, which no other account sees. */
  of(account: string): StripeBooks;
  /** The requests that are still to be executed. */
  postponed(): readonly PostponedRequest[];
  isPostponed(id: string): boolean;
  /** Resolves when the record is durable; an append that did not resolve may be lost in a crash. */
  append(record: StoredRecord): Promise<void>;
  /** All accounts, one after the other, as they were at that time. */
  ledger(atMs: number): ReturnType<StripeBooks['ledger']>;
  close(): Promise<void>;
};

/** An account without any object. */
const NOTHING: StripeBooks = createBooks();

/** The sandbox's state: a fold of its journal. */
export const openStore = async (folder: string): Promise<Store> => {
  const accounts = new Map<string, WritableBooks>();
  const postponed = new Map<string, PostponedRequest>();
  let records = 0;

  const booksOf = ({ account = FIRST_ACCOUNT }: AccountRecord): WritableBooks => {
    const books = accounts.get(account) ?? createBooks();
    accounts.set(account, books);
    return books;
  };
  const fold = (record: StoredRecord): void => {
    records += 1;
    switch (record.type) {
      case 'Result':
        if (record.postponed !== undefined) postponed.delete(record.postponed);
        return booksOf(record).fold(record);
      case 'Shown':
        return booksOf(record).show(record);
      case 'Postponed':
        return void postponed.set(record.id, record);
      case 'Idle':
        return void postponed.delete(record.postponed);
    }
  };
  const journal = await openJournal(folder, (record) => {
    if (!isRecord(record)) throw new Error(`a record in ${folder} is not one of this sandbox's`);
    fold(record);
  });

  return {
    isFull: () => records >= RECORDS_MAX,
    of: (account) => accounts.get(account) ?? NOTHING,
    postponed: () => [...postponed.values()],
    isPostponed: (id) => postponed.has(id),
    append: async (record) => {
      await journal.append(record);
      fold(record);
    },
    ledger: (atMs) => {
      const all = [...accounts.values()].map((books) => books.ledger(atMs));
      return {
        charges: all.flatMap(({ charges }) => charges),
        refunds: all.flatMap(({ refunds }) => refunds),
      };
    },
    close: () => journal.close(),
  };
};
