import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stripe } from 'stripe';
import {
  startEmbeddedStripe,
  type EmbeddedStripeOptions,
} from '../../src/adapters/embedded/stripe.ts';
import type {
  SandboxCharge,
  SandboxDispute,
  SandboxRefund,
} from '../../src/adapters/embedded/stripe/ledger.ts';
import { createStripeClient, type StripeClient } from '../../src/adapters/stripe/client.ts';
import { defined } from '../../src/adapters/defined.ts';
import { inStripeUnits } from '../../src/adapters/stripe/amounts.ts';
import type { SavedMethod, ShopPayment } from '../contracts/paymentGateway.harness.ts';
import { until } from './until.ts';
import { makeTemporaryFolder } from './temporaryFolder.ts';

export const TEST_KEY = 'sk_test_paidonce';

/** A charge without the customer, as the product makes it: EUR 47.58. */
export const CARD_PAYMENT = {
  amount: 4_758,
  currency: 'eur',
  confirm: true,
  off_session: true,
  payment_method: 'pm_card_visa',
} as const;

export type StripeSandbox = {
  readonly url: string;
  /** The SDK with the product's own settings. */
  readonly stripe: StripeClient;
  ledger(): Promise<readonly SandboxCharge[]>;
  refunds(): Promise<readonly SandboxRefund[]>;
  /** What the sandbox has written. */
  journal(): Promise<string>;
  setFaults(settings: object): Promise<Response>;
  disputes(): Promise<readonly SandboxDispute[]>;
  /** What customers, banks and people at the dashboard do: POST /sandbox/… */
  act(path: string, settings?: object): Promise<OutsideAnswer>;
  /** Stops the server and starts it again on the same folder, at another address. */
  restart(): Promise<StripeSandbox>;
  close(): Promise<void>;
};

/** An object of Stripe's, or an error. */
export type OutsideAnswer = {
  readonly code: number;
  readonly id: string;
  readonly status: string;
  readonly amount: number;
  readonly error?: { readonly message: string; readonly code?: string };
};

type Options = Partial<EmbeddedStripeOptions> & { readonly timeoutMs?: number };

export const startStripeSandbox = async (options: Options = {}): Promise<StripeSandbox> => {
  const folder = await makeTemporaryFolder();
  return startIn(folder.path, options, folder.remove);
};

const startIn = async (
  dataDir: string,
  options: Options,
  remove: () => Promise<void>,
): Promise<StripeSandbox> => {
  const { timeoutMs, ...rest } = options;
  const server = await startEmbeddedStripe({ dataDir, port: 0, ...rest });
  return {
    url: server.url,
    stripe: createStripeClient({
      secretKey: TEST_KEY,
      apiUrl: server.url,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    }),
    ledger: () => readLedger(server.url),
    refunds: async () => (await readWholeLedger(server.url)).refunds,
    disputes: async () => (await readWholeLedger(server.url)).disputes,
    act: async (path, settings = {}) => {
      const response = await fetch(`${server.url}/sandbox/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(settings),
      });
      return { code: response.status, ...((await response.json()) as object) } as OutsideAnswer;
    },
    journal: () => readFile(join(dataDir, 'ledger.jsonl'), 'utf8'),
    setFaults: (settings) =>
      fetch(`${server.url}/sandbox/faults`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(settings),
      }),
    restart: async () => {
      await server.close();
      return startIn(dataDir, options, remove);
    },
    close: async () => {
      await server.close();
      await remove();
    },
  };
};

/** A payment as a shop makes it at its checkout; its id. */
export const authorise = async (
  stripe: Stripe,
  {
    amountMinor = 4_758,
    currency = 'EUR',
    paymentMethod = 'pm_card_visa',
    customer,
    orderId,
    isCaptured = false,
  }: ShopPayment = {},
): Promise<string> => {
  const amount = inStripeUnits(amountMinor, currency);
  if (amount === undefined) throw new Error(`Stripe does not have ${currency}`);
  const { id } = await stripe.paymentIntents.create({
    ...amount,
    confirm: true,
    payment_method: paymentMethod,
    capture_method: isCaptured ? 'automatic' : 'manual',
    ...defined({ customer, metadata: orderId === undefined ? undefined : { order_id: orderId } }),
  });
  return id;
};

/** A customer with one of the test methods saved. */
export const saveMethod = async (stripe: Stripe, paymentMethod: string): Promise<SavedMethod> => {
  const { id: customer } = await stripe.customers.create();
  const { id } = await stripe.paymentMethods.attach(paymentMethod, { customer });
  return { customer, paymentMethod: id, mandate: id.replace('pm_', 'mandate_') };
};

/** Until so many charges, declined ones included, are in the ledger. */
export const untilInLedger = (
  { ledger }: Pick<StripeSandbox, 'ledger'>,
  count: number,
): Promise<true> =>
  until(
    `${count} charges are in the ledger`,
    async (see) => {
      const { length } = await ledger();
      see(length);
      return length >= count || undefined;
    },
    { everyMs: 5 },
  );

export const readLedger = async (url: string): Promise<readonly SandboxCharge[]> =>
  (await readWholeLedger(url)).charges;

type WholeLedger = {
  readonly charges: readonly SandboxCharge[];
  readonly refunds: readonly SandboxRefund[];
  readonly disputes: readonly SandboxDispute[];
};

const readWholeLedger = async (url: string): Promise<WholeLedger> => {
  const response = await fetch(`${url}/sandbox/ledger`);
  return (await response.json()) as WholeLedger;
};

/** What the SDK throws, as the facts that a caller goes by; fails if it throws nothing. */
export const failureOf = (asked: Promise<unknown>): Promise<object> =>
  asked.then(
    () => expect.fail('it was taken'),
    ({ statusCode, rawType, code, decline_code, param }: Stripe.errors.StripeError) => ({
      statusCode,
      rawType,
      ...(code && { code }),
      ...(decline_code && { decline_code }),
      ...(param && { param }),
    }),
  );
