import type { ReceivedMessage } from './messageQueue.ts';

/** The work in which something is handed over. Only its maker can read it. */
export type WorkOrigin = object;

/** What the handling of messages and group commits show of themselves; absent while it is off. */
export interface WorkTracing {
  /** Runs what belongs together, such as all that one order causes where it comes in. */
  during<T>(name: string, work: () => Promise<T>): Promise<T>;

  /** Runs a receive's work, from its handling until it is settled. `queue` is its short name. */
  handling<T>(message: ReceivedMessage, queue: string, work: () => Promise<T>): Promise<T>;

  /** The work under way; undefined where there is none. */
  origin(): WorkOrigin | undefined;

  /** Runs one call, such as `SQS/DeleteMessageBatch`, for what these have handed over. */
  sharedCall<T>(
    name: string,
    origins: readonly (WorkOrigin | undefined)[],
    call: () => Promise<T>,
  ): Promise<T>;
}
