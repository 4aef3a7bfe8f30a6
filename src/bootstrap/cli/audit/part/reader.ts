import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { err, ok, type Result } from 'neverthrow';
import { VERSION } from '../../../version.ts';
import { EXIT, failed, type CliFailure } from '../../common/failure.ts';
import { decodeLine, type PartLine } from './items.ts';
import { mismatches, readEnd, readHeader, type PartEnd, type PartRun } from './run.ts';
import type { NamedHeader } from './run.ts';

/** The parts of all shares of one audit. */
export type AuditParts = {
  readonly run: PartRun;
  /** When the first share began, and the last one ended. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** The number of lines in all parts. */
  readonly lines: number;
  /** Some lines at a time, without the first and the last line of each part. */
  readonly read: () => AsyncGenerator<Result<readonly PartLine[], CliFailure>, void, void>;
};

/** No line is longer than an item of the log with each of its characters escaped. */
const LINE_BYTES_MAX = 4_194_304;
const NEWLINE = 0x0a;

/** A mistake in what was given, before anything was asked of AWS. */
export const partFailure = (message: string, details?: readonly string[]): CliFailure => ({
  ...failed('Part', message, details),
  exitCode: EXIT.USAGE,
});

/**
 * Reads each file once, to see that it is whole, and that they are all parts of one audit. Only
 * then anything is taken from them.
 */
export const openParts = async (
  paths: readonly string[],
): Promise<Result<AuditParts, CliFailure>> => {
  const whole: WholePart[] = [];
  const mistakes: string[] = [];
  for (const path of paths) {
    const read = await readWhole(path);
    if (read.isOk()) whole.push(read.value);
    else mistakes.push(`${path}: ${read.error}`);
  }
  if (mistakes.length === 0) mistakes.push(...mismatches(whole));
  const [first] = whole;
  if (first === undefined || mistakes.length > 0) {
    return err(partFailure('these are not all parts of one audit', mistakes));
  }
  return ok({
    run: first.header.run,
    startedAt: Math.min(...whole.map(({ header: { startedAt } }) => startedAt)),
    endedAt: Math.max(...whole.map(({ end: { endedAt } }) => endedAt)),
    lines: whole.reduce((sum, { end: { lines } }) => sum + lines, 0),
    async *read() {
      for (const part of whole) yield* linesIn(part);
    },
  });
};

type WholePart = NamedHeader & { readonly end: PartEnd };

/** The reason where it is not whole, or no part at all. */
const readWhole = async (path: string): Promise<Result<WholePart, string>> => {
  const hash = createHash('sha256');
  let first: string | undefined;
  let last: string | undefined;
  let before = 0;
  for await (const some of textLines(path)) {
    if (some.isErr()) return err(some.error);
    const seen = last === undefined ? some.value : [last, ...some.value];
    first ??= seen[0];
    last = seen.at(-1);
    before += seen.length - 1;
    if (seen.length > 1) hash.update(`${seen.slice(0, -1).join('\n')}\n`);
  }
  if (first === undefined || last === undefined) return err('it is empty');
  const header = readHeader(jsonOf(first), VERSION);
  if (header.type === 'OtherRelease') {
    return err(`release ${header.release} wrote it, and this is ${VERSION}`);
  }
  if (header.type === 'NoHeader') return err('it is no part of an audit');
  const end = readEnd(jsonOf(last));
  if (end === undefined) return err('it is cut off, or damaged at its end');
  return end.lines === before && end.sha256 === hash.digest('hex')
    ? ok({ path, header: header.header, end })
    : err('it is damaged: its lines are not those that its end names');
};

async function* linesIn({
  path,
  header: { run },
  end,
}: WholePart): AsyncGenerator<Result<readonly PartLine[], CliFailure>, void, void> {
  let line = 0;
  let counts = 0;
  const damaged = (why: string) => err(partFailure(`the part ${path} is damaged: ${why}`));
  for await (const some of textLines(path)) {
    if (some.isErr()) return yield damaged(some.error);
    const decoded: PartLine[] = [];
    for (const text of some.value) {
      line += 1;
      if (line === 1 || line > end.lines) continue;
      const one = decodeLine(text);
      if (one === undefined || (run.gateway === undefined && OF_GATEWAY.has(one.of))) {
        return yield damaged(`line ${line} is none of a part`);
      }
      if (one.of === 'counts') counts += 1;
      decoded.push(one);
    }
    yield ok(decoded);
  }
  if (counts !== 1) yield damaged('it has no counts, or several');
}

const OF_GATEWAY: ReadonlySet<PartLine['of']> = new Set(['deployment', 'move', 'dispute', 'held']);

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Some lines at a time. Holds one chunk of the file, and one line. */
async function* textLines(
  path: string,
): AsyncGenerator<Result<readonly string[], string>, void, void> {
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      const all = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const end = all.lastIndexOf(NEWLINE);
      rest = all.subarray(end + 1);
      if (rest.length > LINE_BYTES_MAX) return yield err('it has a line that is too long');
      if (end >= 0) yield ok(all.toString('utf8', 0, end).split('\n'));
    }
  } catch (error) {
    const { code } = Object(error) as { readonly code?: unknown };
    return yield err(typeof code === 'string' ? code : String(error));
  }
  if (rest.length > 0) yield err('its last line is not complete');
}
