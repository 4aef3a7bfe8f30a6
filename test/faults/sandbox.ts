import { inStripeUnits } from '../../src/adapters/stripe/amounts.ts';
import { EMBEDDED_STRIPE_KEY } from '../../src/adapters/embedded/index.ts';
import { createStripeClient } from '../../src/adapters/stripe/client.ts';
import type { Ledger } from './ledgers.ts';

/**
 * Within the bounds that the workers' settings promise: late below the longest life, forgotten
 * after the window.
 */
const TIMES = { lateMs: 3_000, searchLagMs: 1_500, forgetMs: 300_000 };

/** A fifth of all events is lost, doubled or late, and some that never were are posted. */
const CALLS = { percent: { lost: 8, doubled: 6, late: 6, forged: 3 }, lateMs: 20_000 };

/** Of who pays at the checkout. */
const CARD = 'pm_card_visa';

export type Sandbox = ReturnType<typeof createSandbox>;

/**
 * The payment sandbox as its owner sees it, who can make it lie, look into its ledger and refund
 * money.
 */
export const createSandbox = (url: string) => {
  const faultsUrl = new URL('/sandbox/faults', url);
  const stripe = createStripeClient({ secretKey: EMBEDDED_STRIPE_KEY, apiUrl: url });
  const json = async (answer: Promise<Response>): Promise<unknown> => {
    const response = await answer;
    if (!response.ok) throw new Error(await response.text());
    return response.json();
  };
  const ledger = async () => (await json(fetch(new URL('/sandbox/ledger', url)))) as Ledger;
  /** Without any reference of ours, as a person does it in the gateway's dashboard. */
  const refund = (payment_intent: string, amount?: number) =>
    stripe.refunds.create({ payment_intent, ...(amount === undefined ? {} : { amount }) });
  const control = (path: string, body: object, method: 'POST' | 'PUT' = 'POST') =>
    json(
      fetch(new URL(`/sandbox/${path}`, url), {
        method,
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      }),
    );

  return {
    /** Every fault that there is, each with the same share of the requests that it is for. */
    setFaults: async ({ percent, seed }: { readonly percent: number; readonly seed: number }) => {
      const known = (await json(fetch(faultsUrl))) as { readonly percent: Record<string, number> };
      const all = Object.fromEntries(Object.keys(known.percent).map((name) => [name, percent]));
      const headers = { 'Content-Type': 'application/json' };
      const body = JSON.stringify({ percent: all, seed, ...TIMES });
      await json(fetch(faultsUrl, { method: 'PUT', headers, body }));
    },
    /** These faults and no others, with the sandbox's own times. */
    setPercent: (percent: Readonly<Record<string, number>>) => {
      const headers = { 'Content-Type': 'application/json' };
      return json(fetch(faultsUrl, { method: 'PUT', headers, body: JSON.stringify({ percent }) }));
    },
    clearFaults: () => json(fetch(faultsUrl, { method: 'DELETE' })),
    shown: async () =>
      ((await json(fetch(faultsUrl))) as { readonly shown: Record<string, number> }).shown,
    ledger,
    refund,
    /** Where the gateway posts its events, and what becomes of them on their way. */
    setWebhooks: (webhooks: {
      readonly url: string;
      readonly secret: string;
      readonly seed: number;
    }) => control('webhooks', { ...webhooks, ...CALLS }, 'PUT'),
    calls: async () =>
      (await json(fetch(new URL('/sandbox/webhooks', url)))) as {
        readonly counts?: Readonly<Record<string, number>>;
      },
    dispute: (
      payment: string,
      opening: { readonly amount?: number; readonly isInquiry: boolean },
    ) => control(`payments/${payment}/dispute`, opening),
    closeDispute: (dispute: string, isWon: boolean) =>
      control(`disputes/${dispute}/close`, { isWon }),
    settle: (id: string, fails: boolean) => control(`settle/${id}`, { fails }),
    /** A customer with a card that is saved, as an order names them. */
    save: async () => {
      const { id: customer } = await stripe.customers.create();
      const { id: paymentMethod } = await stripe.paymentMethods.attach(CARD, { customer });
      return { customer, paymentMethod, mandate: paymentMethod.replace(/^pm_/, 'mandate_') };
    },
    /** A payment that a customer makes at the shop's checkout. */
    pay: async (
      { amountMinor, currency }: { readonly amountMinor: number; readonly currency: string },
      is: 'authorised' | 'paid',
    ): Promise<string> => {
      const money = inStripeUnits(amountMinor, currency);
      if (money === undefined) throw new Error(`the gateway does not take ${currency}`);
      const capture_method = is === 'authorised' ? 'manual' : 'automatic';
      const how = { confirm: true, payment_method: CARD, capture_method } as const;
      return (await stripe.paymentIntents.create({ ...money, ...how })).id;
    },
    /**
     * Whether a release under one of these keys was answered, and the payment stands nevertheless.
     * A key that the gateway does not know releases it now.
     */
    failedToRelease: async (payment: string, keys: readonly string[]): Promise<boolean> => {
      for (const idempotencyKey of keys) {
        const isKnown = await stripe.paymentIntents.cancel(payment, {}, { idempotencyKey }).then(
          () => false,
          ({ type }: { readonly type?: string }) =>
            type === 'StripeAPIError' || type === 'StripeIdempotencyError',
        );
        if (isKnown) return true;
      }
      return false;
    },
    /** All that is left of a payment; nothing where nothing is. */
    refundRest: async (paymentIntent: string): Promise<void> => {
      await refund(paymentIntent).catch((error: { readonly code?: string }) => {
        if (error.code !== 'charge_already_refunded') throw error;
      });
    },
  };
};
