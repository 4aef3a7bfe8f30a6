import { troubleOf, type Dependency, type Trouble } from '../ports/failures.ts';
import type { DelayClass } from './backoff.ts';
import type { HandlerError } from './handler.ts';

/** What becomes of a message after its handler has ended. */
export type Disposition =
  | { readonly type: 'Acknowledge' }
  | { readonly type: 'Retry'; readonly delayClass: DelayClass; readonly retryAfterMs?: number }
  | {
      readonly type: 'DeadLetter';
      readonly reason: string;
      /** Also where the lease was lost, since whoever has the message now may never come to the same end. */
      readonly always?: true;
    }
  | Pause;

/**
 * Not this message is at fault but what every message needs. It is tried again later like any other; what
 * several messages report of one dependency pauses the polling (see circuit.ts).
 */
export type Pause = {
  readonly type: 'Pause';
  readonly dependency: Dependency;
  readonly trouble: Trouble;
  readonly retryAfterMs?: number;
  /** Of what only a person can mend, for whoever is told. */
  readonly cause?: string;
};

/** The one place that knows what an error means for its message. A new error must be placed here to compile. */
export const dispositionOf = (error: HandlerError): Disposition => {
  switch (error.type) {
    // Trying again cannot help: a person must look at the message or at its order.
    case 'MalformedMessage':
    case 'InvalidOrder':
      return deadLetter([error.type, ...error.reasons].join('; '));
    case 'NotAllowed':
      return deadLetter(`${error.type}; ${error.command} from ${error.senderId ?? 'nobody known'}`);
    case 'ReviewRequired':
    case 'Unchargeable':
    case 'Undeliverable':
      return deadLetter(reasonOf(error));
    case 'Contradiction':
      return { ...deadLetter(`ReviewRequired; ${error.reason}`), always: true };
    case 'PayloadConflict':
    case 'StepsExhausted':
      return deadLetter(error.type);
    case 'CommitTooLarge':
    case 'TooLarge':
      return deadLetter(`${error.type}; ${error.bytes} bytes`);

    // The same key and bytes again: safe at any time, useful a little later.
    case 'OutcomeUnknown':
    case 'NotExecuted':
      return error.trouble === undefined
        ? retry('normal', error.retryAfterMs)
        : pause('PaymentGateway', error.trouble, error.retryAfterMs);
    case 'NotYet':
      return retry('prompt', error.retryAfterMs);
    case 'ConflictsExhausted':
    case 'Aborted':
      return retry('prompt');
    case 'SendFailed':
      if (error.trouble !== undefined) return pause('MessageQueue', error.trouble);
      return error.isFinal === true ? deadLetter(`${error.type}; ${error.code}`) : retry('normal');

    // The same append or call again. Nothing about this order makes the dependency fail.
    case 'Uncertain':
      return pause('EventStore', 'Unavailable');
    case 'Unavailable':
      return pause(error.dependency, troubleOf(error));
    case 'Misconfigured':
      return { ...pause(error.dependency, troubleOf(error)), cause: error.cause };

    // One order's records are damaged: a person must mend them, and until then nothing may be charged.
    case 'CorruptStream':
    case 'CorruptRow':
      return retry('slow');
  }
};

/** A review's letter has the same reason whether it was sent before the review or at the end. */
export const reasonOf = ({ type, reason }: { readonly type: string; readonly reason: string }) =>
  `${type}; ${reason}`;

const deadLetter = (reason: string) => ({ type: 'DeadLetter', reason }) as const;

const retry = (delayClass: DelayClass, retryAfterMs?: number): Disposition => ({
  type: 'Retry',
  delayClass,
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});

const pause = (dependency: Dependency, trouble: Trouble, retryAfterMs?: number): Pause => ({
  type: 'Pause',
  dependency,
  trouble,
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});
