/** How long SQS keeps a message at most: 14 days; its default of 4 would let a long weekend lose orders. */
const RETENTION_SECONDS = 1_209_600;
const LONG_POLL_SECONDS = 20;
/** Queues made before 2025 may still be limited to 256 KiB. */
const MESSAGE_BYTES_MAX = 1_048_576;

export type QueuePlan = {
  readonly name: string;
  readonly deadLetterName: string;
  /** What hides a message that a consumer receives without saying for how long; at least so much. */
  readonly visibilityMs: number;
  /** More than the receives that the backoff needs until an open payment is settled one way or the other. */
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

/** With the ARN of its queue, no other queue may send its dead letters here. */
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
 * SQS reports every attribute but policies that are not set. Without a RedriveAllowPolicy every queue may
 * send dead letters here, which works; without a RedrivePolicy nothing stops a message that kills its
 * worker. Other servers leave out what they do not have.
 */
const WRONG_WHEN_ABSENT: ReadonlySet<string> = new Set(['RedrivePolicy']);

/** More than is wanted is an operator's choice: AWS advises six times a function's time-out for Lambda. */
const AT_LEAST: ReadonlySet<string> = new Set(['VisibilityTimeout']);

const isSame = (setting: string, expected: string, found: string): boolean =>
  AT_LEAST.has(setting) ? Number(found) >= Number(expected) : normal(expected) === normal(found);

/** Every setting that is not as it is wanted. */
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

/** Policies are JSON text, which servers give back with other spaces, orders and kinds of numbers. */
const normal = (value: string): string => {
  if (!value.startsWith('{')) return value;
  const fields = Object.entries(JSON.parse(value) as Record<string, unknown>);
  return JSON.stringify(
    fields.map(([name, field]) => [name, [field].flat().map(String).toSorted()]).toSorted(byName),
  );
};

const byName = (a: readonly unknown[], b: readonly unknown[]): number =>
  String(a[0]).localeCompare(String(b[0]));
