import { defined } from '../../defined.ts';

/*
 * What CloudWatch Logs accepts and refuses, from its API reference (Logs_20140328). These rules are
 * not shared with the adapter, so that a wrong limit in the adapter fails here.
 */
const EVENTS_MAX = 10_000;
const BATCH_BYTES_MAX = 1_048_576;
const EVENT_OVERHEAD_BYTES = 26;
const EVENT_BYTES_MAX = 1_048_576;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const FUTURE_MAX_MS = 2 * HOUR_MS;
const AGE_MAX_MS = 14 * DAY_MS;
const GROUP_NAME = /^[.\-_/#A-Za-z0-9]{1,512}$/;
const STREAM_NAME = /^[^:*]{1,512}$/;
const RETENTIONS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
  3653,
];

export type ServiceError = { readonly name: string; readonly message: string };
export type InputEvent = { readonly timestamp: number; readonly message: string };
export const invalid = (message: string): ServiceError => ({
  name: 'InvalidParameterException',
  message,
});

export const checkGroupName = (name: unknown): ServiceError | undefined =>
  typeof name === 'string' && GROUP_NAME.test(name) ? undefined : violates('logGroupName');

export const checkStreamName = (name: unknown): ServiceError | undefined =>
  typeof name === 'string' && STREAM_NAME.test(name) ? undefined : violates('logStreamName');

export const isRetention = (days: unknown): days is number =>
  typeof days === 'number' && RETENTIONS.includes(days);

export const isEvents = (events: unknown): events is readonly InputEvent[] =>
  Array.isArray(events) && events.every(isEvent);

/** Mistakes that make the whole call fail. */
export const checkBatch = (
  events: readonly InputEvent[],
  now: number,
): ServiceError | undefined => {
  if (events.length < 1 || events.length > EVENTS_MAX) return violates('logEvents');
  const sizes = events.map(({ message }) => Buffer.byteLength(message));
  if (sizes.includes(0)) return violates('logEvents.member.message');
  if (sizes.some((size) => size > EVENT_BYTES_MAX)) return invalid('Log event too large.');
  const bytes = sizes.reduce((sum, size) => sum + size + EVENT_OVERHEAD_BYTES, 0);
  if (bytes > BATCH_BYTES_MAX) {
    return invalid(`Upload too large: ${bytes} bytes exceeds limit of ${BATCH_BYTES_MAX}`);
  }
  const times = events.map(({ timestamp }) => timestamp);
  if (times.some((time, index) => time < (times[index - 1] ?? 0))) {
    return invalid('Log events in a single PutLogEvents request must be in chronological order.');
  }
  const valid = times.filter((time) => time >= now - AGE_MAX_MS && time <= now + FUTURE_MAX_MS);
  if ((valid.at(-1) ?? 0) - (valid[0] ?? 0) > DAY_MS) {
    return invalid(
      'The batch of log events in a single PutLogEvents request cannot span more than 24 hours.',
    );
  }
  return undefined;
};

/** Events that are left out although the call succeeds. They are in chronological order here. */
export const rejections = (
  events: readonly InputEvent[],
  now: number,
  retentionDays: number | undefined,
) => {
  const firstAt = (isSo: (time: number) => boolean) => {
    const index = events.findIndex(({ timestamp }) => isSo(timestamp));
    return index === -1 ? events.length : index;
  };
  const tooOld = firstAt((time) => time >= now - AGE_MAX_MS);
  const kept = Math.min(AGE_MAX_MS, (retentionDays ?? Infinity) * DAY_MS);
  const expired = firstAt((time) => time >= now - kept);
  const tooNew = firstAt((time) => time > now + FUTURE_MAX_MS);
  return defined({
    tooOldLogEventEndIndex: tooOld > 0 ? tooOld : undefined,
    expiredLogEventEndIndex: expired > tooOld ? expired : undefined,
    tooNewLogEventStartIndex: tooNew < events.length ? tooNew : undefined,
  });
};

const isEvent = (event: unknown): event is InputEvent =>
  typeof event === 'object' &&
  event !== null &&
  'timestamp' in event &&
  Number.isSafeInteger(event.timestamp) &&
  'message' in event &&
  typeof event.message === 'string';

const violates = (where: string): ServiceError =>
  invalid(`1 validation error detected: Value at '${where}' failed to satisfy constraint`);
