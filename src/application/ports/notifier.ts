import type { ResultAsync } from 'neverthrow';
import type { Misconfiguration, Unavailable } from './failures.ts';

export type Mail = {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** `<orderId>:<kind>`, put into a header, so that two copies of one notice can be told to be one. */
  readonly dedupeKey: string;
};

/** The mail service will never take this mail: the address is malformed or suppressed. */
export type Undeliverable = { readonly type: 'Undeliverable'; readonly reason: string };

export type NotifierError =
  | Undeliverable
  | Misconfiguration
  /** `notTaken`: it was throttled, refused or never reached; otherwise it may have been taken all the same. */
  | (Unavailable & { readonly notTaken?: true });

/** Whether it is known that the mail was not taken. What is not known may not be repeated at will. */
export const isNotTaken = (error: NotifierError): boolean =>
  error.type !== 'Unavailable' || error.notTaken === true;

export interface Notifier {
  /** Hands the mail over once, in one attempt: whoever calls decides whether there is to be another. */
  send(mail: Mail): ResultAsync<{ readonly messageId: string }, NotifierError>;
}
