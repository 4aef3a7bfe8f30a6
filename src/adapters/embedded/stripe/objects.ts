import type { SavedMethods, StoredCustomer, StoredMethod } from './customers.ts';
import type { StoredDispute } from './disputes.ts';
import { EVENTS_KEPT_MS, type SandboxEvent } from './events.ts';
import type { Fault } from './faultSettings.ts';
import {
  chargeOf,
  ledgerDisputeOf,
  ledgerRefundOf,
  type SandboxCharge,
  type SandboxDispute,
  type SandboxRefund,
} from './ledger.ts';
import type { StoredIntent } from './intents.ts';
import type { TimelineChange, PaymentState } from './paymentState.ts';
import { NEEDS_AUTHENTICATION } from './paymentMethods.ts';
import type { StoredRefundObject } from './refunds.ts';
import { laterIn, madeIn, type StoredResult } from './records.ts';
import { PaymentTimeline, type ChangeTiming } from './timeline.ts';

/** The objects of one account, in order of creation, like all lists here. */
export class StripeObjects implements SavedMethods {
  readonly #results = new Map<string, StoredResult>();
  readonly #shown = new Set<string>();
  readonly #payments = new Map<string, PaymentTimeline>();
  /** The payment of each charge, refund and dispute. */
  readonly #paymentOf = new Map<string, string>();
  readonly #refundIds = new Set<string>();
  /** The time from which searches find a payment. */
  readonly #searchableMs = new Map<string, number>();
  /** Payments with events that nobody was sent. */
  readonly #unpublished = new Set<PaymentTimeline>();
  readonly #customers = new Map<string, StoredCustomer>();
  readonly #methods = new Map<string, StoredMethod>();

  fold(record: StoredResult): void {
    const { key, atMs } = record;
    if (key !== undefined) this.#results.set(key, record);
    const timing = { atMs, later: laterIn(record) };
    const object = record.made ?? madeIn(record.body);
    switch (object?.object) {
      case 'refund':
        this.#refundIds.add(object.id);
        this.#paymentOf.set(object.id, object.payment_intent);
        return this.#apply(object.payment_intent, { type: 'Executed', object, key }, timing);
      case 'payment_intent':
        this.#searchableMs.set(object.id, atMs + (record.searchLagMs ?? 0));
        this.#paymentOf.set(object.latest_charge, object.id);
        return this.#apply(
          object.id,
          { type: 'Executed', object, key, isAuthenticated: this.#isAuthenticated(object) },
          timing,
        );
      case 'customer':
        return void this.#customers.set(object.id, object);
      case 'payment_method':
        return void this.#methods.set(object.id, object);
      case undefined:
    }
  }

  change(payment: string, change: TimelineChange, atMs: number): void {
    this.#apply(payment, change, { atMs });
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

  /** Every payment as it was at that time. All methods below take such a time as well. */
  payments(atMs: number): readonly PaymentState[] {
    return [...this.#payments.values()].flatMap((payment) => payment.at(atMs) ?? []);
  }

  payment(id: string, atMs: number): PaymentState | undefined {
    return this.#payments.get(id)?.at(atMs);
  }

  /** The payment of a charge, refund or dispute with this id. */
  paymentWith(id: string, atMs: number): PaymentState | undefined {
    return this.payment(this.#paymentOf.get(id) ?? '', atMs);
  }

  intents(atMs: number): readonly StoredIntent[] {
    return this.payments(atMs).map(({ intent: { object } }) => object);
  }

  intent(id: string, atMs: number): StoredIntent | undefined {
    return this.payment(id, atMs)?.intent.object;
  }

  /** The result of a search: payments that were searchable at that time. */
  searchable(atMs: number, searchedMs: number): readonly StoredIntent[] {
    return this.intents(atMs).filter(({ id }) => (this.#searchableMs.get(id) ?? 0) <= searchedMs);
  }

  refunds(atMs: number): readonly StoredRefundObject[] {
    return [...this.#refundIds].flatMap((id) => this.refund(id, atMs) ?? []);
  }

  refundsOf(payment: string, atMs: number): readonly StoredRefundObject[] {
    return this.payment(payment, atMs)?.refunds.map(({ object }) => object) ?? [];
  }

  refund(id: string, atMs: number): StoredRefundObject | undefined {
    return this.#madeRefund(id, atMs)?.object;
  }

  disputes(atMs: number): readonly StoredDispute[] {
    return this.payments(atMs)
      .flatMap(({ disputes }) => disputes)
      .toSorted((one, other) => one.origin.atMs - other.origin.atMs)
      .map(({ object }) => object);
  }

  disputesOf(payment: string, atMs: number): readonly StoredDispute[] {
    return this.payment(payment, atMs)?.disputes.map(({ object }) => object) ?? [];
  }

  dispute(id: string, atMs: number): StoredDispute | undefined {
    const disputes = this.paymentWith(id, atMs)?.disputes ?? [];
    return disputes.find(({ object }) => object.id === id)?.object;
  }

  #madeRefund(id: string, atMs: number) {
    return this.paymentWith(id, atMs)?.refunds.find(({ object }) => object.id === id);
  }

  /** The events until that time, the oldest first. */
  events(atMs: number): readonly SandboxEvent[] {
    return [...this.#payments.values()]
      .flatMap((payment) => payment.events(atMs))
      .filter((event) => event.atMs > atMs - EVENTS_KEPT_MS)
      .toSorted((one, other) => one.atMs - other.atMs);
  }

  /** The events that were not asked for before. */
  newEvents(atMs: number): readonly SandboxEvent[] {
    return [...this.#unpublished]
      .flatMap((payment) => {
        const events = payment.newEvents(atMs);
        if (payment.isPublished()) this.#unpublished.delete(payment);
        return events;
      })
      .toSorted((one, other) => one.atMs - other.atMs);
  }

  charges(atMs: number): readonly SandboxCharge[] {
    return this.payments(atMs).map((payment) => chargeOf(payment));
  }

  ledgerRefunds(atMs: number): readonly SandboxRefund[] {
    return [...this.#refundIds].flatMap((id) => {
      const made = this.#madeRefund(id, atMs);
      return made === undefined ? [] : [ledgerRefundOf(made)];
    });
  }

  ledgerDisputes(atMs: number): readonly SandboxDispute[] {
    return this.payments(atMs).flatMap(({ intent, disputes }) =>
      disputes.map((dispute) => ledgerDisputeOf(dispute, intent.object)),
    );
  }

  /** The test method that a payment is made with. */
  methodOf(payment: string): string | null {
    const method = this.#payments.get(payment)?.final()?.intent.object.payment_method ?? null;
    return method === null ? null : this.sourceOf(method);
  }

  #isAuthenticated({ payment_method: method, last_payment_error: failure }: StoredIntent): boolean {
    return method !== null && failure === null && this.sourceOf(method) === NEEDS_AUTHENTICATION;
  }

  /** The test method of the payment that an object is, or is of. */
  methodBehind(made: { readonly object: string } | undefined): string | null {
    const { payment_intent: payment, payment_method: method } = (made ?? {}) as Partial<
      StoredRefundObject & StoredIntent
    >;
    if (payment !== undefined) return this.methodOf(payment);
    return typeof method === 'string' ? this.sourceOf(method) : null;
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

  #apply(id: string, change: TimelineChange, timing: ChangeTiming): void {
    const payment = this.#payments.get(id) ?? new PaymentTimeline();
    this.#payments.set(id, payment);
    payment.apply(change, timing);
    for (const { object } of payment.final()?.disputes ?? []) this.#paymentOf.set(object.id, id);
    this.#unpublished.add(payment);
  }
}
