import { err, ok, ResultAsync, type Result } from 'neverthrow';
import * as z from 'zod';
import { defined } from '../../../adapters/defined.ts';
import type { Session } from '../common/command.ts';
import { failed, misused, type CliFailure } from '../common/failure.ts';

const WITHIN_MS = 5_000;

const FaultsAnswer = z.object({
  object: z.literal('sandbox_faults'),
  percent: z.record(z.string(), z.number()),
  seed: z.number(),
  searchLagMs: z.number(),
  lateMs: z.number(),
  forgetMs: z.number(),
  shown: z.record(z.string(), z.number()),
});

const WebhooksAnswer = z.object({
  object: z.literal('sandbox_webhooks'),
  url: z.string().nullable(),
  percent: z.record(z.string(), z.number()),
  lateMs: z.number().optional(),
  seed: z.number().optional(),
  counts: z.record(z.string(), z.number()),
});

const entry = z.looseObject({
  payment_intent: z.string(),
  idempotency_key: z.string().nullable(),
  status: z.string(),
  amount: z.number(),
  currency: z.string(),
  order_id: z.string().nullable(),
  created_at: z.string(),
});

const LedgerAnswer = z.object({
  charges: z.array(
    entry.extend({
      decline_code: z.string().nullable(),
      captured: z.number(),
      refunded: z.number(),
      withdrawn: z.number(),
      reinstated: z.number(),
      held: z.number(),
    }),
  ),
  refunds: z.array(
    entry.extend({
      id: z.string(),
      refund_id: z.string().nullable(),
      failure_reason: z.string().nullable(),
    }),
  ),
  disputes: z.array(
    entry.omit({ idempotency_key: true }).extend({
      id: z.string(),
      reason: z.string(),
      withdrawn: z.number(),
      reinstated: z.number(),
    }),
  ),
});

const OutsideAnswer = z.object({
  id: z.string(),
  amount: z.number(),
  currency: z.string(),
  status: z.string(),
});

const Created = z.object({ id: z.string() });

/** The charge knows how long the authorisation is valid, in seconds since the epoch. */
const PaymentAnswer = z.object({
  latest_charge: z.object({
    payment_method_details: z.object({ card: z.object({ capture_before: z.number().optional() }) }),
  }),
});

export type SandboxFaults = z.infer<typeof FaultsAnswer>;
export type SandboxWebhooks = z.infer<typeof WebhooksAnswer>;
export type SandboxLedger = z.infer<typeof LedgerAnswer>;

/** The sandbox's own requests, which Stripe does not have, and those of a shop's checkout. */
export type SandboxApi = {
  faults(): ResultAsync<SandboxFaults, CliFailure>;
  setFaults(settings: object): ResultAsync<SandboxFaults, CliFailure>;
  clearFaults(): ResultAsync<SandboxFaults, CliFailure>;
  webhooks(): ResultAsync<SandboxWebhooks, CliFailure>;
  setWebhooks(settings: object): ResultAsync<SandboxWebhooks, CliFailure>;
  clearWebhooks(): ResultAsync<SandboxWebhooks, CliFailure>;
  ledger(): ResultAsync<SandboxLedger, CliFailure>;
  /**
   * Does what others do at the gateway, by a path below /sandbox, and returns the object that they
   * change.
   */
  act(path: string, settings?: object): ResultAsync<z.infer<typeof OutsideAnswer>, CliFailure>;
  /**
   * Makes a payment by a customer who is there. `until` is the end of the time for its capture,
   * absent if it is captured.
   */
  pay(
    payment: CheckoutPayment,
    key: string,
  ): ResultAsync<{ readonly id: string; readonly until?: number }, CliFailure>;
  createCustomer(key: string): ResultAsync<string, CliFailure>;
  /** Saves a method, and returns its id, which is not that of the test method. */
  saveMethod(
    saved: { readonly method: string; readonly customer: string },
    key: string,
  ): ResultAsync<string, CliFailure>;
  expire(payment: string): ResultAsync<unknown, CliFailure>;
};

type CheckoutPayment = {
  readonly amount: number;
  readonly currency: string;
  readonly method: string;
  readonly captureMethod: 'manual' | 'automatic';
  readonly customer?: string | undefined;
  readonly order?: string | undefined;
};

/** The sandbox that the settings name; real Stripe is recognised before anything is sent to it. */
export const openSandbox = ({ config }: Session): ResultAsync<SandboxApi, CliFailure> =>
  config(['STRIPE_API_URL']).andThen(({ STRIPE_API_URL: url }) =>
    url === undefined ? err(NO_SANDBOX) : ok(createSandboxApi(url)),
  );

export const createSandboxApi = (url: string): SandboxApi => {
  const ask = <T>(path: string, schema: z.ZodType<T>, request: RequestInit = {}) =>
    fetched(new URL(path, url), request)
      .mapErr((why) => failed('Unavailable', `the sandbox at ${url} did not answer: ${why}`))
      .andThen(({ status, value }): Result<T, CliFailure> => {
        const { data: { error } = {} } = Refusal.safeParse(value);
        if (error !== undefined && (status === 400 || error.code === 'resource_missing')) {
          return err(misused(error.message));
        }
        if (error !== undefined && status === 402) {
          return err(failed('Declined', `declined: ${error.decline_code ?? error.message}`));
        }
        const read = schema.safeParse(value);
        return status === 200 && read.success ? ok(read.data) : err(notSandbox(url));
      });
  const body = (settings: object): RequestInit => ({
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(settings),
  });
  return {
    faults: () => ask('/sandbox/faults', FaultsAnswer),
    setFaults: (settings) =>
      ask('/sandbox/faults', FaultsAnswer, { method: 'PUT', ...body(settings) }),
    clearFaults: () => ask('/sandbox/faults', FaultsAnswer, { method: 'DELETE' }),
    webhooks: () => ask('/sandbox/webhooks', WebhooksAnswer),
    setWebhooks: (settings) =>
      ask('/sandbox/webhooks', WebhooksAnswer, { method: 'PUT', ...body(settings) }),
    clearWebhooks: () => ask('/sandbox/webhooks', WebhooksAnswer, { method: 'DELETE' }),
    ledger: () => ask('/sandbox/ledger', LedgerAnswer),
    act: (path, settings = {}) =>
      ask(`/sandbox/${path}`, OutsideAnswer, { method: 'POST', ...body(settings) }),
    pay: ({ method, captureMethod, customer, order, amount, currency }, key) => {
      const money = { amount: String(amount), currency };
      const how = { confirm: 'true', payment_method: method, capture_method: captureMethod };
      const whose = defined({ customer, 'metadata[order_id]': order });
      return ask(
        '/v1/payment_intents',
        Created,
        posted({ ...money, ...how, ...whose }, key),
      ).andThen(({ id }) =>
        ask(`/v1/payment_intents/${id}?expand[]=latest_charge`, PaymentAnswer, {
          headers: withKey(key),
        }).map(({ latest_charge: charge }) => {
          const seconds = charge.payment_method_details.card.capture_before;
          return { id, ...defined({ until: seconds && seconds * 1_000 }) };
        }),
      );
    },
    createCustomer: (key) => ask('/v1/customers', Created, posted({}, key)).map(({ id }) => id),
    saveMethod: ({ method, customer }, key) =>
      ask(
        `/v1/payment_methods/${encodeURIComponent(method)}/attach`,
        Created,
        posted({ customer }, key),
      ).map(({ id }) => id),
    expire: (payment) =>
      ask(`/sandbox/payments/${payment}/expire`, z.unknown(), { method: 'POST' }),
  };
};

const withKey = (key: string) => ({ authorization: `Bearer ${key}` });

const posted = (form: Readonly<Record<string, string>>, key: string): RequestInit => ({
  method: 'POST',
  headers: withKey(key),
  body: new URLSearchParams(form),
});

const Refusal = z.object({
  error: z.object({
    message: z.string(),
    code: z.string().optional(),
    decline_code: z.string().optional(),
  }),
});

const fetched = ResultAsync.fromThrowable(
  async (url: URL, request: RequestInit) => {
    const answer = await fetch(url, { ...request, signal: AbortSignal.timeout(WITHIN_MS) });
    const text = await answer.text();
    return { status: answer.status, value: json(text) };
  },
  (error) => {
    const { cause, message } = error as Error;
    return cause instanceof Error && cause.message !== '' ? cause.message : message;
  },
);

/** Undefined for a text that is no JSON: the sandbox answers nothing like that. */
const json = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const REMEDY =
  'Use --embedded, or set STRIPE_API_URL to the address of the sandbox; see docs/sandbox.md.';

const NO_SANDBOX = failed(
  'NoSandbox',
  'Stripe itself has no ledger to show and no faults to set, and STRIPE_API_URL names no sandbox',
  [REMEDY],
);

const notSandbox = (url: string): CliFailure =>
  failed(
    'NoSandbox',
    `${url} is not the payment sandbox: real Stripe, and other stand-ins for it, have no ` +
      'such requests',
    [REMEDY],
  );
