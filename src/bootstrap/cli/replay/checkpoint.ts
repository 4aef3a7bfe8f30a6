import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { err, ok, Result } from 'neverthrow';
import { z } from 'zod';
import type { ReplayPlace } from '../../../application/readModel/replayCounts.ts';
import type { RebuildPart } from '../../../application/readModel/rebuildInto.ts';
import { failed, misused, type CliFailure } from '../common/failure.ts';
import type { Output } from '../common/output.ts';

/** Everything that a run must have in common with the one that it continues. */
export type ReplayRun = {
  readonly mode: 'rows' | 'dry run' | 'into';
  readonly region: string;
  readonly events: string;
  readonly invoices: string;
  readonly segments: number;
  /** `1/1` where one process reads all segments. */
  readonly share: string;
  /** Another release may write another row for the same events. */
  readonly release: string;
};

export type Checkpoint = {
  /** The place at which the earlier run stopped. */
  readonly from: { readonly part: RebuildPart; readonly place: ReplayPlace } | undefined;
  /** Once a second at most; a run that is killed reads again what came after. */
  readonly save: (part: RebuildPart, place: ReplayPlace) => void;
  /** A run that has finished leaves nothing to go on with. */
  readonly close: (isFinished: boolean) => void;
};

const SAVE_EVERY_MS = 1_000;

const count = z.int().nonnegative();

const Stored = z.strictObject({
  run: z.strictObject({
    mode: z.enum(['rows', 'dry run', 'into']),
    region: z.string(),
    events: z.string(),
    invoices: z.string(),
    segments: count,
    share: z.string().default('1/1'),
    release: z.string(),
  }) satisfies z.ZodType<ReplayRun>,
  part: z.enum(['rebuild', 'catch up']),
  place: z.strictObject({
    segments: z.array(
      z.strictObject({
        place: z.strictObject({
          after: z.strictObject({ streamId: z.string(), version: count }).exactOptional(),
          ended: z.boolean(),
        }),
        counts: z.strictObject({
          commits: count,
          invoices: count,
          written: count,
          alreadyThere: count,
          differences: count,
          unreadable: count,
          upcast: z.record(z.string(), count),
        }),
      }),
    ),
    readUnits: z.number().nonnegative(),
    throttles: count,
  }) satisfies z.ZodType<ReplayPlace>,
});

/** Keeps on this machine how far a replay has come, so that a killed one can be gone on with. */
export const openCheckpoint = (options: {
  readonly path: string;
  /** Somebody named the file: without it there is no run. */
  readonly isChosen: boolean;
  readonly run: ReplayRun;
  readonly resume: boolean;
  readonly output: Output;
}): Result<Checkpoint, CliFailure> => {
  const { run, isChosen, resume, output } = options;
  const path = resolve(options.path);
  const found = resume ? readStored(path, run) : ok(undefined);
  if (found.isErr()) return err(found.error);
  const from = found.value;
  if (resume && from === undefined) output.note(`There is no checkpoint ${path}: it begins again.`);

  let latest = from ?? { part: 'rebuild' as const, place: NOWHERE };
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
        output.note(`No checkpoint can be kept: ${why}. This run cannot be gone on with.`);
        return false;
      },
    );

  let isKept = write();
  if (!isKept && isChosen) return err(misused(`the checkpoint ${path} cannot be written`));
  return ok({
    from,
    save: (part, place) => {
      latest = { part, place };
      if (isKept && Date.now() - savedAt >= SAVE_EVERY_MS) isKept = write();
    },
    close: (isFinished) => {
      if (isFinished)
        attempt(() => rmSync(path, { force: true })).mapErr((why) => output.note(why));
      else if (isKept) write();
    },
  });
};

const NOWHERE: ReplayPlace = { segments: [], readUnits: 0, throttles: 0 };

const attempt = Result.fromThrowable(
  (act: () => void) => act(),
  (error) => (error instanceof Error ? error.message : String(error)),
);

const readStored = (path: string, run: ReplayRun): Result<Checkpoint['from'], CliFailure> => {
  const text = Result.fromThrowable(() => readFileSync(path, 'utf8'), codeOf)();
  if (text.isErr()) {
    if (text.error === 'ENOENT') return ok(undefined);
    return err(failed('Checkpoint', `the checkpoint ${path} cannot be read: ${text.error}`));
  }
  const stored = Result.fromThrowable(
    // An editor may have put a byte order mark before it.
    () => Stored.parse(JSON.parse(text.value.replace(/^\uFEFF/, ''))),
    () => failed('Checkpoint', `the checkpoint ${path} is damaged`, [BEGIN_AGAIN]),
  )();
  return stored.andThen(({ run: theirs, part, place }) => {
    const differences = Object.entries(run).flatMap(([name, value]) => {
      const other = Reflect.get(theirs, name);
      return other === value ? [] : [`${name}: ${other} there, ${value} here`];
    });
    if (differences.length === 0) return ok({ part, place });
    const message = `the checkpoint ${path} is of another run`;
    return err(failed('Checkpoint', message, [...differences, BEGIN_AGAIN]));
  });
};

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

const BEGIN_AGAIN = 'Run it as that one was run, or without --resume to begin again.';
