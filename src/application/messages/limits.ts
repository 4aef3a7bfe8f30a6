import {
  DESCRIPTION_CHARACTERS_MAX,
  LINES_MAX,
  SKU_CHARACTERS_MAX,
} from '../../domain/order/index.ts';
import { utf8Bytes } from '../../domain/utf8.ts';
import type { MalformedMessage } from '../delivery/handler.ts';

/** JSON may spell a character beyond the basic plane as two escapes: `\ud83d\ude00`. */
const CHARACTER_BYTES_MAX = 12;
/** Names, numbers, braces and commas of one line take 111 bytes; indentation the rest. */
const LINE_FRAME_BYTES_MAX = 512;
/** Beside the lines: 254 characters of an address, 256 of ids and token, and the names. */
const ORDER_FRAME_BYTES_MAX = 8_192;

/**
 * The largest valid message in UTF-8: an order in which every text has its maximum length and is
 * written in escapes throughout. All other messages are smaller. A larger body is refused before
 * anything reads it.
 */
export const BODY_BYTES_MAX =
  LINES_MAX *
    ((SKU_CHARACTERS_MAX + DESCRIPTION_CHARACTERS_MAX) * CHARACTER_BYTES_MAX +
      LINE_FRAME_BYTES_MAX) +
  ORDER_FRAME_BYTES_MAX;

/** What SNS adds: ids, addresses, a signature, and at most this much for attributes. */
const ENVELOPE_FRAME_BYTES_MAX = 65_536;

/** SNS sends a message as a text, in which each quote and backslash takes another byte. */
export const WRAPPED_BYTES_MAX = 2 * BODY_BYTES_MAX + ENVELOPE_FRAME_BYTES_MAX;

/** Reasons are logged and kept: a message with a thousand mistakes does not list them all. */
const REASONS_MAX = 100;

export const malformed = (...reasons: readonly string[]): MalformedMessage => ({
  type: 'MalformedMessage',
  reasons,
});

export const atMost = (reasons: readonly string[]): readonly string[] =>
  reasons.length <= REASONS_MAX
    ? reasons
    : [...reasons.slice(0, REASONS_MAX), `message: and ${reasons.length - REASONS_MAX} more`];

/** Undefined where a body may be read. Nothing else is done with one that is too long. */
export const tooLong = (body: string, bytesMax: number): MalformedMessage | undefined =>
  // Each UTF-16 unit takes one to three bytes, so that few bodies need to be counted.
  body.length > bytesMax || (body.length * 3 > bytesMax && utf8Bytes(body) > bytesMax)
    ? malformed(`message: has more than ${bytesMax} bytes, and was not read`)
    : undefined;
