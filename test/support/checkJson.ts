import * as z from 'zod';
import { failure, JSON_OUTPUTS } from '../../src/bootstrap/jsonOutput/index.ts';

type Printed = { readonly stdout: string; readonly stderr: string };

/** The command that the arguments name, among those that have a schema. */
const commandOf = ([first = '', second = '']: readonly string[]): string | undefined =>
  [`${first} ${second}`, first].find((name) => name in JSON_OUTPUTS);

/**
 * Checks what a command has printed with --json: each line on stdout is as its schema says and has
 * no member that the schema does not name, and each line on stderr is an error.
 */
export const checkJson = (args: readonly string[], { stdout, stderr }: Printed): void => {
  if (!args.includes('--json')) return;
  const named = args.filter((arg) => !arg.startsWith('-'));
  const command = commandOf(named);
  for (const line of linesOf(stdout)) {
    if (command === undefined) {
      throw new Error(`${named.join(' ')} has no schema: add one in src/bootstrap/jsonOutput`);
    }
    check(command, JSON_OUTPUTS[command] ?? z.never(), line);
  }
  for (const line of linesOf(stderr)) check(`an error of ${command}`, failure, line);
};

const linesOf = (printed: string): readonly string[] =>
  printed.split('\n').filter((line) => line !== '');

const check = (what: string, schema: z.ZodType, line: string): void => {
  const value: unknown = JSON.parse(line);
  const { error } = schema.safeParse(value);
  if (error !== undefined) {
    throw new Error(`${what} is not as its schema says: ${z.prettifyError(error)}\n${line}`);
  }
  const wrong = unruly(value);
  if (wrong !== undefined) throw new Error(`${what} breaks the rule for ${wrong}\n${line}`);
};

/** 1 January 2001: no count is as high, and no test is as early. */
const MILLISECONDS_MIN = 978_307_200_000;

/** The path of a number that is a time, or an amount without its currency. */
const unruly = (value: unknown, path = ''): string | undefined => {
  if (typeof value === 'number') {
    const isTime = value > MILLISECONDS_MIN && !path.endsWith('Bytes');
    return isTime || path.endsWith('Minor') ? path : undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, member] of Object.entries(value)) {
    // What was sent is shown as it was sent.
    if (name === 'body') continue;
    const wrong = unruly(member, `${path}.${name}`);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
};
