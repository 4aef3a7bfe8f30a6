import pc from 'picocolors';
import { STEERING } from '../../../domain/plainText.ts';
import type { CliFailure } from './failure.ts';
import type { ProcessIo, TextStream } from './lifecycle.ts';
import { columnsOf, fit, type ScreenText } from './screen.ts';

export type Output = {
  /** JSON for machines, one value to a line; no colours, no notes. */
  readonly json: boolean;
  readonly colours: ReturnType<typeof pc.createColors>;
  /** The stream for whatever draws or records by itself. */
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  /** The result of the command: JSON or text, on stdout; on a terminal it fits its columns. */
  data(value: unknown, text: (columns: number) => string): void;
  /** A line for people only, on stdout. */
  line(text: ScreenText): void;
  /** A line for people only, on stderr: progress, and what happens meanwhile. */
  note(text: ScreenText): void;
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
  const say = (stream: TextStream, text: ScreenText): void => {
    const columns = columnsOf(stream);
    stream.write(`${fit(plain(typeof text === 'string' ? text : text(columns)), columns)}\n`);
  };
  return {
    json,
    colours,
    stdout,
    stderr,
    data: (value, text) =>
      void (json ? stdout.write(`${jsonLine(format(value))}\n`) : say(stdout, text)),
    line: (text) => void (json || say(stdout, text)),
    note: (text) => void (json || say(stderr, text)),
    failure: ({ type, message, details = [] }) => {
      const text = [`${ofErrors.red('error:')} ${message}`, ...details.map((why) => `  ${why}`)];
      const value = { error: { type, message, details } };
      if (json) stderr.write(`${jsonLine(value)}\n`);
      else say(stderr, text.join('\n'));
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
