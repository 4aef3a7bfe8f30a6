import type { DelayClass } from './backoff.ts';
import type { HandlerError } from './handler.ts';

/** What becomes of a message after its handler has ended. */
export type Disposition =
  | { readonly type: 'Acknowledge' }
  | { readonly type: 'Retry'; readonly delayClass: DelayClass; readonly retryAfterMs?: number }
  | { readonly type: 'DeadLetter'; readonly reason: string };

/** The one place that knows what an error means for its message. A new error must be placed here to compile. */
export const dispositionOf = (error: HandlerError): Disposition => {
  switch (error.type) {
    // Trying again cannot help: a person must look at the message or at its order.
    case 'MalformedMessage':
    case 'InvalidOrder':
      return deadLetter([error.type, ...error.reasons].join('; '));
    case 'ReviewRequired':
    case 'Unchargeable':
    case 'Undeliverable':
      return deadLetter(`${error.type}; ${error.reason}`);
    case 'PayloadConflict':
    case 'ResendHorizonPassed':
      return deadLetter(error.type);
    case 'CommitTooLarge':
    case 'TooLarge':
      return deadLetter(`${error.type}; ${error.bytes} bytes`);

    // The same key and bytes again, or the same append: safe at any time, useful a little later.
    case 'OutcomeUnknown':
    case 'NotExecuted':
      return retry('normal', error.retryAfterMs);
    case 'NotYet':
      return retry('prompt', error.retryAfterMs);
    case 'ConflictsExhausted':
    case 'Aborted':
      return retry('prompt');
    case 'Uncertain':
    case 'SendFailed':
      return retry('normal');
    case 'Unavailable':
      return retry(error.throttled ? 'throttled' : 'normal');

    // A person must mend it, and until then nothing may be charged; the message waits.
    case 'CorruptStream':
    case 'CorruptRow':
    case 'Misconfigured':
      return retry('slow');
  }
};

const deadLetter = (reason: string): Disposition => ({ type: 'DeadLetter', reason });

const retry = (delayClass: DelayClass, retryAfterMs?: number): Disposition => ({
  type: 'Retry',
  delayClass,
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});
