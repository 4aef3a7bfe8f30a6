import { InvalidArgumentError } from 'commander';
import { err, ok } from 'neverthrow';
import {
  FAULT_NAMES,
  FAULT_LIMITS,
  parseFaultSettings,
  type FaultSettings,
} from '../../../adapters/embedded/stripe/faultSettings.ts';
import { defineCommand, defineGroup } from '../common/command.ts';
import { EXIT, failed, misused } from '../common/failure.ts';
import { wholeNumber } from '../common/options.ts';
import { tableOf } from '../common/table.ts';
import { authoriseCommand, expireCommand, payCommand, saveCommand } from './checkout.ts';
import {
  cancelCommand,
  captureCommand,
  refundCommand,
  settleCommand,
  disputeCloseCommand,
  disputeCommand,
} from './dashboard.ts';
import { ledgerCommand } from './ledger.ts';
import { openSandbox, type SandboxFaults } from './sandboxApi.ts';
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
        'percentage of requests that it happens to; repeatable',
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

/** Reads such as `answer-lost=20`, and adds it to those that were named before it. */
const percent = (text: string, earlier: Percent = {}): Percent => {
  const [, name = text, number = ''] = /^([^=]*)=(.*)$/.exec(text) ?? [];
  const value = /^\d{1,3}$/.test(number) ? Number(number) : undefined;
  const chosen = { ...earlier, [name]: value };
  const wrong = parseFaultSettings({ percent: { [name]: value ?? Number.NaN } });
  if (wrong.isErr()) throw new InvalidArgumentError(`${sentence(wrong.error)}.`);
  return chosen;
};

const sentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

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
    summary: 'print every charge, refund and dispute of the sandbox',
    body: ledgerCommand,
  },
  {
    name: 'refund',
    summary: 'refund a payment or an order at the sandbox itself, as in the gateway’s dashboard',
    body: refundCommand,
  },
  {
    name: 'capture',
    summary: 'capture an authorised payment there',
    body: captureCommand,
  },
  {
    name: 'cancel',
    summary: 'release an authorised payment there',
    body: cancelCommand,
  },
  {
    name: 'settle',
    summary: 'end a slow payment or refund at once, or let a refund fail',
    body: settleCommand,
  },
  {
    name: 'dispute',
    summary: 'dispute a captured payment, as its customer’s bank does',
    body: disputeCommand,
  },
  {
    name: 'dispute-close',
    summary: 'end a dispute',
    body: disputeCloseCommand,
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
