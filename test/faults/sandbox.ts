import { createStripeClient } from '../../src/adapters/stripe/client.ts';
import { BY_HAND, type Ledger } from './books.ts';

/** Within the bounds that the workers' settings promise: late below the longest life, forgotten after the window. */
const TIMES = { lateMs: 3_000, searchLagMs: 1_500, forgetMs: 120_000 };

export type Sandbox = ReturnType<typeof createSandbox>;

/** The payment sandbox as its owner sees it, who can make it lie and look into its ledger. */
export const createSandbox = (url: string) => {
  const faultsUrl = new URL('/sandbox/faults', url);
  const stripe = createStripeClient({ secretKey: 'sk_test_operator', apiUrl: url });
  const json = async (answer: Promise<Response>): Promise<unknown> => {
    const response = await answer;
    if (!response.ok) throw new Error(await response.text());
    return response.json();
  };
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
    ledger: async () => (await json(fetch(new URL('/sandbox/ledger', url)))) as Ledger,
    /** As a person does it at the gateway's dashboard. */
    giveBack: (paymentIntent: string, orderId: string) =>
      stripe.refunds.create(
        { payment_intent: paymentIntent, metadata: { order_id: orderId, refund_id: BY_HAND } },
        { idempotencyKey: `by-hand/${paymentIntent}` },
      ),
  };
};
