import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { err, ok, safeTry, type Result } from 'neverthrow';
import type { Timeline } from '../../application/trace/timeline.ts';
import { auditOnline } from '../cli/audit/online.ts';
import { createSession, type CommandOutcome, type Session } from '../cli/common/command.ts';
import { EXIT, failed, type CliFailure } from '../cli/common/failure.ts';
import type { Output } from '../cli/common/output.ts';
import { asTyped } from '../cli/common/help.ts';
import { commandText } from '../cli/common/screen.ts';
import { tableOf } from '../cli/common/table.ts';
import { dollarsOf } from '../cli/common/text.ts';
import { drawTerminal, terminalOf } from '../cli/trace/terminal.ts';
import { toTimeline } from '../cli/trace/toTimeline.ts';
import { CLAIM_TO_MAIL_MAX_MS } from '../config/timeBounds.ts';
import { openEmbedded, type EmbeddedStack } from '../embedded.ts';
import type { MomentLines } from './moments.ts';
import {
  checksOf,
  rowOf,
  verdictOf,
  type DemoFacts,
  type OrderRow,
  type PromiseCheck,
} from './outcomes.ts';
import { play } from './play.ts';
import { createReader } from './readBack.ts';
import { ACTS } from './scenario.ts';
import { DEMO_TOPIC, subscribe } from './subscriber.ts';
import type { WorkerProcess } from './workers.ts';

/**
 * This is shorter than in production, so that what a killed worker held comes again while one
 * watches.
 */
const VISIBILITY_MS = 10_000;
/**
 * This is as short as it may be: a copy of a notice that comes while the first is mailed waits for
 * it.
 */
const NOTICE_LEASE_MS = CLAIM_TO_MAIL_MAX_MS + 1;

type DemoOptions = {
  /** Whether the folder with the data stays if every promise holds; otherwise it stays anyway. */
  readonly keep: boolean;
  /** They speak before this module, which brings the servers, is loaded. */
  readonly lines: MomentLines;
};

/**
 * Runs the main job on servers of this machine, shows it while it happens, and then compares the
 * stores with what is expected of each order, and audits them.
 */
export const runDemo = async (
  { output, io, untilStopped }: Session,
  { keep, lines }: DemoOptions,
): CommandOutcome => {
  const dataDir = await mkdtemp(join(tmpdir(), 'paidonce-demo-'));
  const env = {
    ...io.env,
    PAIDONCE_DATA_DIR: dataDir,
    ORDER_EVENTS_TOPIC_ARN: DEMO_TOPIC,
    // Several workers run here, and one port would be one too few.
    HEALTH_PORT: '',
    // The one worker that the gateway calls takes any port that is free.
    WEBHOOK_PORT: '0',
    VISIBILITY_TIMEOUT_MS: String(VISIBILITY_MS),
    NOTIFICATION_LEASE_MS: String(NOTICE_LEASE_MS),
  };
  const embedded = await openEmbedded(env).mapErr((why) => failed('EmbeddedServers', why));
  const result = await embedded.match(
    async (servers) => {
      const session = createSession({ output, untilStopped, io: { ...io, env } }, servers);
      const performed = await perform(session, { embedded: servers, lines });
      await session.endTracing();
      return performed;
    },
    (failure) => Promise.resolve(err(failure)),
  );
  if (result.isErr()) {
    output.note(`The data stays in ${dataDir}.`);
    return err(result.error);
  }
  const { holds, life, verdict } = result.value;
  const { bold, green, red } = output.colours;
  output.line(bold(holds ? green(verdict) : red(verdict)));
  if (holds && !keep) await rm(dataDir, { recursive: true, force: true });
  else {
    const order = life?.orderId ?? '';
    const next = [`trace ${order}`, 'audit --gateway --queues --grace 0s'];
    output.line((columns) =>
      [
        '',
        `The data is in ${dataDir}. Look closer:`,
        ...next.map((command) =>
          commandText(
            `PAIDONCE_DATA_DIR=${dataDir} ${asTyped(`paidonce ${command} --embedded`, io.env)}`,
            columns,
          ),
        ),
      ].join('\n'),
    );
  }
  return ok(holds ? EXIT.OK : EXIT.FAILED);
};

/** Whether every promise is kept, and the life of the order to which most happened. */
type DemoOutcome = {
  readonly holds: boolean;
  readonly life: Timeline | undefined;
  readonly verdict: string;
};

const perform = async (
  session: Session,
  { embedded, lines }: { readonly embedded: EmbeddedStack; readonly lines: MomentLines },
): Promise<Result<DemoOutcome, CliFailure>> => {
  const { output } = session;
  const workers: WorkerProcess[] = [];
  try {
    return await createReader(embedded).andThen((reader) =>
      safeTry(async function* () {
        const takeHeard = yield* subscribe(embedded);
        const course = yield* play({ session, embedded, reader, lines, workers });
        const orders = yield* reader.orders(ACTS.map(({ order }) => order));
        const [queues, deadLetters] = [yield* reader.queues(), yield* reader.deadLetters()];
        lines.step('compare');
        for (const { orderId, records } of orders) {
          lines.show({ phase: 5, orderId, text: `${records.length} records` });
        }
        const heard = yield* takeHeard();
        const audit = yield* safeTry(() => auditOf(session));
        const checks = checksOf({ orders, queues, deadLetters, heard, ...audit, ...course });
        const lives = yield* await livesOf(session);
        const life = lives.toSorted((one, other) => other.steps.length - one.steps.length)[0];
        const microUsd = lives.reduce((sum, { cost }) => sum + cost.microUsd, 0);
        present(orders.map(rowOf), { checks, life, microUsd }, output);
        const holds = checks.every((check) => check.holds);
        return ok({ holds, life, verdict: verdictOf(checks, orders) });
      }),
    );
  } catch (error) {
    return err(failed('Demo', error instanceof Error ? error.message : String(error)));
  } finally {
    await Promise.all(workers.map((worker) => worker.kill()));
    await embedded.close();
  }
};

type Results = {
  readonly checks: readonly PromiseCheck[];
  /** The life with the most steps. */
  readonly life: Timeline | undefined;
  /** The cost of all orders, from what the stores show: a worker that is killed reports nothing. */
  readonly microUsd: number;
};

const present = (orders: readonly OrderRow[], results: Results, output: Output): void => {
  const { colours } = output;
  const { checks, life, microUsd } = results;
  const head = Object.keys(orders[0] ?? {}).filter((name) => name !== 'shows');
  const columnsShown = orders.map((row) =>
    Object.entries(row).flatMap(([name, cell]) =>
      name === 'shows' ? [] : [[cell].flat().join(', ') || '-'],
    ),
  );
  output.data({ orders, checks, mostEventful: life, cost: { microUsd } }, (columns) =>
    [
      ...(life === undefined ? [] : pictureOf(life, output)),
      '',
      tableOf(head, columnsShown, {
        columns,
        optional: ['records', 'handled', 'mail', 'documents', 'refunded'],
      }),
      '',
      'What shops send with version 2 of PlaceOrder, an order each:',
      '',
      tableOf(['order', 'shows', 'charged'], shopRowsOf(orders), { columns }),
      '',
      `On AWS these ${orders.length} orders would have cost about ` +
        `$${dollarsOf(microUsd)} at list prices.`,
      '',
      // What does not hold stands last, beside the verdict.
      ...checks
        .toSorted((one, other) => Number(other.holds) - Number(one.holds))
        .map(({ promise, holds, found }) => {
          const sign = holds ? colours.green('ok ') : colours.red('NOT');
          return `${sign}  ${promise} ${colours.dim(`(${found})`)}`;
        }),
      '',
    ].join('\n'),
  );
};

/** The findings of each invariant, and the sums; the whole report is shown where there are any. */
const auditOf = async function* (session: Session) {
  let found: Pick<DemoFacts, 'audited' | 'sums'> = { audited: {}, sums: {} };
  const options = { segments: 2, grace: 0, gateway: true, queues: true, record: true };
  yield* auditOnline(session, options, ({ value, report }) => {
    found = { audited: value.invariants, sums: value.sums };
    const isClean = Object.values(value.invariants).every((count) => count === 0);
    return session.output.json || !isClean ? report() : EXIT.OK;
  });
  return ok(found);
};

/** For each order of version 2: what it shows, and what was charged for it. */
const shopRowsOf = (orders: readonly OrderRow[]): readonly (readonly string[])[] =>
  orders.flatMap(({ order, shows, charged }) =>
    shows === '' ? [] : [[order, shows, charged || 'nothing']],
  );

const pictureOf = (life: Timeline, output: Output): readonly string[] => [
  '',
  `Most happened to ${output.colours.bold(life.orderId)}, in ${life.steps.length} steps:`,
  '',
  drawTerminal(life, terminalOf(output)),
];

/** The lives of all orders. Dead letters are looked at elsewhere, and are of none of these. */
const livesOf = async ({ open }: Session): Promise<Result<readonly Timeline[], CliFailure>> => {
  const opened = await open({ services: ['collectTrace', 'logSearch'] });
  if (opened.isErr()) return err(opened.error);
  const { collectTrace, logSearch } = opened.value;
  const lives = ACTS.map(async ({ order }) =>
    toTimeline(await collectTrace(order.orderId, { logSearch })),
  );
  return ok(await Promise.all(lives));
};
