import { setTimeout as sleep } from 'node:timers/promises';
import { inStripeUnits, stripeAmountStep } from '../../src/adapters/stripe/amounts.ts';
import { EMBEDDED_STRIPE_KEY } from '../../src/adapters/embedded/index.ts';
import { createStripeClient } from '../../src/adapters/stripe/client.ts';
import type { SandboxCharge } from '../../src/adapters/embedded/stripe/ledger.ts';
import type { Ledger } from './books.ts';

/**
 * Within the bounds that the workers' settings promise: late below the longest life, forgotten
 * after the window.
 */
const TIMES = { lateMs: 3_000, searchLagMs: 1_500, forgetMs: 300_000 };

const LOOK_EVERY_MS = 3_000;
/**
 * Of the payments that are seen in the ledger, and of those refunded, how many are refunded whole.
 */
const GIVEN_BACK = 0.15;
const WHOLE = 0.4;
const TRIES_MAX = 3;
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
  const giveBack = (payment_intent: string, amount?: number) =>
    stripe.refunds.create({ payment_intent, ...(amount === undefined ? {} : { amount }) });

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
    giveBackRest: async (paymentIntent: string): Promise<void> => {
      await giveBack(paymentIntent).catch((error: { readonly code?: string }) => {
        if (error.code !== 'charge_already_refunded') throw error;
      });
    },
    /**
     * Refunds some payments, a part or the whole, until that is over. The ledger shows what came of
     * it.
     */
    giveSomeBack: async (random: () => number, over: AbortSignal): Promise<void> => {
      const seen = new Set<string>();
      while (!over.aborted) {
        await sleep(LOOK_EVERY_MS, undefined, { signal: over }).catch(() => {});
        const { charges } = await ledger();
        for (const charge of charges) {
          const { payment_intent: id, status } = charge;
          if (status !== 'succeeded' || seen.has(id)) continue;
          seen.add(id);
          if (random() >= GIVEN_BACK) continue;
          const amount = random() < WHOLE ? undefined : partOf(charge, random());
          // The dashboard meets the same faults, and whoever sees an error there tries again: it
          // may become two.
          const tried = (): Promise<boolean> =>
            giveBack(id, amount).then(
              () => true,
              () => false,
            );
          for (let tries = 1; !(await tried()) && tries < TRIES_MAX; tries += 1);
        }
      }
    },
  };
};

/** Some of it that the gateway can move, at least one step; `fraction` is in [0, 1). */
const partOf = ({ amount, currency }: SandboxCharge, fraction: number): number => {
  const step = stripeAmountStep(currency) ?? 1;
  return step * (1 + Math.floor((fraction * amount) / (2 * step)));
};
