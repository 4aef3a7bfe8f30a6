import type { ResultAsync } from 'neverthrow';
import type { Misconfiguration, Unavailable } from './failures.ts';

export type MailFile = {
  /** The name with its extension: `INV-2026-000007.pdf`. */
  readonly name: string;
  /** The media type, such as `application/pdf`. */
  readonly mediaType: string;
  readonly bytes: Uint8Array;
};

export type Mail = {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The key `<orderId>:<noticeId>`, sent in a header to recognize two copies of one notice. */
  readonly dedupeKey: string;
  /** The files that are attached to the mail. */
  readonly files?: readonly MailFile[];
};

/** The mail service will never accept this mail: the address is malformed or suppressed. */
export type Undeliverable = { readonly type: 'Undeliverable'; readonly reason: string };

export type NotifierError =
  | Undeliverable
  | Misconfiguration
  /** `notTaken`: the mail never reached the service. Otherwise it may have been accepted. */
  | (Unavailable & { readonly notTaken?: true });

/** Whether the mail is known not to have been accepted, so that it may be sent again. */
export const isNotTaken = (error: NotifierError): boolean =>
  error.type !== 'Unavailable' || error.notTaken === true;

export interface Notifier {
  /** Sends the mail once, in one attempt. The caller decides whether to try again. */
  send(mail: Mail): ResultAsync<{ readonly messageId: string }, NotifierError>;
}
