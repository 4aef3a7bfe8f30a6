import type { ResultAsync } from 'neverthrow';
import type { Misconfigured, Unavailable } from './failures.ts';

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

export type NotifierError = Undeliverable | Unavailable | Misconfigured;

export interface Notifier {
  /** Hands the mail over once. On `Unavailable` it may have been taken all the same. */
  send(mail: Mail): ResultAsync<{ readonly messageId: string }, NotifierError>;
}
