import type { ReceivedMessage } from './messageQueue.ts';

/** The work in which a call was asked for. Only its maker can read it. */
export type WorkOrigin = object;

/** Traces the handling of messages and group commits; absent while tracing is off. */
export interface WorkTracing {
  /** Runs work that belongs together, such as all that one order causes where it comes in. */
  during<T>(name: string, work: () => Promise<T>): Promise<T>;

  /** Runs a receive's work, from its handling until it is settled. `queue` is its short name. */
  handling<T>(message: ReceivedMessage, queue: string, work: () => Promise<T>): Promise<T>;

  /** The work under way; undefined where there is none. */
  origin(): WorkOrigin | undefined;

  /** Runs one call, such as `SQS/DeleteMessageBatch`, for the works that have asked for it. */
  sharedCall<T>(
    name: string,
    origins: readonly (WorkOrigin | undefined)[],
    call: () => Promise<T>,
  ): Promise<T>;
}
