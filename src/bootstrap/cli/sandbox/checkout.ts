import { err, ok, type Result } from 'neverthrow';
import type { StripeAmount } from '../../../adapters/stripe/amounts.ts';
import { toStripeCharge } from '../../../adapters/stripe/limits.ts';
import { formatAmount, parseAmount } from '../../../domain/money/index.ts';
import { amountOf } from '../common/json.ts';
import { defineCommand } from '../common/command.ts';
import { EXIT, misused, type CliFailure } from '../common/failure.ts';
import { openSandbox } from './sandboxApi.ts';

/*
 * The steps of a shop and its customer at the gateway before the order is sent to Paidonce.
 */

type CheckoutOptions = {
  readonly amount: string;
  readonly currency: string;
  readonly method: string;
  readonly customer?: string;
  readonly order?: string;
};

const METHOD = 'pm_card_visa';

/** A payment with its customer there: 3-D Secure is passed, and no fault is met. */
const checkoutCommand = (captureMethod: 'manual' | 'automatic') => {
  const [name, done] =
    captureMethod === 'manual' ? ['authorise', 'authorised'] : ['pay', 'captured'];
  return defineCommand<CheckoutOptions>({
    // A shop authorises before there is any order.
    begins: true,
    examples: [
      `sandbox ${name} --amount 47.58 --currency EUR --embedded`,
      `sandbox ${name} --amount 47.58 --currency EUR --method pm_card_mastercard --embedded`,
      `sandbox ${name} --amount 5000 --currency JPY --order o-1 --embedded --json | jq -r .payment`,
    ],
    options: (command) =>
      command
        .requiredOption('--amount <amount>', 'in the currency’s own unit: 47.58')
        .requiredOption('--currency <code>', 'ISO 4217, such as EUR')
        .option('--method <pm_…>', 'a payment method of docs/sandbox.md, or a saved one', METHOD)
        .option('--customer <cus_…>', 'the customer that the method is saved for')
        .option('--order <id>', 'an order’s id for the shop to write into the payment'),
    help: `\
Stands in for a shop's checkout, with 3-D Secure passed. The payment that is printed is what an
order names as its payment. What a method of the sandbox shows, it shows when Paidonce asks.
Exit code: 0 ${done}, 1 declined, 2 wrong usage or configuration.`,
    run: async function* (session, { amount: text, currency: code, method, customer, order }) {
      const sandbox = yield* openSandbox(session);
      const { STRIPE_SECRET_KEY: key } = yield* session.config(['STRIPE_SECRET_KEY']);
      const currency = code.toUpperCase();
      const { minor, stripe } = yield* amountIn(text, currency);
      const form = { ...stripe, method, captureMethod, customer, order };
      const { id: payment, until } = yield* sandbox.pay(form, key);
      const amount = amountOf(minor, currency);
      const shown = {
        payment,
        status: done,
        amount,
        paymentMethod: method,
        customer,
        orderId: order,
        until,
      };
      session.output.data(shown, () => {
        const by = until === undefined ? '' : ` until ${new Date(until).toISOString()}`;
        return `${done} ${formatAmount(minor, currency)} as ${payment}${by}`;
      });
      return ok(EXIT.OK);
    },
  });
};

const amountIn = (
  text: string,
  currency: string,
): Result<{ readonly minor: number; readonly stripe: StripeAmount }, CliFailure> =>
  parseAmount(`${currency} ${text}`, currency)
    .mapErr(() => misused(`--amount ${text} is no clear amount in ${currency}; write it as 47.58`))
    .andThen((minor) =>
      toStripeCharge({ amountMinor: minor, currency })
        .map((stripe) => ({ minor, stripe }))
        .mapErr(({ reason }) => misused(`--amount ${text}: ${reason}`)),
    );

export const authoriseCommand = checkoutCommand('manual');
export const payCommand = checkoutCommand('automatic');

export const saveCommand = defineCommand<{ readonly method: string }>({
  begins: true,
  examples: [
    'sandbox save --embedded',
    'sandbox save --method pm_card_authenticationRequired --embedded --json',
  ],
  options: (command) =>
    command.option('--method <pm_…>', 'a payment method of docs/sandbox.md', METHOD),
  help: `\
Stands in for a customer who saves a card at a shop's checkout: a new customer, with the method and
its mandate, as an order names them that is paid with a saved method.`,
  run: async function* (session, { method }) {
    const sandbox = yield* openSandbox(session);
    const { STRIPE_SECRET_KEY: key } = yield* session.config(['STRIPE_SECRET_KEY']);
    const customer = yield* sandbox.createCustomer(key);
    const paymentMethod = yield* sandbox.saveMethod({ method, customer }, key);
    const mandate = paymentMethod.replace(/^pm_/, 'mandate_');
    session.output.data({ customer, paymentMethod, mandate }, () =>
      [`customer ${customer}`, `method   ${paymentMethod}`, `mandate  ${mandate}`].join('\n'),
    );
    return ok(EXIT.OK);
  },
});

export const expireCommand = defineCommand({
  examples: [
    'sandbox expire pi_0123456789abcdef01234567 --embedded',
    'sandbox expire pi_0123456789abcdef01234567 --embedded --json',
  ],
  options: (command) => command.argument('<payment>', 'the authorised payment’s id: pi_…'),
  help: `\
Lets an authorisation expire at once, which otherwise takes a week. What is captured or released
before is left as it is.
Exit code: 0 expired, 2 nothing to expire, or wrong usage or configuration.`,
  run: async function* (session, _options, { args: [payment = ''] }) {
    if (!/^pi_\w+$/.test(payment)) return err(misused('a payment’s id begins with pi_'));
    const sandbox = yield* openSandbox(session);
    yield* sandbox.expire(payment);
    session.output.data({ payment, status: 'expired' }, () => `expired ${payment}`);
    return ok(EXIT.OK);
  },
});
