import { InvalidArgumentError } from 'commander';
import { err, ok } from 'neverthrow';
import {
  FAULT_NAMES,
  FAULT_LIMITS,
  parseFaultSettings,
  type FaultSettings,
} from '../../../adapters/embedded/stripe/faultSettings.ts';
import { fromStripeAmount } from '../../../adapters/stripe/amounts.ts';
import { formatAmount } from '../../../domain/money/index.ts';
import { defineCommand, defineGroup } from '../common/command.ts';
import { EXIT, failed, misused, type CliFailure } from '../common/failure.ts';
import { wholeNumber } from '../common/options.ts';
import { amountOf, type JsonAmount } from '../common/json.ts';
import { tableOf } from '../common/table.ts';
import { authoriseCommand, expireCommand, payCommand, saveCommand } from './checkout.ts';
import { openSandbox, type SandboxFaults, type SandboxLedger } from './sandboxApi.ts';
import { webhooksCommand } from './webhooks.ts';

type Percent = FaultSettings['percent'];

const { seed: SEED_MAX, searchLagMs, lateMs, forgetMs } = FAULT_LIMITS;

const faultsCommand = defineCommand<{
  readonly set?: Percent;
  readonly clear?: boolean;
  readonly seed?: number;
  readonly searchLag?: number;
  readonly late?: number;
  readonly forgetAfter?: number;
}>({
  examples: [
    'sandbox faults --embedded',
    'sandbox faults --embedded --set answer-lost=20 --set rate-limited=20 --seed 7',
    'sandbox faults --embedded --set search-lag=50 --search-lag 10000',
    'sandbox faults --embedded --clear',
  ],
  options: (command) =>
    command
      .option(
        '--set <fault=percent>',
        'so many of the requests that it is for; repeatable',
        percent,
      )
      .option('--search-lag <ms>', 'how long `search-lag` lasts', wholeNumber(0, searchLagMs))
      .option('--late <ms>', 'how late `captured-late` is', wholeNumber(0, lateMs))
      .option(
        '--forget-after <ms>',
        'how long `key-forgotten` remembers the key',
        wholeNumber(0, forgetMs),
      )
      .option('--seed <n>', 'what the draws begin from', wholeNumber(0, SEED_MAX))
      .option('--clear', 'let nothing go wrong any more'),
  help: `Faults: ${FAULT_NAMES.join(', ')} (docs/sandbox.md).
What is set takes the place of all that was set before, and ends with the servers.`,
  run: async function* (session, options) {
    const { set: percent, clear = false, seed, searchLag, late, forgetAfter } = options;
    const chosen = { percent, seed, searchLagMs: searchLag, lateMs: late, forgetMs: forgetAfter };
    const sets = Object.values(chosen).some((value) => value !== undefined);
    if (sets && clear) return err(misused('either set faults or clear them'));
    if (sets && session.embedded?.startedHere === true) return err(NOT_RUNNING);
    const sandbox = yield* openSandbox(session);
    // Whatever was not chosen is not part of the JSON.
    const settings = yield* sets
      ? sandbox.setFaults({ ...chosen, percent: percent ?? {} })
      : clear
        ? sandbox.clearFaults()
        : sandbox.faults();
    session.output.data(settings, (columns) => faultsText(settings, columns));
    return ok(EXIT.OK);
  },
});

/** `answer-lost=20`, beside those that were named before it. */
const percent = (text: string, earlier: Percent = {}): Percent => {
  const [, name = text, number = ''] = /^([^=]*)=(.*)$/.exec(text) ?? [];
  const value = /^\d{1,3}$/.test(number) ? Number(number) : undefined;
  const chosen = { ...earlier, [name]: value };
  const wrong = parseFaultSettings({ percent: { [name]: value ?? Number.NaN } });
  if (wrong.isErr()) throw new InvalidArgumentError(`${sentence(wrong.error)}.`);
  return chosen;
};

const sentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

const ledgerCommand = defineCommand({
  examples: ['sandbox ledger --embedded', 'sandbox ledger --embedded --json | jq .refunds'],
  run: async function* (session) {
    const sandbox = yield* openSandbox(session);
    const ledger = yield* sandbox.ledger();
    session.output.data(ledgerJson(ledger), (columns) => ledgerText(ledger, columns));
    return ok(EXIT.OK);
  },
});

const refundCommand = defineCommand({
  examples: ['sandbox refund third --embedded', 'sandbox refund third --embedded --json'],
  options: (command) => command.argument('<order>', 'the order’s id'),
  help: `\
Stands in for somebody at the gateway's dashboard: Paidonce is not asked and records nothing, until
a person decides a review or \`paidonce review adopt\` looks. What is left of each payment of the
order is refunded.
Exit code: 0 refunded, 1 nothing to refund, 2 wrong usage or configuration.`,
  run: async function* (session, _options, { args: [orderId = ''] }) {
    const sandbox = yield* openSandbox(session);
    const { STRIPE_SECRET_KEY: key } = yield* session.config(['STRIPE_SECRET_KEY']);
    const ledger = yield* sandbox.ledger();
    const payments = leftOf(orderId, ledger);
    if (payments.length === 0) return err(nothingToRefund(orderId));
    for (const payment of payments) {
      const refund = yield* sandbox.refund(payment, key);
      session.output.data(
        { orderId, payment, id: refund.id, amount: moneyOf(refund) },
        () => `refunded ${amountText(refund)} of ${payment} as ${refund.id}`,
      );
    }
    return ok(EXIT.OK);
  },
});

/** The payments of an order of which the sandbox still holds money. */
const leftOf = (orderId: string, { charges, refunds }: SandboxLedger): readonly string[] =>
  charges
    .filter(({ order_id: of, status }) => of === orderId && status === 'succeeded')
    .filter(({ payment_intent: payment, amount }) => {
      const refunded = refunds
        .filter((refund) => refund.payment_intent === payment && refund.status !== 'failed')
        .reduce((sum, refund) => sum + refund.amount, 0);
      return refunded < amount;
    })
    .map(({ payment_intent: payment }) => payment);

const nothingToRefund = (orderId: string): CliFailure =>
  failed('NothingToRefund', `the sandbox holds no money of the order ${JSON.stringify(orderId)}`, [
    '`paidonce sandbox ledger` shows what it has charged and refunded.',
  ]);

const NOT_RUNNING = failed(
  'EmbeddedServers',
  'no embedded servers run, and faults end with the servers that they are set in',
  ['Start `paidonce servers` or `paidonce worker --embedded` first.'],
);

const faultsText = (
  { percent: chosen, shown, ...settings }: SandboxFaults,
  columns: number,
): string =>
  [
    tableOf(
      ['fault', 'percent', 'shown'],
      Object.entries(chosen).map(([name, share]) => [
        name,
        String(share),
        String(shown[name] ?? 0),
      ]),
      { right: [1, 2], columns },
    ),
    '',
    `seed ${settings.seed}; search-lag lasts ${settings.searchLagMs} ms, captured-late is ` +
      `${settings.lateMs} ms late, key-forgotten remembers for ${settings.forgetMs} ms`,
  ].join('\n');

const ledgerText = ({ charges, refunds }: SandboxLedger, columns: number): string =>
  tableOf(
    ['time (UTC)', 'what', 'order', 'amount', 'status', 'payment', 'key'],
    [
      ...charges.map((charge) => ({ what: 'charge', why: charge.decline_code, ...charge })),
      ...refunds.map((refund) => ({ what: 'refund', why: refund.failure_reason, ...refund })),
    ]
      .toSorted((one, other) => one.created_at.localeCompare(other.created_at))
      .map((entry) => [
        entry.created_at.replace('T', ' ').replace('Z', ''),
        entry.what,
        entry.order_id ?? '',
        amountText(entry),
        entry.why === null ? entry.status : `${entry.status} (${entry.why})`,
        entry.payment_intent,
        entry.idempotency_key ?? '',
      ]),
    { right: [3], columns, optional: ['key'] },
  );

type SandboxAmount = { readonly amount: number; readonly currency: string };

const amountText = ({ amount, currency }: SandboxAmount): string => {
  const money = fromStripeAmount({ amount, currency });
  return money === undefined
    ? `${amount} ${currency}`
    : formatAmount(money.amountMinor, money.currency);
};

/** Undefined where the sandbox was paid in what is no currency here. */
const moneyOf = (entry: SandboxAmount): JsonAmount | undefined => {
  const money = fromStripeAmount(entry);
  return money && amountOf(money.amountMinor, money.currency);
};

const ledgerJson = ({ charges, refunds }: SandboxLedger) => ({
  charges: charges.map((charge) => ({ ...charge, amount: moneyOf(charge) })),
  refunds: refunds.map((refund) => ({ ...refund, amount: moneyOf(refund) })),
});

export const body = defineGroup([
  {
    name: 'faults',
    summary: 'show, set or clear what goes wrong at random in the payment sandbox',
    body: faultsCommand,
  },
  {
    name: 'webhooks',
    summary: 'show, set or clear where the payment sandbox sends its events',
    body: webhooksCommand,
  },
  {
    name: 'ledger',
    summary: 'print every charge and refund that the sandbox carried out',
    body: ledgerCommand,
  },
  {
    name: 'refund',
    summary: 'refund an order at the sandbox itself, as in the gateway’s dashboard',
    body: refundCommand,
  },
  {
    name: 'authorise',
    summary: 'authorise a payment at the sandbox, as a shop’s checkout does',
    body: authoriseCommand,
  },
  {
    name: 'pay',
    summary: 'the same, and capture it at once',
    body: payCommand,
  },
  {
    name: 'expire',
    summary: 'let an authorised payment expire at once',
    body: expireCommand,
  },
  {
    name: 'save',
    summary: 'save a payment method for a new customer',
    body: saveCommand,
  },
]);
