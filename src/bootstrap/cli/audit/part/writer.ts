import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { err, ok, Result } from 'neverthrow';
import { codeOf, failed, misused, type CliFailure } from '../../common/failure.ts';
import { encodeLine, type PartLine } from './items.ts';
import type { PartEnd, PartHeader } from './run.ts';

export type PartWriter = {
  readonly write: (line: PartLine) => void;
  /** Fires when the disk refuses a write. `finish` says why. */
  readonly failed: AbortSignal;
  /** Puts the file in its place, as a whole; returns its size in bytes. */
  readonly finish: (endedAt: number) => Result<number, CliFailure>;
  readonly abandon: () => void;
};

/** Lines are kept until they are worth a write. */
const WRITE_BYTES = 262_144;

/** Writes beside the place of the part, so that a file in that place is always a whole one. */
export const createPartWriter = (
  path: string,
  header: PartHeader,
): Result<PartWriter, CliFailure> => {
  const written = `${path}.new`;
  const opened = attempt(() => {
    rmSync(written, { force: true });
    return openSync(written, 'wx', 0o600);
  });
  if (opened.isErr()) return err(misused(`the part ${path} cannot be written: ${opened.error}`));
  const file = opened.value;
  const failing = new AbortController();
  const hash = createHash('sha256');
  let why: string | undefined;
  let kept = '';
  let lines = 0;
  let bytes = 0;

  const save = (): void => {
    if (why !== undefined) return;
    const chunk = Buffer.from(kept);
    kept = '';
    hash.update(chunk);
    bytes += chunk.length;
    attempt(() => writeAll(file, chunk)).mapErr((error) => {
      why = error;
      failing.abort();
    });
  };
  const add = (line: string): void => {
    kept += `${line}\n`;
    lines += 1;
    if (kept.length >= WRITE_BYTES) save();
  };
  const abandon = (): void => {
    attempt(() => closeSync(file));
    attempt(() => rmSync(written, { force: true }));
  };

  add(JSON.stringify(header));
  return ok({
    write: (line) => add(encodeLine(line)),
    failed: failing.signal,
    finish: (endedAt) => {
      save();
      const end: PartEnd = { lines, sha256: hash.copy().digest('hex'), endedAt };
      add(JSON.stringify({ end }));
      save();
      const placed = attempt(() => {
        fsyncSync(file);
        closeSync(file);
        renameSync(written, path);
      });
      if (placed.isErr()) why ??= placed.error;
      if (why === undefined) return ok(bytes);
      abandon();
      return err(failed('Part', `the part ${path} could not be written: ${why}`));
    },
    abandon,
  });
};

const writeAll = (file: number, chunk: Buffer): void => {
  for (let from = 0; from < chunk.length;) from += writeSync(file, chunk, from);
};

const attempt = <T>(act: () => T): Result<T, string> => Result.fromThrowable(act, codeOf)();
