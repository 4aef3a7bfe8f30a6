import { isIP } from 'node:net';
import * as z from 'zod';
import * as Series from '../../domain/series/index.ts';

/*
 * The kinds of settings, each read from text. No message repeats a value, since secrets end up in
 * the wrong variable at times.
 */

const urlOf = (text: string): URL | undefined => URL.parse(text) ?? undefined;

/** Whether it is the origin of a server: nothing after the host, and no password in it. */
const isOrigin = (text: string): boolean => {
  const url = urlOf(text);
  return /^https?:$/.test(url?.protocol ?? '') && url?.href === `${url?.origin}/`;
};

export const origin = (example: string) =>
  z
    .string()
    .refine(isOrigin, 'is not an address of the form http(s)://host[:port]')
    .optional()
    .describe(`Set it to an address such as ${example}, or take it away.`);

export const endpoint = (service: string) =>
  origin('http://127.0.0.1:4566').meta({ title: `where ${service} is reached instead of AWS` });

/** A queue's URL ends in its name; AWS and the emulators agree on no more than that. */
export const queueNameOf = (queueUrl: string): string =>
  urlOf(queueUrl)?.pathname.split('/').at(-1) ?? '';

export const queueUrl = (title: string) =>
  z
    .string()
    .refine((text) => {
      const url = urlOf(text);
      const plain = url?.username === '' && url.search === '' && url.hash === '';
      return plain && /^https?:$/.test(url.protocol) && url.pathname !== '/';
    }, 'is not the URL of a queue')
    .refine((text) => !text.endsWith('.fifo'), 'is a FIFO queue; a standard queue is needed')
    .refine(
      (text) => text.endsWith('.fifo') || /^[\w-]{1,80}$/.test(queueNameOf(text)),
      'does not end in the name of a queue',
    )
    .describe('`paidonce setup` makes the queue and prints this setting.')
    .meta({ title });

// CreateTable: 3 to 255 of these characters.
export const tableName = (title: string) =>
  z
    .string()
    .regex(/^[\w.-]{3,255}$/, 'is not a table name: 3 to 255 letters, digits, _ . or -')
    .describe('`paidonce setup` makes the table and prints this setting.')
    .meta({ title });

export const flag = (title: string) =>
  z
    .enum(['true', 'false'], 'is neither true nor false')
    .optional()
    .describe('Set it to true or false, or take it away.')
    .meta({ title });

type WholeRange = { readonly min: number; readonly max: number };

const isWhole = (text: string, { min, max }: WholeRange): boolean =>
  /^\d{1,12}$/.test(text) && Number(text) >= min && Number(text) <= max;

export const whole = (
  title: string,
  { min, max, preset }: WholeRange & { readonly preset: number },
) =>
  z
    .string()
    .default(String(preset))
    .refine((text) => isWhole(text, { min, max }), `is not a whole number from ${min} to ${max}`)
    .transform(Number)
    .describe(`Set it to a number in that range, or take it away for ${preset}.`)
    .meta({ title });

const isPort = (text: string): boolean => isWhole(text, { min: 0, max: 65_535 });

const NO_PORT = 'is not a port from 0 to 65535';

export const port = (preset: string) =>
  z.string().default(preset).refine(isPort, NO_PORT).transform(Number);

export const optionalPort = () => z.string().refine(isPort, NO_PORT).transform(Number).optional();

export const address = (title: string) =>
  z
    .string()
    .refine((text) => isIP(text) !== 0, 'is not an IP address')
    .optional()
    .describe('Set it to one address of this machine, such as 127.0.0.1, or take it away for all.')
    .meta({ title });

export const seriesName = (preset: string, title: string) =>
  z
    .string()
    .default(preset)
    .refine(Series.isSeriesName, 'is not a name of 1 to 16 letters, digits or _')
    .describe(`Set it to such a name, or take it away for ${preset}.`)
    .meta({ title });

const NUMBER_FORMAT = '{series}-{year}-{number:6}';

export const numberFormat = (title: string) =>
  z
    .string()
    .default(NUMBER_FORMAT)
    .transform((text, context) =>
      Series.parseFormat(text).match(
        (format) => format,
        () => {
          // The reasons say what was there, and no message repeats a value.
          context.addIssue({ code: 'custom', message: 'is not a format for numbers' });
          return z.NEVER;
        },
      ),
    )
    .describe(
      `Set it to a format such as ${NUMBER_FORMAT} (at most ` +
        `${Series.FORMAT_CHARACTERS_MAX} characters, with {year} and {number} once each ` +
        'and apart), or take it away for that.',
    )
    .meta({ title });
