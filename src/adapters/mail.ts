import { err, ok, type Result } from 'neverthrow';
import type { Mail, MailFile, Undeliverable } from '../application/ports/notifier.ts';
import { mailboxOf } from '../domain/mailAddress.ts';

/** Two mails with the same value in this header are copies of one notice. */
export const DEDUPE_HEADER = 'X-Dedupe-Key';

/** SES accepts printable ASCII, at most 870 characters, as the value of a header. */
const HEADER_VALUE = /^[\x20-\x7e]{1,870}$/;

/**
 * The mail as it is sent, with its domain in Punycode. Before any service sees it, refuses an
 * address or key that could add a second recipient or a header, and addresses that no service
 * accepts, which orders from before 0.2 may hold.
 */
export const checkMail = (mail: Mail): Result<Mail, Undeliverable> => {
  const to = mailboxOf(mail.to);
  if (to === undefined) return refuse('MalformedAddress');
  return HEADER_VALUE.test(mail.dedupeKey) ? ok({ ...mail, to }) : refuse('MalformedDedupeKey');
};

/**
 * A file's name in a header: an invoice's number may hold any character that its format does. The
 * path of a file, or what a mail program would run, cannot be made of it.
 */
export const fileNameOf = ({ name }: MailFile): string =>
  name.replaceAll(/[^\w.-]+/gu, '-').slice(-FILE_NAME_CHARACTERS_MAX);

const FILE_NAME_CHARACTERS_MAX = 100;

const refuse = (reason: string) => err<Mail, Undeliverable>({ type: 'Undeliverable', reason });
