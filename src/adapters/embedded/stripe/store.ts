import { openJournal } from './journal.ts';
import { intentIn, type Intent } from './intents.ts';
import type { Answer } from './errors.ts';

/** A request that was executed, with what was answered to it. */
export type StoredResult = Answer & {
  readonly type: 'Result';
  readonly key?: string;
  readonly fingerprint: string;
  readonly atMs: number;
};

type Dropped = { readonly type: 'Dropped'; readonly key: string };
type StoredRecord = StoredResult | Dropped;

/** Everything is in memory too, a few kilobytes each, and nothing is ever let go. */
export const RECORDS_MAX = 100_000;

export type LedgerCharge = {
  readonly id: string;
  readonly payment_intent: string;
  readonly idempotency_key: string | null;
  readonly status: 'succeeded' | 'failed';
  readonly amount: number;
  readonly currency: string;
  readonly order_id: string | null;
  readonly attempt: string | null;
  readonly payment_method: string | null;
  readonly decline_code: string | null;
  readonly created_at: string;
};

export type Store = {
  isFull(): boolean;
  /** The newest result under the key, however old. */
  result(key: string): StoredResult | undefined;
  wasDropped(key: string): boolean;
  /** Resolves when it is durable; what was not resolved may be gone after a crash. */
  append(record: StoredRecord): Promise<void>;
  /** In order of creation. */
  intents(): readonly Intent[];
  intent(id: string): Intent | undefined;
  ledger(): readonly LedgerCharge[];
  close(): Promise<void>;
};

/** The sandbox's memory: a fold of its journal. */
export const openStore = async (folder: string): Promise<Store> => {
  const results = new Map<string, StoredResult>();
  const dropped = new Set<string>();
  const intents = new Map<string, Intent>();
  const charges: LedgerCharge[] = [];
  let records = 0;

  const fold = (record: StoredRecord): void => {
    records += 1;
    switch (record.type) {
      case 'Dropped':
        dropped.add(record.key);
        return;
      case 'Result': {
        if (record.key !== undefined) results.set(record.key, record);
        const intent = intentIn(record.body);
        if (intent === undefined) return;
        intents.set(intent.id, intent);
        charges.push(chargeOf(intent, record));
        return;
      }
    }
  };
  const journal = await openJournal(folder, (record) => {
    if (!isRecord(record)) throw new Error(`a record in ${folder} is not one of this sandbox's`);
    fold(record);
  });

  return {
    isFull: () => records >= RECORDS_MAX,
    result: (key) => results.get(key),
    wasDropped: (key) => dropped.has(key),
    append: async (record) => {
      await journal.append(record);
      fold(record);
    },
    intents: () => [...intents.values()],
    intent: (id) => intents.get(id),
    ledger: () => charges,
    close: () => journal.close(),
  };
};

const isRecord = (record: unknown): record is StoredRecord => {
  const { type, key, body } = Object(record) as Record<string, unknown>;
  return type === 'Result'
    ? typeof body === 'object'
    : type === 'Dropped' && typeof key === 'string';
};

const chargeOf = (intent: Intent, result: StoredResult): LedgerCharge => ({
  id: intent.latest_charge,
  payment_intent: intent.id,
  idempotency_key: result.key ?? null,
  status: intent.status === 'succeeded' ? 'succeeded' : 'failed',
  amount: intent.amount,
  currency: intent.currency,
  order_id: intent.metadata['order_id'] ?? null,
  attempt: intent.metadata['attempt'] ?? null,
  payment_method: intent.payment_method ?? intent.last_payment_error?.payment_method ?? null,
  decline_code: intent.last_payment_error?.decline_code ?? null,
  created_at: new Date(result.atMs).toISOString(),
});
