const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const TIME_DIGITS = 10;
/** No queue keeps a message for longer. */
const RETENTION_MS = 14 * 86_400_000;

/**
 * The time at which an id was created, in milliseconds since the epoch, if it fits the time at
 * which it was first seen. Others may choose their ids freely, so that only a time within a queue's
 * retention is believed.
 */
export const timeOfUlid = (id: string, seenAt: number): number | undefined => {
  if (!ULID.test(id)) return undefined;
  const digits = Array.from({ length: TIME_DIGITS }, (_, at) => DIGITS.indexOf(id.charAt(at)));
  const time = digits.reduce((sum, digit) => sum * DIGITS.length + digit, 0);
  return time <= seenAt && time >= seenAt - RETENTION_MS ? time : undefined;
};
