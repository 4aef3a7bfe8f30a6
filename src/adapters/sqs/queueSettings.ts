/**
 * The longest retention of SQS, 14 days: with its default of 4, a long weekend could lose orders.
 */
const RETENTION_SECONDS = 1_209_600;
const LONG_POLL_SECONDS = 20;
/** Queues made before 2025 may still be limited to 256 KiB. */
const MESSAGE_BYTES_MAX = 1_048_576;

export type QueuePlan = {
  readonly name: string;
  readonly deadLetterName: string;
  /**
   * The time in milliseconds for which a message is hidden if its consumer does not say so; this is
   * the minimum.
   */
  readonly visibilityMs: number;
  /** There are more receives than the backoff needs until an open payment is settled. */
  readonly maxReceiveCount: number;
};

export type QueueAttributes = Readonly<Partial<Record<string, string>>>;

export type WrongSetting = {
  readonly setting: string;
  readonly expected: string;
  readonly actual: string;
};

const forEachQueue = {
  MessageRetentionPeriod: String(RETENTION_SECONDS),
  ReceiveMessageWaitTimeSeconds: String(LONG_POLL_SECONDS),
  MaximumMessageSize: String(MESSAGE_BYTES_MAX),
};

/**
 * The settings of a dead-letter queue. With the ARN of its queue, no other queue may send its dead
 * letters here.
 */
export const deadLetterSettings = (queueArn?: string): Record<string, string> => ({
  ...forEachQueue,
  ...(queueArn === undefined ? {} : redriveAllowed(queueArn)),
});

export const redriveAllowed = (queueArn: string): Record<string, string> => ({
  RedriveAllowPolicy: JSON.stringify({
    redrivePermission: 'byQueue',
    sourceQueueArns: [queueArn],
  }),
});

export const queueSettings = (plan: QueuePlan, deadLetterArn: string): Record<string, string> => ({
  ...forEachQueue,
  VisibilityTimeout: String(Math.ceil(plan.visibilityMs / 1000)),
  RedrivePolicy: JSON.stringify({
    deadLetterTargetArn: deadLetterArn,
    maxReceiveCount: plan.maxReceiveCount,
  }),
});

/**
 * SQS reports every attribute except policies that are not set. Without a RedriveAllowPolicy every
 * queue may send dead letters here, which works. Without a RedrivePolicy nothing stops a message
 * that kills its worker. Other servers leave out what they do not support.
 */
const WRONG_WHEN_ABSENT: ReadonlySet<string> = new Set(['RedrivePolicy']);

/** A larger value is an operator's choice: for Lambda, AWS recommends six times its time-out. */
const AT_LEAST: ReadonlySet<string> = new Set(['VisibilityTimeout']);

const isSame = (setting: string, expected: string, found: string): boolean =>
  AT_LEAST.has(setting) ? Number(found) >= Number(expected) : normal(expected) === normal(found);

/** Every setting that differs from the required one. */
export const wrongSettings = (
  wanted: QueueAttributes,
  actual: QueueAttributes,
): readonly WrongSetting[] =>
  Object.entries(wanted).flatMap(([setting, expected = '']) => {
    const found = actual[setting];
    const same =
      found === undefined ? !WRONG_WHEN_ABSENT.has(setting) : isSame(setting, expected, found);
    return same ? [] : [{ setting, expected, actual: found ?? 'not set' }];
  });

/** Policies are JSON text, which servers return with other spaces, orders and kinds of numbers. */
const normal = (value: string): string => {
  if (!value.startsWith('{')) return value;
  const fields = Object.entries(JSON.parse(value) as Record<string, unknown>);
  return JSON.stringify(
    fields.map(([name, field]) => [name, [field].flat().map(String).toSorted()]).toSorted(byName),
  );
};

const byName = (a: readonly unknown[], b: readonly unknown[]): number =>
  String(a[0]).localeCompare(String(b[0]));
