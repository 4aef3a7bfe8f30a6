import type { Fault } from './faultSettings.ts';
import { chargeOf, ledgerRefundOf, type SandboxCharge, type SandboxRefund } from './ledger.ts';
import type { StoredIntent } from './intents.ts';
import type { StoredRefundObject } from './refunds.ts';
import { madeIn, type StoredResult } from './records.ts';

type Executed<StripeObject> = { readonly object: StripeObject; readonly record: StoredResult };

/** The objects of one account, in order of creation, like all lists here. */
export class StripeBooks {
  readonly #results = new Map<string, StoredResult>();
  readonly #shown = new Set<string>();
  readonly #intents = new Map<string, Executed<StoredIntent>>();
  readonly #refunds = new Map<string, Executed<StoredRefundObject>>();

  fold(record: StoredResult): void {
    if (record.key !== undefined) this.#results.set(record.key, record);
    const object = record.made ?? madeIn(record.body);
    if (object?.object === 'refund') this.#refunds.set(object.id, { object, record });
    if (object?.object === 'payment_intent') this.#intents.set(object.id, { object, record });
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

  intents(): readonly StoredIntent[] {
    return [...this.#intents.values()].map(({ object }) => object);
  }

  intent(id: string): StoredIntent | undefined {
    return this.#intents.get(id)?.object;
  }

  intentOfCharge(charge: string): StoredIntent | undefined {
    return this.intents().find((intent) => intent.latest_charge === charge);
  }

  /** The result of a search: payments that were searchable at that time. */
  searchable(atMs: number): readonly StoredIntent[] {
    return [...this.#intents.values()]
      .filter(({ record }) => record.atMs + (record.searchLagMs ?? 0) <= atMs)
      .map(({ object }) => object);
  }

  /** As they were at that time. */
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

  charges(): readonly SandboxCharge[] {
    return [...this.#intents.values()].map(({ object, record }) => chargeOf(object, record));
  }

  ledgerRefunds(atMs: number): readonly SandboxRefund[] {
    return [...this.#refunds.values()].map((refund) =>
      ledgerRefundOf(asOf(refund, atMs), refund.record),
    );
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
