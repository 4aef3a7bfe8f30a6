import Table from 'cli-table3';
import pc from 'picocolors';
import { STEERING } from '../../../domain/plainText.ts';
import type { CliFailure } from './failure.ts';
import type { ProcessIo, TextStream } from './lifecycle.ts';

export type Output = {
  /** JSON for machines, one value to a line; no colours, no notes. */
  readonly json: boolean;
  readonly colours: ReturnType<typeof pc.createColors>;
  /** For what draws or records by itself. */
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  /** The result of the command: JSON or text, on stdout. */
  data(value: unknown, text: () => string): void;
  /** For people only, on stdout. */
  line(text: string): void;
  /** For people only, on stderr: progress, and what happens meanwhile. */
  note(text: string): void;
  failure(failure: CliFailure): void;
};

export const createOutput = (
  {
    json,
    format = (value) => value,
  }: { readonly json: boolean; readonly format?: (value: unknown) => unknown },
  { stdout, stderr }: Pick<ProcessIo, 'stdout' | 'stderr'>,
): Output => {
  const colours = pc.createColors(pc.isColorSupported && stdout.isTTY === true && !json);
  const ofErrors = pc.createColors(pc.isColorSupported && stderr.isTTY === true && !json);
  return {
    json,
    colours,
    stdout,
    stderr,
    data: (value, text) => void stdout.write(`${json ? jsonLine(format(value)) : plain(text())}\n`),
    line: (text) => void (json || stdout.write(`${plain(text)}\n`)),
    note: (text) => void (json || stderr.write(`${plain(text)}\n`)),
    failure: ({ type, message, details = [] }) => {
      const text = [`${ofErrors.red('error:')} ${message}`, ...details.map((why) => `  ${why}`)];
      const value = { error: { type, message, details } };
      stderr.write(`${json ? jsonLine(value) : plain(text.join('\n'))}\n`);
    },
  };
};

/** The only control characters that are kept: new line, tab, and colours that hide no text. */
const LAYOUT = String.raw`[\n\t]|\u001B\[(?:[0-4]|2[2-4]|3[1-69]|90)m`;
const PARTS = new RegExp(`(${LAYOUT})|[${STEERING}]`, 'gu');

/** Texts of others must neither steer the terminal nor look like something else. */
const plain = (text: string): string =>
  text.replaceAll(PARTS, (character, layout?: string) => layout ?? escaped(character));

/** JSON itself escapes fewer of them. */
const jsonLine = (value: unknown): string =>
  (JSON.stringify(value) ?? 'null').replaceAll(STEERS, escaped);

const STEERS = new RegExp(`[${STEERING}]`, 'gu');

const escaped = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Columns aligned by blanks, so that it can be read and cut by other programs too. */
export const tableOf = (
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { right = [] }: { readonly right?: readonly number[] } = {},
): string => {
  const table = new Table({
    head: [...head],
    chars: BLANKS,
    colAligns: head.map((_, column) => (right.includes(column) ? 'right' : 'left')),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
};

const BLANKS = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid']
    .flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`])
    .concat('middle')
    .map((part) => [part, '']),
);
