import { isJsonObject, parseJson } from '../../application/ports/json.ts';
import type { LogLine, LogTerm } from '../../application/ports/logSearch.ts';
import { redactNamed } from './redact.ts';

const LEVELS = ['info', 'warn', 'error'] as const;
const TEXTS = ['orderId', 'correlationId', 'causationId', 'messageId', 'outcome'] as const;
const NUMBERS = ['attempt', 'durationMs'] as const;
const OF_THE_LINE = ['time', 'level', 'service', 'event', 'id', '_aws'] as const;
const NO_FACTS: ReadonlySet<string> = new Set([...TEXTS, ...NUMBERS, ...OF_THE_LINE]);

/** One event of a log service, as it came. */
export type LogEvent = {
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly logStream: string;
  readonly message: string;
};

/**
 * Reads a line of `toLine` without trusting it; undefined for any other line. Lines of former
 * releases, and of functions, say their time themselves.
 */
export const readLine = ({ timestamp, logStream, message }: LogEvent): LogLine | undefined => {
  const line = parseJson(message).unwrapOr(null);
  if (!isJsonObject(line)) return undefined;
  const { time, service, event, id } = line;
  const level = LEVELS.find((known) => known === line['level']);
  const at = time === undefined ? timestamp : Date.parse(typeof time === 'string' ? time : '');
  if (typeof service !== 'string' || typeof event !== 'string' || typeof id !== 'string') {
    return undefined;
  }
  if (level === undefined || Number.isNaN(at)) return undefined;
  const texts = TEXTS.flatMap((name) => {
    const value = line[name];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  const numbers = NUMBERS.flatMap((name) => {
    const value = line[name];
    return typeof value === 'number' ? [[name, value] as const] : [];
  });
  return {
    id,
    at,
    service,
    logStream,
    bytes: Buffer.byteLength(message),
    level,
    event,

    ...Object.fromEntries<string | number>([...texts, ...numbers]),
    facts: Object.fromEntries(Object.entries(line).filter(isFact)),
  };
};

const isFact = (member: [string, unknown]): member is [string, string | number | boolean] =>
  !NO_FACTS.has(member[0]) && ['string', 'number', 'boolean'].includes(typeof member[1]);

/** All characters of ids; none of them has a meaning in a query. */
const SEARCHABLE = /^[\w.:#/-]{1,128}$/u;

/** Every text was redacted before it was written: a value that redaction changes is in no line. */
export const isSearchable = ({ name, value }: LogTerm): boolean =>
  SEARCHABLE.test(value) && redactNamed(name, value) === value;

export const holdsOneOf = (record: LogLine, terms: readonly LogTerm[]): boolean =>
  terms.some(({ name, value }) => record[name] === value);
