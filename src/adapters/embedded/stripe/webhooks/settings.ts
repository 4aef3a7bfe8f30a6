import { randomInt } from 'node:crypto';
import { err, ok, type Result } from 'neverthrow';
import { isJsonObject } from '../../../../application/ports/json.ts';
import { FAULT_LIMITS, isWhole } from '../faultSettings.ts';

/** The faults that calls of the webhook can have. */
export const CALL_FAULT_NAMES = [
  /** The event is never sent; the list of events has it. */
  'lost',
  /** The event is sent a second time, though the first call was taken. */
  'doubled',
  /** The event is sent `lateMs` later. */
  'late',
  /**
   * A forged event is sent beside the real one, with an id that does not exist and the signature of
   * another secret.
   */
  'forged',
] as const;

export type CallFault = (typeof CALL_FAULT_NAMES)[number];

/** The settings that `paidonce sandbox webhooks` sets through PUT /sandbox/webhooks. */
export type WebhookSettings = {
  /** An address on loopback. */
  readonly url: string;
  readonly secret: string;
  /** The share of the events that each fault affects, in whole percent. */
  readonly percent: Readonly<Partial<Record<CallFault, number>>>;
  readonly lateMs: number;
  readonly seed: number;
};

const PRESETS = { percent: {}, lateMs: 5_000 } as const;
const SECRET = /^[\x21-\x7e]{1,255}$/;
const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** The mistake is described for the person who made it. */
export const parseWebhookSettings = (value: unknown): Result<WebhookSettings, string> => {
  if (!isJsonObject(value)) return err('webhooks are set by one JSON object');
  const { url, secret, percent = PRESETS.percent, lateMs = PRESETS.lateMs, ...more } = value;
  const { seed = randomInt(FAULT_LIMITS.seed), ...unknown } = more;
  const [name] = Object.keys(unknown);
  if (name !== undefined) return err(`${JSON.stringify(name)} is no setting of webhooks`);
  if (typeof url !== 'string' || !isOnLoopback(url))
    return err('url is no http address on loopback');
  if (typeof secret !== 'string' || !SECRET.test(secret)) {
    return err('secret is not 1 to 255 characters without spaces');
  }
  for (const [setting, number] of Object.entries({ lateMs, seed })) {
    const most = FAULT_LIMITS[setting as 'lateMs' | 'seed'];
    if (!isWhole(number, most)) return err(`${setting} is not a whole number from 0 to ${most}`);
  }
  return parsePercent(percent).map((chosen) => ({
    url,
    secret,
    percent: chosen,
    lateMs: Number(lateMs),
    seed: Number(seed),
  }));
};

/** Whatever is posted stays on this machine. */
const isOnLoopback = (text: string): boolean => {
  const url = URL.parse(text);
  return url?.protocol === 'http:' && LOOPBACK.has(url.hostname) && url.username === '';
};

const parsePercent = (value: unknown): Result<WebhookSettings['percent'], string> => {
  if (!isJsonObject(value)) return err('percent is not one JSON object');
  for (const [name, number] of Object.entries(value)) {
    if (!CALL_FAULT_NAMES.some((each) => each === name)) {
      const names = CALL_FAULT_NAMES.join(', ');
      return err(`no share of webhooks is called ${JSON.stringify(name)}; there are ${names}`);
    }
    if (!isWhole(number, 100)) {
      return err(`the share of ${name} is not a whole number from 0 to 100 percent`);
    }
  }
  return ok(value as WebhookSettings['percent']);
};
