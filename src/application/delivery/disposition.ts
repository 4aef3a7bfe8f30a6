import { troubleOf, type Dependency, type Trouble } from '../ports/failures.ts';
import type { DelayClass } from './backoff.ts';
import type { HandlerError } from './handler.ts';

export type Disposition =
  | { readonly type: 'Acknowledge' }
  | { readonly type: 'Retry'; readonly delayClass: DelayClass; readonly retryAfterMs?: number }
  | {
      readonly type: 'DeadLetter';
      readonly reason: string;
      /**
       * It holds also after the lease is lost: the message's next receiver may not come to the same
       * end.
       */
      readonly always?: true;
    }
  | Pause;

/**
 * A dependency is at fault, and not this message. It is tried again later like any other; the same
 * trouble of several messages pauses the polling (see circuit.ts).
 */
export type Pause = {
  readonly type: 'Pause';
  readonly dependency: Dependency;
  readonly trouble: Trouble;
  readonly retryAfterMs?: number;
  /** The cause, for the person who has to fix it. */
  readonly cause?: string;
};

/** The one place that maps an error to the fate of its message; each error needs one. */
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
    case 'DisputeUnknown':
      return deadLetter(`${error.type}; ${error.dispute} of ${error.payment}`);
    case 'PayloadConflict':
    case 'StepsExhausted':
      return deadLetter(error.type);
    case 'CommitTooLarge':
    case 'TooLarge':
      return deadLetter(`${error.type}; ${error.bytes} bytes`);

    // The same key and bytes are sent again: that is safe at any time, and useful a little later.
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
      if (error.trouble !== undefined) {
        return pause(error.dependency ?? 'MessageQueue', error.trouble);
      }
      return error.isFinal === true ? deadLetter(`${error.type}; ${error.code}`) : retry('normal');

    // The same append or call is made again. The dependency does not fail because of this order.
    case 'Uncertain':
      return pause('EventStore', 'Unavailable');
    case 'Unavailable':
      return pause(error.dependency, troubleOf(error));
    case 'Misconfigured':
      return { ...pause(error.dependency, troubleOf(error)), cause: error.cause };

    // The records of one order are damaged. Until a person fixes them nothing may be charged.
    case 'CorruptStream':
    case 'CorruptRow':
      return retry('slow');
  }
};

/** The dead letter of a review has one reason, whenever it was sent. */
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
