import { err, ok } from 'neverthrow';
import { FAULT_LIMITS } from '../../../adapters/embedded/stripe/faultSettings.ts';
import { defined } from '../../../adapters/defined.ts';
import { defineCommand } from '../common/command.ts';
import { EXIT, failed, misused } from '../common/failure.ts';
import { wholeNumber } from '../common/options.ts';
import { tableOf } from '../common/table.ts';
import { openSandbox, type SandboxWebhooks } from './sandboxApi.ts';

const ENDPOINT = '--url http://127.0.0.1:4242/stripe --secret whsec_local';

const share = wholeNumber(0, 100);

export const webhooksCommand = defineCommand<{
  readonly url?: string;
  readonly secret?: string;
  readonly lost?: number;
  readonly doubled?: number;
  readonly late?: number;
  readonly forged?: number;
  readonly lateBy?: number;
  readonly seed?: number;
  readonly clear?: boolean;
}>({
  examples: [
    'sandbox webhooks --embedded',
    `sandbox webhooks --embedded ${ENDPOINT}`,
    `sandbox webhooks --embedded ${ENDPOINT} --lost 20 --doubled 20 --late 20 --seed 7`,
    'sandbox webhooks --embedded --clear',
  ],
  options: (command) =>
    command
      .option('--url <address>', 'where each event is posted to, on loopback')
      .option('--secret <whsec_…>', 'what the calls are signed by')
      .option('--lost <percent>', 'percentage of events that are not sent', share)
      .option('--doubled <percent>', 'percentage that is sent twice', share)
      .option('--late <percent>', 'percentage that is sent late', share)
      .option('--forged <percent>', 'percentage beside which a forged one is sent', share)
      .option('--late-by <ms>', 'how late those are', wholeNumber(0, FAULT_LIMITS.lateMs))
      .option('--seed <n>', 'what the draws begin from', wholeNumber(0, FAULT_LIMITS.seed))
      .option('--clear', 'send events nowhere any more'),
  help: `\
Sends what happens at the sandbox to a webhook, as Stripe does: signed, again until it is confirmed,
and in any order. What is set takes the place of all that was set before, and ends with the
servers.`,
  run: async function* (session, options) {
    const { url, secret, clear = false, lost, doubled, late, forged, lateBy, seed } = options;
    const percent = defined({ lost, doubled, late, forged });
    const sets = [url, secret, lateBy, seed, ...Object.values(percent)].some(
      (value) => value !== undefined,
    );
    if (sets && clear) return err(misused('either set a webhook or clear it'));
    if (sets && (url === undefined || secret === undefined)) {
      return err(misused('a webhook has a --url and a --secret'));
    }
    if (sets && session.embedded?.startedHere === true) return err(NOT_RUNNING);
    const sandbox = yield* openSandbox(session);
    const settings = defined({ url, secret, percent, lateMs: lateBy, seed });
    const webhooks = yield* sets
      ? sandbox.setWebhooks(settings)
      : clear
        ? sandbox.clearWebhooks()
        : sandbox.webhooks();
    session.output.data(webhooks, (columns) => webhooksText(webhooks, columns));
    return ok(EXIT.OK);
  },
});

const NOT_RUNNING = failed(
  'EmbeddedServers',
  'no embedded servers run, and webhooks end with the servers that they are set in',
  ['Start `paidonce servers` or `paidonce worker --embedded` first.'],
);

const webhooksText = (
  { url, percent, counts, seed, lateMs }: SandboxWebhooks,
  columns: number,
): string => {
  if (url === null) return 'events are sent nowhere';
  const rows = Object.entries(counts).map(([name, count]) => [
    name,
    name in percent ? String(percent[name]) : '',
    String(count),
  ]);
  return [
    tableOf(['calls', 'percent', 'count'], rows, { right: [1, 2], columns }),
    '',
    `to ${url}; seed ${seed}; those that are late are ${lateMs} ms late`,
  ].join('\n');
};
