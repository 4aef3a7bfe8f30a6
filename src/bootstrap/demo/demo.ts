import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { err, ok, ResultAsync, type Result } from 'neverthrow';
import {
  EXIT,
  failed,
  misconfigured,
  type CliFailure,
  type ExitCode,
} from '../cli/common/failure.ts';
import { tableOf, type Output } from '../cli/common/output.ts';
import { drawTerminal, toTimeline } from '../cli/trace/draw.ts';
import { terminalOf } from '../cli/trace/terminal.ts';
import { parseConfig, type Config } from '../config.ts';
import { SETTING_NAMES } from '../config/settings.ts';
import { openEmbedded, type EmbeddedStack } from '../embedded.ts';
import type { Timeline } from '../../application/trace/timeline.ts';
import { createBoard } from './board.ts';
import { play } from './play.ts';
import { checksOf, rowOf, type PromiseCheck, handled } from './promises.ts';
import { createReader, type DemoFacts, type OrderFacts } from './readBack.ts';
import { ACTS, type Act } from './scenario.ts';
import type { WorkerProcess } from './workers.ts';
import { createContainer } from '../container.ts';
import { application } from '../modules/application.ts';
import { aws } from '../modules/aws.ts';
import { formatAmount } from '../../domain/money/index.ts';

export type DemoOptions = {
  readonly output: Output;
  /** Leaves the folder with the data where it is, to be looked at with the other commands. */
  readonly keep: boolean;
  readonly stop: AbortSignal;
};

/** Shorter than in production, so that what a killed worker held comes again while one watches. */
const VISIBILITY_MS = 10_000;

/**
 * Runs the main job on servers of this machine, shows it while it happens, and then checks the
 * stores.
 */
export const runDemo = async (options: DemoOptions): Promise<Result<ExitCode, CliFailure>> => {
  const { output, keep } = options;
  const dataDir = await mkdtemp(join(tmpdir(), 'paidonce-demo-'));
  const env = {
    ...process.env,
    PAIDONCE_DATA_DIR: dataDir,
    // Several workers run here, and one port would be one too few.
    HEALTH_PORT: '',
    VISIBILITY_TIMEOUT_MS: String(VISIBILITY_MS),
  };
  const result = await openEmbedded(env)
    .mapErr((why) => failed('EmbeddedServers', why))
    .andThen((embedded) => new ResultAsync(perform({ ...options, embedded, env })));
  const holds = result.map(({ checks }) => checks.every((check) => check.holds));
  const again = result.match(
    ({ life }) => (life === undefined ? '…' : `trace ${life.orderId} --embedded`),
    () => '…',
  );
  if (keep || !holds.unwrapOr(false)) {
    output.note(`The data is in ${dataDir}: PAIDONCE_DATA_DIR=${dataDir} npx paidonce ${again}`);
  } else {
    await rm(dataDir, { recursive: true, force: true });
    output.note(`With --keep the data stays, for npx paidonce ${again}`);
  }
  return holds.map((all) => (all ? EXIT.OK : EXIT.FAILED));
};

type Stage = DemoOptions & { readonly embedded: EmbeddedStack; readonly env: NodeJS.ProcessEnv };

/** The checks, and the life of the order to which most happened. */
type DemoOutcome = {
  readonly checks: readonly PromiseCheck[];
  readonly life: Timeline | undefined;
};

const perform = async (stage: Stage): Promise<Result<DemoOutcome, CliFailure>> => {
  const { output, embedded, env } = stage;
  const parsed = parseConfig(env, { needs: SETTING_NAMES, embedded });
  if (parsed.isErr()) {
    await embedded.close();
    return err(misconfigured(parsed.error));
  }
  const config = parsed.value;
  const reader = createReader(config, embedded.addresses);
  const board = createBoard(output);
  const workers: WorkerProcess[] = [];
  try {
    const course = await play({ ...stage, config, reader, board, workers });
    if (course.isErr()) return err(course.error);
    const facts = await reader.all(ACTS);
    if (facts.isErr()) return err(facts.error);
    for (const { act, records } of facts.value.orders) {
      const { orderId } = act.order;
      board.show({
        phase: '5 observe',
        orderId,
        text: `${records.length} records`,
      });
    }
    board.close();
    const checks = checksOf(facts.value, course.value);
    const life = await mostEventful(config, ACTS);
    present(facts.value, { checks, life }, output);
    return ok({ checks, life });
  } catch (error) {
    return err(failed('Demo', error instanceof Error ? error.message : String(error)));
  } finally {
    board.close();
    await Promise.all(workers.map((worker) => worker.kill()));
    await embedded.close();
  }
};

const present = (facts: DemoFacts, { checks, life }: DemoOutcome, output: Output): void => {
  const rows = facts.orders.map(rowOf);
  const { colours } = output;
  const explained = facts.orders.flatMap((order) => {
    const why = explain(order);
    return why === undefined ? [] : [{ order: order.act.order.orderId, why }];
  });
  output.data(
    {
      orders: rows.map(([order, outcome, charged, refunded, documents, mail, records]) => ({
        order,
        outcome,
        charged,
        refunded,
        documents,
        mail,
        records: Number(records),
      })),
      explained,
      checks,
      mostEventful: life,
    },
    () =>
      [
        '',
        tableOf(['order', 'outcome', 'charged', 'refunded', 'documents', 'mail', 'records'], rows),
        '',
        ...explained.map(({ order, why }) => `${colours.bold(order)}: ${why}`),
        '',
        ...checks.map(
          ({ promise, holds, found }) =>
            `${holds ? colours.green('ok ') : colours.red('NOT')}  ${promise} ` +
            colours.dim(`(${found})`),
        ),
        ...(life === undefined ? [] : pictureOf(life, output)),
      ].join('\n'),
  );
};

const pictureOf = (life: Timeline, output: Output): readonly string[] => [
  '',
  `Most happened to ${output.colours.bold(life.orderId)}, in ${life.steps.length} steps:`,
  '',
  drawTerminal(life, terminalOf(output)),
  '',
];

/**
 * The life with the most steps. Dead letters are looked at elsewhere, and are of none of these
 * orders.
 */
const mostEventful = async (
  config: Config,
  acts: readonly Act[],
): Promise<Timeline | undefined> => {
  const { get } = createContainer(application, aws({ service: 'demo' }), config);
  const [collect, recordLog] = [get('collectTrace'), get('recordLog')];
  const lives = await Promise.all(
    acts.map(async ({ order }) => toTimeline(await collect(order.orderId, { recordLog }))),
  );
  return lives.toSorted((one, other) => other.steps.length - one.steps.length)[0];
};

/** One line for what befell an order, out of what the stores hold; undefined where nothing did. */
const explain = (order: OrderFacts): string | undefined => {
  const { state, act } = order;
  const { payment, invoice } = state;
  if (payment.status !== 'captured' || invoice.status !== 'issued') return undefined;
  const { document } = invoice;
  const charged = formatAmount(document.totalMinor, document.currency);
  const tries = handled(order).length;
  switch (act.fate) {
    case 'answer lost':
      return (
        `the gateway took ${charged} and its answer was lost: unknown, not failed; the ` +
        `same key and bytes again gave the same payment ${payment.reference}, so ` +
        `${document.label} in ${tries} tries`
      );
    case 'cancelled': {
      const notes = document.creditNotes.map(
        ({ label, totalMinor }) => `${formatAmount(totalMinor, document.currency)} by ${label}`,
      );
      return (
        `cancelled while the gateway took ${charged}: the money was there, so ` +
        `${document.label} was issued, and ${notes.join(' and ')} refunded at once`
      );
    }
    case 'refunded': {
      const [note] = document.creditNotes;
      if (note === undefined) return undefined;
      const [net, tax, total] = [note.netMinor, note.taxMinor, note.totalMinor].map((minor) =>
        formatAmount(minor, document.currency),
      );
      return (
        `one piece came back: ${total} of ${charged} refunded, and ${note.label} says ` +
        `which line, ${net} net and ${tax} tax`
      );
    }
    case 'plain':
    case 'delivered three times':
    case 'worker killed':
      return undefined;
  }
};
