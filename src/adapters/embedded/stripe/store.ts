import { join } from 'node:path';
import { openSyncedJournal, type SyncedJournal } from '../journal.ts';
import { StripeObjects } from './objects.ts';
import type { PaymentState } from './paymentState.ts';
import type { SandboxEvent } from './events.ts';
import type { SandboxCharge, SandboxDispute, SandboxRefund } from './ledger.ts';
import {
  FIRST_ACCOUNT,
  isRecord,
  type AccountRecord,
  type PostponedRequest,
  type StoredRecord,
} from './records.ts';

/** Everything is also in memory, a few kilobytes each, and never removed. */
export const RECORDS_MAX = 100_000;

/** The sandbox's state: a fold of its journal. */
export const openStore = async (folder: string): Promise<Store> => {
  const journal = await openSyncedJournal(join(folder, 'ledger.jsonl'));
  const store = new Store(journal);
  try {
    for (const record of journal.entries()) {
      if (!isRecord(record)) throw new Error(`a record in ${folder} is not one of this sandbox's`);
      store.fold(record);
    }
    return store;
  } catch (error) {
    await journal.close();
    throw error;
  }
};

type FoundPayment = {
  readonly account: string;
  readonly payment: string;
  readonly state: PaymentState;
};

export class Store {
  readonly #journal: SyncedJournal;
  readonly #accounts = new Map<string, StripeObjects>();
  readonly #postponed = new Map<string, PostponedRequest>();
  readonly #underWay = new Set<StoredRecord>();
  #records = 0;

  constructor(journal: SyncedJournal) {
    this.#journal = journal;
  }

  isFull(): boolean {
    return this.#records >= RECORDS_MAX;
  }

  /** The objects of one account, which no other account sees. */
  of(account: string): StripeObjects {
    return this.#accounts.get(account) ?? new StripeObjects();
  }

  /** The requests that are still to be executed. */
  postponed(): readonly PostponedRequest[] {
    return [...this.#postponed.values()];
  }

  /** Resolves when the record is durable; an append that did not resolve may be lost in a crash. */
  async append(record: StoredRecord): Promise<void> {
    if ('atMs' in record) this.#underWay.add(record);
    try {
      await this.#journal.append(record);
      this.fold(record);
    } finally {
      this.#underWay.delete(record);
    }
  }

  /**
   * The newest time at which nothing can still be changed by a record that is being written: what
   * time alone brings is not seen before it is known that nothing came before it.
   */
  settledMs(nowMs: number): number {
    return [...this.#underWay].reduce(
      (ms, record) => ('atMs' in record ? Math.min(ms, record.atMs - 1) : ms),
      nowMs,
    );
  }

  fold(record: StoredRecord): void {
    this.#records += 1;
    switch (record.type) {
      case 'Result':
        if (record.postponed !== undefined) this.#postponed.delete(record.postponed);
        return this.#booksOf(record).fold(record);
      case 'Shown':
        return this.#booksOf(record).show(record);
      case 'Expired':
        return this.#booksOf(record).change(record.payment, { type: 'Expired' }, record.atMs);
      case 'Outside':
        return this.#booksOf(record).change(record.payment, record.change, record.atMs);
      case 'Postponed':
        return void this.#postponed.set(record.id, record);
      case 'Idle':
        return void this.#postponed.delete(record.postponed);
    }
  }

  /** The ledgers of all accounts, one after the other, as they were at that time. */
  ledger(atMs: number): {
    readonly charges: readonly SandboxCharge[];
    readonly refunds: readonly SandboxRefund[];
    readonly disputes: readonly SandboxDispute[];
  } {
    const all = [...this.#accounts.values()];
    return {
      charges: all.flatMap((objects) => objects.charges(atMs)),
      refunds: all.flatMap((objects) => objects.ledgerRefunds(atMs)),
      disputes: all.flatMap((objects) => objects.ledgerDisputes(atMs)),
    };
  }

  /** Events of all accounts that were not asked for before, the oldest first. */
  newEvents(atMs: number): readonly SandboxEvent[] {
    return [...this.#accounts.values()].flatMap((objects) => objects.newEvents(atMs));
  }

  /** The payment that is an object, or that it is of, with its account, whoever asks. */
  find(id: string, atMs: number): FoundPayment | undefined {
    for (const [account, objects] of this.#accounts) {
      const state = objects.payment(id, atMs) ?? objects.paymentWith(id, atMs);
      if (state !== undefined) return { account, payment: state.intent.object.id, state };
    }
    return undefined;
  }

  close(): Promise<void> {
    return this.#journal.close();
  }

  #booksOf({ account = FIRST_ACCOUNT }: AccountRecord): StripeObjects {
    const objects = this.of(account);
    this.#accounts.set(account, objects);
    return objects;
  }
}
