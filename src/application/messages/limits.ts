import { QUEUE_BYTES_MAX } from '../ports/messageQueue.ts';
import { utf8Bytes } from '../../domain/utf8.ts';
import type { MalformedMessage } from '../delivery/handler.ts';

/**
 * The largest body that is read, in bytes of UTF-8: what a queue takes. No valid message is larger,
 * not even an order of version 1 whose texts have their maximum length and are written in escapes
 * throughout.
 */
export const BODY_BYTES_MAX = QUEUE_BYTES_MAX;

/** A body is longer in the envelope of SNS, and the queue takes no more. */
export const WRAPPED_BYTES_MAX = QUEUE_BYTES_MAX;

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

/** The refusal of a body that is too long; undefined where it may be read. */
export const tooLong = (body: string, bytesMax: number): MalformedMessage | undefined =>
  // Each UTF-16 unit takes one to three bytes, so that few bodies need to be counted.
  body.length > bytesMax || (body.length * 3 > bytesMax && utf8Bytes(body) > bytesMax)
    ? malformed(`message: has more than ${bytesMax} bytes, and was not read`)
    : undefined;
