import type { Answer } from './errors.ts';
import { isFault, type Fault } from './faultNames.ts';
import { intentIn, type Intent } from './intents.ts';
import { openJournal } from './journal.ts';
import { chargeOf, ledgerRefundOf, type LedgerCharge, type LedgerRefund } from './ledger.ts';
import { isRefund, type Refund } from './refunds.ts';

export type { LedgerCharge, LedgerRefund };

/** A request that was carried out, with what was answered to it. */
export type StoredResult = Answer & {
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
type Shown = { readonly type: 'Shown'; readonly key: string; readonly fault: Fault };

/** A request whose client was hung up on, and which is carried out later. */
export type Postponed = {
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
  /** The newest result under the key, however old. */
  result(key: string): StoredResult | undefined;
  wasShown(key: string, fault: Fault): boolean;
  /** What is still to be carried out. */
  postponed(): readonly Postponed[];
  isPostponed(id: string): boolean;
  /** Resolves when it is durable; what was not resolved may be gone after a crash. */
  append(record: StoredRecord): Promise<void>;
  /** In order of creation, as all lists here. */
  intents(): readonly Intent[];
  intent(id: string): Intent | undefined;
  /** What search finds: what was searchable at that time. */
  searchable(atMs: number): readonly Intent[];
  /** As they stood at that time. */
  refunds(atMs: number): readonly Refund[];
  refundsOf(paymentIntent: string, atMs: number): readonly Refund[];
  refund(id: string, atMs: number): Refund | undefined;
  ledger(atMs: number): {
    readonly charges: readonly LedgerCharge[];
    readonly refunds: readonly LedgerRefund[];
  };
  close(): Promise<void>;
};

/** The sandbox's memory: a fold of its journal. */
export const openStore = async (folder: string): Promise<Store> => {
  const results = new Map<string, StoredResult>();
  const shown = new Set<string>();
  const postponed = new Map<string, Postponed>();
  const intents = new Map<string, { readonly intent: Intent; readonly searchableMs: number }>();
  const refunds = new Map<string, StoredRefund>();
  const refundsOf = new Map<string, StoredRefund[]>();
  const charges: LedgerCharge[] = [];
  let records = 0;

  const foldResult = (record: StoredResult): void => {
    if (record.key !== undefined) results.set(record.key, record);
    if (record.postponed !== undefined) postponed.delete(record.postponed);
    const made = record.made ?? madeIn(record.body);
    if (made === undefined) return;
    if (made.object === 'refund') {
      const stored = { refund: made, record };
      refunds.set(made.id, stored);
      refundsOf.set(made.payment_intent, [...(refundsOf.get(made.payment_intent) ?? []), stored]);
      return;
    }
    intents.set(made.id, { intent: made, searchableMs: record.atMs + (record.searchLagMs ?? 0) });
    charges.push(chargeOf(made, record));
  };

  const fold = (record: StoredRecord): void => {
    records += 1;
    switch (record.type) {
      case 'Result':
        return foldResult(record);
      case 'Shown':
        return void shown.add(nameOf(record));
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
    result: (key) => results.get(key),
    wasShown: (key, fault) => shown.has(nameOf({ key, fault })),
    postponed: () => [...postponed.values()],
    isPostponed: (id) => postponed.has(id),
    append: async (record) => {
      await journal.append(record);
      fold(record);
    },
    intents: () => [...intents.values()].map(({ intent }) => intent),
    intent: (id) => intents.get(id)?.intent,
    searchable: (atMs) =>
      [...intents.values()]
        .filter(({ searchableMs }) => searchableMs <= atMs)
        .map(({ intent }) => intent),
    refunds: (atMs) => [...refunds.values()].map(asOf(atMs)),
    refundsOf: (paymentIntent, atMs) => (refundsOf.get(paymentIntent) ?? []).map(asOf(atMs)),
    refund: (id, atMs) => {
      const stored = refunds.get(id);
      return stored && asOf(atMs)(stored);
    },
    ledger: (atMs) => ({
      charges,
      refunds: [...refunds.values()].map((stored) =>
        ledgerRefundOf(asOf(atMs)(stored), stored.record),
      ),
    }),
    close: () => journal.close(),
  };
};

type StoredRefund = { readonly refund: Refund; readonly record: StoredResult };

/** What becomes of a refund is settled when it is made, so that nothing has to be written later. */
const asOf =
  (atMs: number) =>
  ({ refund, record }: StoredRefund): Refund =>
    record.settleMs !== undefined && atMs >= record.atMs + record.settleMs
      ? { ...refund, status: 'succeeded' }
      : refund;

/** What was done, in an answer that does not hide it. */
export const madeIn = (body: object): Intent | Refund | undefined =>
  isRefund(body) ? body : intentIn(body);

const nameOf = ({ key, fault }: Pick<Shown, 'key' | 'fault'>): string => `${fault} ${key}`;

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
