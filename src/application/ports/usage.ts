/** The usage that AWS bills, counted from the start of a service. */
export type Usage = {
  /** Requests as SQS bills them, see `queueRequestsOf`. */
  readonly queueRequests: number;
  /** Requests that publish, as SNS bills them: by size, like those to queues. */
  readonly topicRequests: number;
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly logEvents: number;
  /** The bytes of the logs, with `LOG_EVENT_OVERHEAD_BYTES` for each event. */
  readonly logBytes: number;
  readonly mails: number;
  /** The requests by operation: every attempt that was sent, also to services that bill none. */
  readonly requests: Readonly<Record<string, number>>;
};

/**
 * A write costs one unit for each 1 KB, and a strongly consistent read one for each 4 KB:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
const WRITE_UNIT_BYTES = 1_024;
export const READ_UNIT_BYTES = 4_096;
/** A payload of more than this is more than one request: https://aws.amazon.com/sqs/pricing/ */
const QUEUE_REQUEST_BYTES = 65_536;
/** CloudWatch Logs adds this to every event (PutLogEvents, API reference). */
export const LOG_EVENT_OVERHEAD_BYTES = 26;

const unitsOf = (bytes: number, unitBytes: number): number =>
  Math.max(1, Math.ceil(bytes / unitBytes));

/** The units for writing one item of this size. */
export const writeUnitsOf = (bytes: number): number => unitsOf(bytes, WRITE_UNIT_BYTES);
/** The units for reading one item, or one page of items, of this size. */
export const readUnitsOf = (bytes: number): number => unitsOf(bytes, READ_UNIT_BYTES);
/** The requests that SQS bills for one whose messages have this size. */
export const queueRequestsOf = (bytes: number): number => unitsOf(bytes, QUEUE_REQUEST_BYTES);
