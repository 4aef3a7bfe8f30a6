import { err, ok } from 'neverthrow';
import type { Result } from 'neverthrow';
import type { Mail, Undeliverable } from '../../application/ports/notifier.ts';
import { mailboxOf } from '../../domain/mailAddress.ts';

/** SES takes printable ASCII, at most 870 characters, as the value of a header. */
const HEADER_VALUE = /^[\x20-\x7e]{1,870}$/;

/**
 * The mail as it is sent, its domain in Punycode. Refuses, before any service sees it, what could smuggle in a
 * second recipient or a header, and what orders of before 0.2 may hold: an address that no service takes.
 */
export const checkMail = (mail: Mail): Result<Mail, Undeliverable> => {
  const to = mailboxOf(mail.to);
  if (to === undefined) return refuse('MalformedAddress');
  return HEADER_VALUE.test(mail.dedupeKey) ? ok({ ...mail, to }) : refuse('MalformedDedupeKey');
};

const refuse = (reason: string) => err<Mail, Undeliverable>({ type: 'Undeliverable', reason });
