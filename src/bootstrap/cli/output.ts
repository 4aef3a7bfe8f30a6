import Table from 'cli-table3';
import pc from 'picocolors';
import type { CliFailure } from './failure.ts';

export type Output = {
  /** JSON for machines, one value to a line; no colours, no notes. */
  readonly json: boolean;
  readonly colours: ReturnType<typeof pc.createColors>;
  /** What the command was asked for: JSON or text, on stdout. */
  data(value: unknown, text: () => string): void;
  /** For people only, on stdout. */
  line(text: string): void;
  /** For people only, on stderr: progress, and what happens meanwhile. */
  note(text: string): void;
  failure(failure: CliFailure): void;
};

export const createOutput = ({ json }: { readonly json: boolean }): Output => {
  const { stdout, stderr } = process;
  const colours = pc.createColors(pc.isColorSupported && stdout.isTTY && !json);
  const ofErrors = pc.createColors(pc.isColorSupported && stderr.isTTY && !json);
  return {
    json,
    colours,
    data: (value, text) => void stdout.write(`${json ? JSON.stringify(value) : text()}\n`),
    line: (text) => void (json || stdout.write(`${text}\n`)),
    note: (text) => void (json || stderr.write(`${text}\n`)),
    failure: ({ type, message, details = [] }) => {
      const text = [`${ofErrors.red('error:')} ${message}`, ...details.map((why) => `  ${why}`)];
      const value = { error: { type, message, details } };
      stderr.write(`${json ? JSON.stringify(value) : text.join('\n')}\n`);
    },
  };
};

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

export const timeOf = (ms: number): string => new Date(ms).toISOString().replace('T', ' ');
