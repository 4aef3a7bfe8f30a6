import { FIRST_ACCOUNT } from './accounts.ts';
import { createBooks, type Books, type Folding } from './books.ts';
import type { Answer } from './errors.ts';
import { isFault, type Fault } from './faultNames.ts';
import { intentIn, type Intent } from './intents.ts';
import { openJournal } from './journal.ts';
import type { LedgerCharge, LedgerRefund } from './ledger.ts';
import { isRefund, type Refund } from './refunds.ts';

export type { LedgerCharge, LedgerRefund };

/** The embedded key's where it is left out, as in journals of earlier releases. */
type OfAccount = { readonly account?: string };

/** A request that was carried out, with what was answered to it. */
export type StoredResult = Answer &
  OfAccount & {
    readonly type: 'Result';
    readonly key?: string;
    readonly path: string;
    readonly fingerprint: string;
    readonly atMs: number;
    /** What was done, where the answer hides it. */
    readonly made?: Intent | Refund;
    /** The answer is given cut in the middle. */
    readonly garbled?: boolean;
    /** The key is forgotten so long after `atMs`, and not after the key window. */
    readonly forgetMs?: number;
    /** Search finds what was made only so long after `atMs`. */
    readonly searchLagMs?: number;
    /** The refund that was made is pending so long after `atMs`, and has succeeded then. */
    readonly settleMs?: number;
    /** The postponed request that this was. */
    readonly postponed?: string;
  };

/** A payment method's fault that the key has been shown: it comes once. */
type Shown = OfAccount & {
  readonly type: 'Shown';
  readonly key: string;
  readonly fault: Fault;
};

/** A request whose client was hung up on, and which is carried out later. */
export type Postponed = OfAccount & {
  readonly type: 'Postponed';
  readonly id: string;
  readonly path: string;
  readonly body: string;
  readonly key?: string;
  readonly dueMs: number;
};

/** A postponed request that came to nothing, since its key had been used meanwhile. */
type Idle = { readonly type: 'Idle'; readonly postponed: string };

export type StoredRecord = StoredResult | Shown | Postponed | Idle;

/** Everything is in memory too, a few kilobytes each, and nothing is ever let go. */
export const RECORDS_MAX = 100_000;

export type Store = {
  isFull(): boolean;
  /** What is of one account, and nobody else sees. */
  of(account: string): Books;
  /** What is still to be carried out. */
  postponed(): readonly Postponed[];
  isPostponed(id: string): boolean;
  /** Resolves when it is durable; what was not resolved may be gone after a crash. */
  append(record: StoredRecord): Promise<void>;
  /** Of all accounts, one after the other, as they stood at that time. */
  ledger(atMs: number): ReturnType<Books['ledger']>;
  close(): Promise<void>;
};

/** Whoever has done nothing yet. */
const NOTHING: Books = createBooks();

/** The sandbox's memory: a fold of its journal. */
export const openStore = async (folder: string): Promise<Store> => {
  const accounts = new Map<string, Folding>();
  const postponed = new Map<string, Postponed>();
  let records = 0;

  const booksOf = ({ account = FIRST_ACCOUNT }: OfAccount): Folding => {
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

/** What was done, in an answer that does not hide it. */
export const madeIn = (body: object): Intent | Refund | undefined =>
  isRefund(body) ? body : intentIn(body);

const isRecord = (record: unknown): record is StoredRecord => {
  const { type, key, body, fault, id, postponed } = Object(record) as Record<string, unknown>;
  switch (type) {
    case 'Result':
      return typeof body === 'object';
    case 'Shown':
      return typeof key === 'string' && typeof fault === 'string' && isFault(fault);
    case 'Postponed':
      return typeof id === 'string' && typeof body === 'string';
    case 'Idle':
      return typeof postponed === 'string';
    default:
      return false;
  }
};
