import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { err, ok, Result } from 'neverthrow';
import * as z from 'zod';
import { codeOf, failed, misused, type CliFailure } from './failure.ts';
import type { Output } from './output.ts';

export const count = z.int().nonnegative();

/** The place that one segment of a scan has reached. */
export const segmentPlace = z.strictObject({
  after: z.strictObject({ streamId: z.string(), version: count }).exactOptional(),
  ended: z.boolean(),
});

export type Checkpoint<Position> = {
  /** The place at which the earlier run stopped. */
  readonly from: Position | undefined;
  /** Saves once a second at most; a run that is killed reads again what came after. */
  readonly save: (position: Position) => void;
  /** A run that has finished leaves nothing to go on with. */
  readonly close: (isFinished: boolean) => void;
};

type RunFacts = Readonly<Record<string, string | number>>;

type CheckpointOptions<Run, Position> = {
  readonly path: string;
  /** Whether somebody named the file: without the file there is no run then. */
  readonly isChosen: boolean;
  /** Everything that a run must have in common with the one that it continues. */
  readonly run: Run;
  /** The schema of the file: the run, and the position beside it. */
  readonly stored: z.ZodType<Position & { readonly run: Run }>;
  readonly begin: Position;
  readonly resume: boolean;
  readonly output: Output;
};

const SAVE_EVERY_MS = 1_000;

/**
 * Keeps on this machine the place that a run has reached, so that a killed run can be continued.
 */
export const openCheckpoint = <Run extends RunFacts, Position extends object>(
  options: CheckpointOptions<Run, Position>,
): Result<Checkpoint<Position>, CliFailure> => {
  const { run, isChosen, begin, resume, output } = options;
  const path = resolve(options.path);
  const found = resume ? readStored(path, options) : ok(undefined);
  if (found.isErr()) return err(found.error);
  const from = found.value;
  if (resume && from === undefined) output.note(`There is no checkpoint ${path}: it begins again.`);

  let latest = from ?? begin;
  let savedAt = 0;
  const write = (): boolean =>
    attempt(() => {
      savedAt = Date.now();
      // A file that is renamed is there whole or not at all, whenever this process is killed.
      writeFileSync(`${path}.new`, JSON.stringify({ run, ...latest }), { flush: true });
      renameSync(`${path}.new`, path);
    }).match(
      () => true,
      (why) => {
        output.note(`No checkpoint can be kept: ${why}. This run cannot be continued.`);
        return false;
      },
    );

  let isKept = write();
  if (!isKept && isChosen) return err(misused(`the checkpoint ${path} cannot be written`));
  return ok({
    from,
    save: (position) => {
      latest = position;
      if (isKept && Date.now() - savedAt >= SAVE_EVERY_MS) isKept = write();
    },
    close: (isFinished) => {
      if (isFinished)
        attempt(() => rmSync(path, { force: true })).mapErr((why) => output.note(why));
      else if (isKept) write();
    },
  });
};

const attempt = Result.fromThrowable(
  (act: () => void) => act(),
  (error) => (error instanceof Error ? error.message : String(error)),
);

const readStored = <Run extends RunFacts, Position extends object>(
  path: string,
  { run, stored: schema }: Pick<CheckpointOptions<Run, Position>, 'run' | 'stored'>,
): Result<Position | undefined, CliFailure> => {
  const text = Result.fromThrowable(() => readFileSync(path, 'utf8'), codeOf)();
  if (text.isErr()) {
    if (text.error === 'ENOENT') return ok(undefined);
    return err(failed('Checkpoint', `the checkpoint ${path} cannot be read: ${text.error}`));
  }
  const stored = Result.fromThrowable(
    // An editor may have put a byte order mark before it.
    () => schema.parse(JSON.parse(text.value.replace(/^\uFEFF/, ''))),
    () => failed('Checkpoint', `the checkpoint ${path} is damaged`, [BEGIN_AGAIN]),
  )();
  return stored.andThen(({ run: theirs, ...position }) => {
    const differences = Object.entries(run).flatMap(([name, value]) => {
      const { [name]: other = '' } = theirs;
      return other === value ? [] : [`${name}: ${other} there, ${value} here`];
    });
    if (differences.length === 0) return ok(position as unknown as Position);
    const message = `the checkpoint ${path} is of another run`;
    return err(failed('Checkpoint', message, [...differences, BEGIN_AGAIN]));
  });
};

const BEGIN_AGAIN = 'Run it as that one was run, or without --resume to begin again.';
