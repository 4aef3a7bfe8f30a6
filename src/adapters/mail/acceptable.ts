import { err, ok } from 'neverthrow';
import type { Result } from 'neverthrow';
import type { Mail, Undeliverable } from '../../application/ports/notifier.ts';

/** RFC 5321: at most 64 octets before the @ and 255 after it. SES takes no other than ASCII in either part. */
const ADDRESS = /^[\x21-\x3f\x41-\x7e]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,253}[A-Za-z0-9])?$/;
/** These would end the address, or start another one, within a header. */
const SEPARATORS = /[<>,;:"()[\]\\]/;

/** SES takes printable ASCII, at most 870 characters, as the value of a header. */
const HEADER_VALUE = /^[\x20-\x7e]{1,870}$/;

/** Refuses, before any service sees it, what could smuggle in a second recipient or a header. */
export const acceptable = (mail: Mail): Result<Mail, Undeliverable> => {
  if (!ADDRESS.test(mail.to) || SEPARATORS.test(mail.to)) return refuse('MalformedAddress');
  return HEADER_VALUE.test(mail.dedupeKey) ? ok(mail) : refuse('MalformedDedupeKey');
};

const refuse = (reason: string) => err<Mail, Undeliverable>({ type: 'Undeliverable', reason });
