import { DEFAULT_DELIVERY_SETTINGS } from '../../application/delivery/settings.ts';
import { fitsReceives, RECEIVES_MAX } from './queuePlan.ts';
import type { SettingName, Settings } from './settings.ts';
import { handlerTimeMaxMs } from './timeBounds.ts';

/** Never holds a value: a secret may have been put under the wrong name. */
export type ConfigMistake = {
  readonly name: SettingName;
  readonly wrong: string;
  readonly remedy: string;
};

/** What is wrong with settings that are right each by itself. Of those that are not there nothing is said. */
export const disagreements = (settings: Partial<Settings>): readonly ConfigMistake[] => [
  ...distinctQueues(settings),
  ...encryptedKey(settings),
  ...fittingTimes(settings),
  ...fittingReceives(settings),
];

const QUEUES = [
  'PAYMENTS_QUEUE_URL',
  'PAYMENTS_DLQ_URL',
  'NOTIFICATIONS_QUEUE_URL',
  'NOTIFICATIONS_DLQ_URL',
] as const;

/** A dead-letter queue that is its own queue would go round for ever; a shared one mixes two services. */
const distinctQueues = (settings: Partial<Settings>): readonly ConfigMistake[] =>
  QUEUES.flatMap((name, index) => {
    const same = QUEUES.slice(0, index).find(
      (other) => settings[name] !== undefined && settings[other] === settings[name],
    );
    if (same === undefined) return [];
    const remedy = 'Give each of the four queues a URL of its own.';
    return [{ name, wrong: `is the same queue as ${same}`, remedy }];
  });

const encryptedKey = (settings: Partial<Settings>): readonly ConfigMistake[] => {
  const { STRIPE_API_URL: url, STRIPE_SECRET_KEY: key } = settings;
  if (!url?.startsWith('http:') || !key?.includes('_live_')) return [];
  const wrong = 'would carry a live key over unencrypted HTTP';
  return [{ name: 'STRIPE_API_URL', wrong, remedy: 'Use https, or a key for tests.' }];
};

const fittingTimes = (settings: Partial<Settings>): readonly ConfigMistake[] => {
  const mistakes: ConfigMistake[] = [];
  const mustBe = (
    name: SettingName,
    relation: 'above' | 'at least' | 'below',
    limit: { readonly ms: number | undefined; readonly is: string },
  ): void => {
    const value = settings[name];
    if (typeof value !== 'number' || limit.ms === undefined) return;
    const holds = {
      above: value > limit.ms,
      'at least': value >= limit.ms,
      below: value < limit.ms,
    };
    if (holds[relation]) return;
    const wrong = `has to be ${relation} ${limit.is} (${limit.ms})`;
    mistakes.push({ name, wrong, remedy: 'Change one of the two.' });
  };
  const { RETRY_DELAY_BASE_MS, RECEIVE_WAIT_MS, GATEWAY_TIMEOUT_MS } = settings;
  mustBe('RETRY_DELAY_MAX_MS', 'at least', { ms: RETRY_DELAY_BASE_MS, is: 'RETRY_DELAY_BASE_MS' });
  // Else a charge whose answer was lost would come back only when its key may not be sent any more.
  mustBe('RETRY_DELAY_MAX_MS', 'below', {
    ms: settings.GATEWAY_RESEND_HORIZON_MS,
    is: 'GATEWAY_RESEND_HORIZON_MS',
  });
  // Else every stop would cut off the polls, and what they bring would stay hidden.
  mustBe('DRAIN_TIMEOUT_MS', 'above', { ms: RECEIVE_WAIT_MS, is: 'RECEIVE_WAIT_MS' });
  // Else every deployment would cut off charges that are on their way.
  mustBe('DRAIN_TIMEOUT_MS', 'above', { ms: GATEWAY_TIMEOUT_MS, is: 'GATEWAY_TIMEOUT_MS' });
  const longest = handlerTimeMaxMs({ gatewayTimeoutMs: GATEWAY_TIMEOUT_MS ?? 0 });
  const ms = Math.max(longest.payments, longest.notifications);
  mustBe('HANDLER_TIMEOUT_MS', 'above', { ms, is: 'the longest that a handler takes' });
  return mistakes;
};

/** Else a queue would give up on a payment that is still open. */
const fittingReceives = (settings: Partial<Settings>): readonly ConfigMistake[] => {
  const { GATEWAY_RESEND_HORIZON_MS: horizonMs, RETRY_DELAY_BASE_MS: retryBaseMs } = settings;
  const { RETRY_DELAY_MAX_MS: retryMaxMs } = settings;
  if (horizonMs === undefined || retryBaseMs === undefined || retryMaxMs === undefined) return [];
  const delivery = { ...DEFAULT_DELIVERY_SETTINGS, retryBaseMs, retryMaxMs };
  if (fitsReceives(horizonMs, delivery)) return [];
  const wrong = `lets a payment come back too often before GATEWAY_RESEND_HORIZON_MS is over: its queue allows ${RECEIVES_MAX} receives`;
  return [{ name: 'RETRY_DELAY_MAX_MS', wrong, remedy: 'Raise it, or shorten the horizon.' }];
};
