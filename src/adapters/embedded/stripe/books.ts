import type { Fault } from './faultSettings.ts';
import { chargeOf, ledgerRefundOf, type SandboxCharge, type SandboxRefund } from './ledger.ts';
import type { StoredIntent } from './intents.ts';
import type { StoredRefundObject } from './refunds.ts';
import { madeIn, type StoredResult } from './records.ts';

/** The objects of one account, in order of creation, like all lists here. */
export type StripeBooks = {
  /** The newest result of the key, however old. */
  result(key: string): StoredResult | undefined;
  wasShown(key: string, fault: Fault): boolean;
  intents(): readonly StoredIntent[];
  intent(id: string): StoredIntent | undefined;
  /** The result of a search: payments that were searchable at that time. */
  searchable(atMs: number): readonly StoredIntent[];
  /** As they were at that time. */
  refunds(atMs: number): readonly StoredRefundObject[];
  refundsOf(paymentIntent: string, atMs: number): readonly StoredRefundObject[];
  refund(id: string, atMs: number): StoredRefundObject | undefined;
  ledger(atMs: number): {
    readonly charges: readonly SandboxCharge[];
    readonly refunds: readonly SandboxRefund[];
  };
};

export type WritableBooks = StripeBooks & {
  fold(record: StoredResult): void;
  show(shown: { readonly key: string; readonly fault: Fault }): void;
};

export const createBooks = (): WritableBooks => {
  const results = new Map<string, StoredResult>();
  const shown = new Set<string>();
  const intents = new Map<
    string,
    { readonly intent: StoredIntent; readonly searchableMs: number }
  >();
  const refunds = new Map<string, StoredRefund>();
  const refundsOf = new Map<string, StoredRefund[]>();
  const charges: SandboxCharge[] = [];
  return {
    fold: (record) => {
      if (record.key !== undefined) results.set(record.key, record);
      const made = record.made ?? madeIn(record.body);
      if (made === undefined) return;
      if (made.object === 'refund') {
        const stored = { refund: made, record };
        refunds.set(made.id, stored);
        refundsOf.set(made.payment_intent, [...(refundsOf.get(made.payment_intent) ?? []), stored]);
        return;
      }
      intents.set(made.id, {
        intent: made,
        searchableMs: record.atMs + (record.searchLagMs ?? 0),
      });
      charges.push(chargeOf(made, record));
    },
    show: (of) => void shown.add(nameOf(of)),
    result: (key) => results.get(key),
    wasShown: (key, fault) => shown.has(nameOf({ key, fault })),
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
  };
};

type StoredRefund = { readonly refund: StoredRefundObject; readonly record: StoredResult };

/**
 * The outcome of a refund is decided when it is created, so that nothing has to be written later.
 */
const asOf =
  (atMs: number) =>
  ({ refund, record }: StoredRefund): StoredRefundObject =>
    record.settleMs !== undefined && atMs >= record.atMs + record.settleMs
      ? { ...refund, status: 'succeeded' }
      : refund;

const nameOf = ({ key, fault }: { readonly key: string; readonly fault: Fault }): string =>
  `${fault} ${key}`;
