import { createHash } from 'node:crypto';
import { err, ok, type Result } from 'neverthrow';
import {
  readFileLines,
  type FileLine,
  type FileLinesError,
} from '../../../../adapters/fileLines.ts';
import { parseJson } from '../../../../application/ports/json.ts';
import { VERSION } from '../../../version.ts';
import { codeOf, EXIT, failed, type CliFailure } from '../../common/failure.ts';
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
  let first: FileLine | undefined;
  let last: FileLine | undefined;
  for await (const some of readFileLines(path)) {
    if (some.isErr()) return err(whyNotRead(some.error));
    if (some.value.isCutOff) return err('its last line is not complete');
    for (const line of some.value.lines) {
      if (last !== undefined) hash.update(`${last.text}\n`);
      first ??= line;
      last = line;
    }
  }
  if (first === undefined || last === undefined) return err('it is empty');
  const header = readHeader(valueIn(first.text), VERSION);
  if (header.type === 'OtherRelease') {
    return err(`release ${header.release} wrote it, and this is ${VERSION}`);
  }
  if (header.type === 'NoHeader') return err('it is no part of an audit');
  const end = readEnd(valueIn(last.text));
  if (end === undefined) return err('it is cut off, or damaged at its end');
  return end.lines === last.number - 1 && end.sha256 === hash.digest('hex')
    ? ok({ path, header: header.header, end })
    : err('it is damaged: its lines are not those that its end names');
};

async function* linesIn({
  path,
  header: { run },
  end,
}: WholePart): AsyncGenerator<Result<readonly PartLine[], CliFailure>, void, void> {
  let counts = 0;
  const damaged = (why: string) => err(partFailure(`the part ${path} is damaged: ${why}`));
  for await (const some of readFileLines(path)) {
    if (some.isErr()) return yield damaged(whyNotRead(some.error));
    const decoded: PartLine[] = [];
    for (const { number, text } of some.value.lines) {
      if (number === 1 || number > end.lines) continue;
      const one = decodeLine(text);
      if (one === undefined || (run.gateway === undefined && OF_GATEWAY.has(one.of))) {
        return yield damaged(`line ${number} is none of a part`);
      }
      if (one.of === 'counts') counts += 1;
      decoded.push(one);
    }
    yield ok(decoded);
  }
  if (counts !== 1) yield damaged('it has no counts, or several');
}

const OF_GATEWAY: ReadonlySet<PartLine['of']> = new Set(['deployment', 'move', 'dispute', 'held']);

const whyNotRead = (error: FileLinesError): string =>
  error.type === 'NotRead' ? codeOf(error.cause) : 'it has a line that is too long';

/** Undefined for what is not JSON, which no schema takes. */
const valueIn = (text: string): unknown => parseJson(text).unwrapOr(undefined);
