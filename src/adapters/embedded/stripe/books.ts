import { asOfTime } from './authorisations.ts';
import type { SavedMethods, StoredCustomer, StoredMethod } from './customers.ts';
import type { Fault } from './faultSettings.ts';
import { chargeOf, ledgerRefundOf, type SandboxCharge, type SandboxRefund } from './ledger.ts';
import type { StoredIntent } from './intents.ts';
import type { StoredRefundObject } from './refunds.ts';
import { madeIn, type StoredResult } from './records.ts';

type Executed<StripeObject> = { readonly object: StripeObject; readonly record: StoredResult };

/** The objects of one account, in order of creation, like all lists here. */
export class StripeBooks implements SavedMethods {
  readonly #results = new Map<string, StoredResult>();
  readonly #shown = new Set<string>();
  readonly #intents = new Map<string, Executed<StoredIntent>>();
  readonly #refunds = new Map<string, Executed<StoredRefundObject>>();
  readonly #customers = new Map<string, StoredCustomer>();
  readonly #methods = new Map<string, StoredMethod>();
  /** When authorisations were made to expire. */
  readonly #expired = new Map<string, number>();

  fold(record: StoredResult): void {
    if (record.key !== undefined) this.#results.set(record.key, record);
    const object = record.made ?? madeIn(record.body);
    switch (object?.object) {
      case 'refund':
        return void this.#refunds.set(object.id, { object, record });
      case 'payment_intent':
        return void this.#intents.set(object.id, { object, record });
      case 'customer':
        return void this.#customers.set(object.id, object);
      case 'payment_method':
        return void this.#methods.set(object.id, object);
      case undefined:
    }
  }

  expire({ payment, atMs }: { readonly payment: string; readonly atMs: number }): void {
    this.#expired.set(payment, atMs);
  }

  show({ key, fault }: { readonly key: string; readonly fault: Fault }): void {
    this.#shown.add(`${fault} ${key}`);
  }

  wasShown(key: string, fault: Fault): boolean {
    return this.#shown.has(`${fault} ${key}`);
  }

  /** The newest result of the key, however old. */
  result(key: string): StoredResult | undefined {
    return this.#results.get(key);
  }

  /** As they were at that time, as are all below. */
  intents(atMs: number): readonly StoredIntent[] {
    return [...this.#intents.values()].map(({ object }) => this.#asOf(object, atMs));
  }

  intent(id: string, atMs: number): StoredIntent | undefined {
    const intent = this.#intents.get(id)?.object;
    return intent && this.#asOf(intent, atMs);
  }

  /** The test method that a payment is made with. */
  methodOf(id: string): string | null {
    const method = this.#intents.get(id)?.object.payment_method ?? null;
    return method === null ? null : this.sourceOf(method);
  }

  hasCustomer(id: string): boolean {
    return this.#customers.has(id);
  }

  savedMethod(id: string): StoredMethod | undefined {
    return this.#methods.get(id);
  }

  sourceOf(method: string): string {
    return this.#methods.get(method)?.metadata['sandbox_method'] ?? method;
  }

  intentOfCharge(charge: string, atMs: number): StoredIntent | undefined {
    return this.intents(atMs).find((intent) => intent.latest_charge === charge);
  }

  /** The result of a search: payments that were searchable at that time. */
  searchable(atMs: number, searchedMs: number): readonly StoredIntent[] {
    return [...this.#intents.values()]
      .filter(({ record }) => record.atMs + (record.searchLagMs ?? 0) <= searchedMs)
      .map(({ object }) => this.#asOf(object, atMs));
  }

  refunds(atMs: number): readonly StoredRefundObject[] {
    return [...this.#refunds.values()].map((refund) => asOf(refund, atMs));
  }

  refundsOf(paymentIntent: string, atMs: number): readonly StoredRefundObject[] {
    return [...this.#refunds.values()]
      .filter(({ object }) => object.payment_intent === paymentIntent)
      .map((refund) => asOf(refund, atMs));
  }

  refund(id: string, atMs: number): StoredRefundObject | undefined {
    const refund = this.#refunds.get(id);
    return refund && asOf(refund, atMs);
  }

  charges(atMs: number): readonly SandboxCharge[] {
    return [...this.#intents.values()].map(({ object, record }) =>
      chargeOf(this.#asOf(object, atMs), record),
    );
  }

  ledgerRefunds(atMs: number): readonly SandboxRefund[] {
    return [...this.#refunds.values()].map((refund) =>
      ledgerRefundOf(asOf(refund, atMs), refund.record),
    );
  }

  #asOf(intent: StoredIntent, atMs: number): StoredIntent {
    return asOfTime(intent, { atMs, expiredMs: this.#expired.get(intent.id) });
  }
}

/** A refund's outcome is decided when it is created, so that nothing has to be written later. */
const asOf = (
  { object, record }: Executed<StoredRefundObject>,
  atMs: number,
): StoredRefundObject =>
  record.settleMs !== undefined && atMs >= record.atMs + record.settleMs
    ? { ...object, status: 'succeeded' }
    : object;
