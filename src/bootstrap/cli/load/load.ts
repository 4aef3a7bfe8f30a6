import { cpus, totalmem } from 'node:os';
import { Option } from 'commander';
import { err, ok, type Result, errAsync, okAsync, type ResultAsync } from 'neverthrow';
import ms from 'ms';
import { gatewayMode } from '../../../adapters/stripe/rules.ts';
import type { LoadPlan } from '../../../application/load/followOrders.ts';
import { figuresOf, meteredCost, USAGE_EVENT } from '../../../application/load/report.ts';
import type { LoadRun } from '../../../application/load/runLoad.ts';
import { createSystemIds } from '../../../adapters/system/ids.ts';
import type { Services } from '../../tokens.ts';
import { VERSION } from '../../version.ts';
import { defineCommand, type Session } from '../common/command.ts';
import { EXIT, failed, failureOf, misused, type CliFailure } from '../common/failure.ts';
import { ordersOfShape, SHAPES, type OrderShape } from './shapes.ts';
import { duration, wholeNumber } from '../common/options.ts';
import { createProgress } from '../common/progress.ts';
import { reportText, type LoadCost, type LoadReport } from './report.ts';

const ORDERS = 100;
const ORDERS_MAX = 100_000;
const RATE = 10;
const RATE_MAX = 1_000;
const SENDING_SECONDS_MAX = 6 * 3_600;
const WAIT_MS = ms('2m');
const WAIT_MS_MAX = ms('1h');
/** A worker records its usage once a minute, and the record takes some seconds to be found. */
const USAGE_WITHIN_SECONDS = 75;

type LoadFlags = {
  readonly orders: number;
  readonly rate: number;
  readonly wait: number;
  readonly shape: OrderShape;
  readonly cost: boolean;
  readonly realMoney?: boolean;
};

export const body = defineCommand<LoadFlags>({
  begins: true,
  examples: [
    'load --orders 200 --rate 20 --embedded',
    'load --shape v1 --orders 200 --embedded',
    'load --orders 10000 --rate 100 --wait 5m > report.md',
    'load --no-cost --json | jq .latencyMs.p99',
  ],
  options: (command) =>
    command
      .option(
        '--orders <n>',
        `how many orders (1 to ${ORDERS_MAX})`,
        wholeNumber(1, ORDERS_MAX),
        ORDERS,
      )
      .option('--rate <n>', `how many a second (1 to ${RATE_MAX})`, wholeNumber(1, RATE_MAX), RATE)
      .option(
        '--wait <age>',
        'how long orders may take to end after the last was sent (up to 1h)',
        duration,
        WAIT_MS,
      )
      .addOption(
        new Option('--shape <shape>', 'the version of PlaceOrder, or both in turn')
          .choices(SHAPES)
          .default(SHAPES[0]),
      )
      .option(
        '--no-cost',
        'leave out the cost, for which the records of the next minute are needed',
      )
      .option('--real-money', 'send orders even where workers use a live key of the gateway'),
  help: `\
Sends generated orders at a constant rate, follows each until it has ended, and reports throughput,
the time from submission to the end, failures by cause, and what the workers used of AWS
meanwhile. Workers have to run already; what else they do is in the cost too. The orders are orders
like any others, and stay in the log for ever. They pay by test cards, which an account that moves
money refuses; their mails go to the simulator of SES. The report is Markdown.
Exit code: 0 all paid, 1 some were not (each cause is named), 2 wrong usage or configuration.`,
  run: async function* (session, options) {
    const { cost: isCosted, shape, realMoney = false } = options;
    const plan = yield* planOf(options);
    const signal = session.untilStopped();
    const opened = yield* session.open({
      services: ['runLoad', 'knownDeployment', 'clock'],
      also: [isCosted && 'logSearch'],
    });
    const { runLoad, knownDeployment, clock, logSearch } = opened;
    const { account } = yield* (await knownDeployment()).mapErr(failureOf);
    yield* checkMoney(account, session, realMoney);
    const progress = createProgress(session.output, { total: plan.orders, unit: 'orders ended' });
    const run = await runLoad(ordersOfShape(shape, createSystemIds(), plan.orders), plan, {
      signal,
      onProgress: ({ sent, ended }) => progress.update(ended, { facts: `${sent} sent` }),
    });
    progress.stop();
    const done = yield* run.mapErr(failureOf);
    const cost = logSearch && (await costOf(done, { logSearch, clock, session, signal }));
    const report = reportOf(done, { plan, shape, account, session, cost });
    session.output.data(report, () => reportText(report));
    if (signal.aborted) return err(failed('Aborted', 'stopped before the end'));
    return ok(report.paid === plan.orders ? EXIT.OK : EXIT.FAILED);
  },
});

const planOf = ({ orders, rate, wait }: LoadFlags): Result<LoadPlan, CliFailure> => {
  if (wait > WAIT_MS_MAX) return err(misused('--wait is an hour at most'));
  return orders / rate > SENDING_SECONDS_MAX
    ? err(misused('it would take more than six hours to send them; choose a higher --rate'))
    : ok({ orders, ratePerSecond: rate, waitMs: wait });
};

type Costing = Pick<Services, 'logSearch' | 'clock'> & {
  readonly session: Session;
  readonly signal: AbortSignal;
};

/** Waits for the records that the workers write after the end, and reads them once. */
const costOf = async (
  { startedAt, endedAt }: LoadRun,
  { logSearch, clock, session, signal }: Costing,
): Promise<LoadCost> => {
  const progress = createProgress(session.output, {
    total: USAGE_WITHIN_SECONDS,
    unit: 'seconds until the workers have recorded what they used',
  });
  for (let second = 0; second < USAGE_WITHIN_SECONDS && !signal.aborted; second += 1) {
    progress.update(second);
    await clock.sleep(1_000, signal);
  }
  progress.stop();
  if (signal.aborted) return { missing: 'it was not waited for' };
  const terms = [{ name: 'event', value: USAGE_EVENT }] as const;
  const found = await logSearch.find({ terms, from: startedAt });
  if (found.isErr()) return { missing: failureOf(found.error).message };
  return (
    meteredCost(found.value.records, { startedAt, endedAt }) ?? {
      missing: `no worker has recorded what it used within ${USAGE_WITHIN_SECONDS} s of the end`,
    }
  );
};

type About = {
  readonly plan: LoadPlan;
  readonly shape: OrderShape;
  readonly account: string;
  readonly session: Session;
  readonly cost: LoadCost | undefined;
};

const reportOf = (
  { startedAt, endedAt, orders, looks }: LoadRun,
  { plan, shape, account, session: { embedded }, cost }: About,
): LoadReport => ({
  startedAt,
  endedAt,
  against: embedded === undefined ? 'the environment' : 'embedded servers',
  account,
  machine: {
    paidonce: VERSION,
    node: process.version,
    processors: cpus().length,
    processor: cpus()[0]?.model ?? 'unknown',
    memoryBytes: totalmem(),
  },
  plan,
  shape,
  ...figuresOf(orders),
  looks,
  ...(cost && { cost }),
});

/**
 * Checks which money a load would move, by the account on which the deployment's workers move
 * money, as the log has it. Before the first order the log has none, and the key in the settings
 * says it.
 */
export const checkMoney = (
  account: string,
  session: Pick<Session, 'isGiven' | 'config'>,
  realMoney: boolean,
): ResultAsync<void, CliFailure> => {
  if (realMoney) return okAsync();
  if (account !== '') {
    return account.endsWith(':live') ? errAsync(realMoneyOn(account)) : okAsync();
  }
  if (!session.isGiven('STRIPE_SECRET_KEY')) {
    return errAsync(
      misused('no order was ever charged here, so that the gateway’s account is not known', [
        'Set STRIPE_SECRET_KEY to the key of the workers, which is not used, or submit one order.',
      ]),
    );
  }
  return session
    .config(['STRIPE_SECRET_KEY'])
    .andThen(({ STRIPE_SECRET_KEY: key }) =>
      gatewayMode(key) === 'live' ? err(realMoneyOn('the account of the live key')) : ok(),
    );
};

const realMoneyOn = (account: string): CliFailure =>
  misused(`the workers move real money, on ${account}`, [
    'A live account refuses the test cards of generated orders: each would end unpaid, stay in ' +
      'the log for ever, and have its customer notified. With --real-money they are still sent.',
  ]);
