import { err, ok } from 'neverthrow';
import type { Result } from 'neverthrow';
import type { Mail, Undeliverable } from '../../application/ports/notifier.ts';
import { isMailAddress } from './address.ts';

/** SES takes printable ASCII, at most 870 characters, as the value of a header. */
const HEADER_VALUE = /^[\x20-\x7e]{1,870}$/;

/** Refuses, before any service sees it, what could smuggle in a second recipient or a header. */
export const acceptable = (mail: Mail): Result<Mail, Undeliverable> => {
  if (!isMailAddress(mail.to)) return refuse('MalformedAddress');
  return HEADER_VALUE.test(mail.dedupeKey) ? ok(mail) : refuse('MalformedDedupeKey');
};

const refuse = (reason: string) => err<Mail, Undeliverable>({ type: 'Undeliverable', reason });
