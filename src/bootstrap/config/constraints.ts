import { gatewayMode } from '../../adapters/stripe/rules.ts';
import { DEFAULT_DELIVERY_SETTINGS } from '../../application/delivery/settings.ts';
import { VISIBILITY_MAX_MS } from '../../application/ports/messageQueue.ts';
import { AWS_SETTINGS, endpointOf, type AwsService } from './awsSettings.ts';
import type { ConfigMistake } from './configMistake.ts';
import { documentDisagreements } from './documentConstraints.ts';
import { CLOSE_SETTINGS, closeMs, giveUpMs, horizonMaxMs } from './paymentRules.ts';
import { fitsReceives, RECEIVES_MAX } from './queueSettings.ts';
import type { SettingName, Settings } from './settings.ts';
import { CLAIM_TO_MAIL_MAX_MS, handlerTimeMaxMs } from './timeBounds.ts';

/**
 * Mistakes in settings that are right each by itself. A setting that is missing is not compared.
 */
export const disagreements = (settings: Partial<Settings>): readonly ConfigMistake[] => [
  ...distinctQueues(settings),
  ...encryptedKey(settings),
  ...keyOfRealMoney(settings),
  ...fipsWithEndpoint(settings),
  ...fittingTimes(settings),
  ...fittingPaymentTimes(settings),
  ...documentDisagreements(settings),
];

const QUEUES = [
  'PAYMENTS_QUEUE_URL',
  'PAYMENTS_DLQ_URL',
  'NOTIFICATIONS_QUEUE_URL',
  'NOTIFICATIONS_DLQ_URL',
] as const;

/**
 * A dead-letter queue that is its own queue would go round for ever; a shared one mixes two
 * services.
 */
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
  if (!url?.startsWith('http:') || key === undefined || gatewayMode(key) !== 'live') return [];
  const wrong = 'would carry a live key over unencrypted HTTP';
  return [{ name: 'STRIPE_API_URL', wrong, remedy: 'Use https, or a key for tests.' }];
};

/**
 * A regional endpoint, one of a VPC, FIPS or dual-stack, in any partition of the SDK's: named in a
 * setting it is still AWS.
 */
const AWS_DOMAINS = [
  'amazonaws.com',
  'amazonaws.com.cn',
  'amazonaws.eu',
  'api.amazonwebservices.com.cn',
  'api.amazonwebservices.eu',
  'api.aws',
  'api.aws.hci.ic.gov',
  'api.aws.ic.gov',
  'api.aws.scloud',
  'api.cloud-aws.adc-e.uk',
  'c2s.ic.gov',
  'cloud.adc-e.uk',
  'csp.hci.ic.gov',
  'sc2s.sgov.gov',
];

const isOfAws = (address: string): boolean => {
  const { hostname } = new URL(address);
  return AWS_DOMAINS.some((domain) => `.${hostname}`.endsWith(`.${domain}`));
};

/** The SDK builds no FIPS address from one that is given, and refuses each request. */
const fipsWithEndpoint = (settings: Partial<Settings>): readonly ConfigMistake[] => {
  const name = (['AWS_USE_FIPS_ENDPOINT', 'AWS_USE_DUALSTACK_ENDPOINT'] as const).find(
    (one) => settings[one] === 'true',
  );
  if (name === undefined) return [];
  const used = AWS_SERVICES.filter((service) => endpointOf(settings, service) !== undefined);
  if (used.length === 0) return [];
  const wrong = 'is true, and an address of AWS’s endpoints is set as well';
  const remedy = 'Take one of them away: AWS_ENDPOINT_URL… may itself name a FIPS endpoint.';
  return [{ name, wrong, remedy }];
};

const AWS_SERVICES = Object.keys(AWS_SETTINGS) as readonly AwsService[];

/**
 * Without this rule customers of a shop that is open would be notified that they have paid, and
 * nobody was charged.
 */
const keyOfRealMoney = (settings: Partial<Settings>): readonly ConfigMistake[] => {
  const { STRIPE_SECRET_KEY: key, PAYMENTS_QUEUE_URL: queue, ALLOW_TEST_KEY: allowed } = settings;
  const address = endpointOf(settings, 'SQS');
  const isAws = address === undefined || isOfAws(address);
  const isTestKey = key !== undefined && gatewayMode(key) === 'test';
  if (queue === undefined || !isAws || !isTestKey || allowed === 'true') return [];
  const wrong = 'is a test key, and the queues are those of AWS itself';
  const remedy = 'Use a live key, or set ALLOW_TEST_KEY to true where no customer is served.';
  return [{ name: 'STRIPE_SECRET_KEY', wrong, remedy }];
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
  // Otherwise a second process would mail what the first is about to.
  const is = 'the longest from a claim to its mail';
  mustBe('NOTIFICATION_LEASE_MS', 'above', { ms: CLAIM_TO_MAIL_MAX_MS, is });
  const { RETRY_DELAY_BASE_MS, RECEIVE_WAIT_MS, GATEWAY_TIMEOUT_MS } = settings;
  mustBe('RETRY_DELAY_MAX_MS', 'at least', { ms: RETRY_DELAY_BASE_MS, is: 'RETRY_DELAY_BASE_MS' });
  // Otherwise a charge whose answer was lost would come back only when its key may not be sent any
  // more.
  mustBe('RETRY_DELAY_MAX_MS', 'below', {
    ms: settings.GATEWAY_RESEND_HORIZON_MS,
    is: 'GATEWAY_RESEND_HORIZON_MS',
  });
  // Otherwise every stop would cut off the polls, and their messages would stay hidden.
  mustBe('DRAIN_TIMEOUT_MS', 'above', { ms: RECEIVE_WAIT_MS, is: 'RECEIVE_WAIT_MS' });
  // Otherwise every deployment would cut off charges that are on their way.
  mustBe('DRAIN_TIMEOUT_MS', 'above', { ms: GATEWAY_TIMEOUT_MS, is: 'GATEWAY_TIMEOUT_MS' });
  const longest = handlerTimeMaxMs({ gatewayTimeoutMs: GATEWAY_TIMEOUT_MS ?? 0 });
  const ms = Math.max(longest.payments, longest.notifications);
  mustBe('HANDLER_TIMEOUT_MS', 'above', { ms, is: 'the longest that a handler takes' });
  return mistakes;
};

/**
 * One delay of a message may then last as long as its payment stays open, and SQS hides it for so
 * long.
 */
const CLOSE_MAX_MS = VISIBILITY_MAX_MS - 3_600_000;

const fittingPaymentTimes = (settings: Partial<Settings>): readonly ConfigMistake[] => {
  const { GATEWAY_KEY_WINDOW_MS } = settings;
  if (!hasAll(settings, CLOSE_SETTINGS)) return [];
  const mistakes: ConfigMistake[] = [];
  // Otherwise a request could reach the gateway when its key is forgotten, and charge a second
  // time.
  if (GATEWAY_KEY_WINDOW_MS !== undefined) {
    const maxMs = Math.max(0, horizonMaxMs({ ...settings, GATEWAY_KEY_WINDOW_MS }));
    if (settings.GATEWAY_RESEND_HORIZON_MS > maxMs) {
      mistakes.push({
        name: 'GATEWAY_RESEND_HORIZON_MS',
        wrong: `has to be at most GATEWAY_KEY_WINDOW_MS less what one request may last (${maxMs})`,
        remedy: 'Shorten it, or GATEWAY_TIMEOUT_MS; the window is what the gateway promises.',
      });
    }
  }
  if (closeMs(settings) > CLOSE_MAX_MS) {
    mistakes.push({
      name: 'GATEWAY_SETTLE_DELAY_MS',
      wrong:
        `leaves a payment open for longer than ${CLOSE_MAX_MS}, together with ` +
        CLOSE_SETTINGS.filter((name) => name !== 'GATEWAY_SETTLE_DELAY_MS').join(', '),
      remedy: 'Shorten one of them.',
    });
  }
  return [...mistakes, ...fittingReceives(settings, giveUpMs(settings))];
};

type SettingsWith<N extends SettingName> = Partial<Settings> & Pick<Settings, N>;

const hasAll = <const N extends SettingName>(
  settings: Partial<Settings>,
  names: readonly N[],
): settings is SettingsWith<N> => names.every((name) => settings[name] !== undefined);

/** Without this rule a queue would give up on a payment that is still open. */
const fittingReceives = (
  { RETRY_DELAY_BASE_MS: retryBaseMs, RETRY_DELAY_MAX_MS: retryMaxMs }: Partial<Settings>,
  openMs: number,
): readonly ConfigMistake[] => {
  if (retryBaseMs === undefined || retryMaxMs === undefined) return [];
  const delivery = { ...DEFAULT_DELIVERY_SETTINGS, retryBaseMs, retryMaxMs };
  if (fitsReceives(openMs, delivery)) return [];
  return [
    {
      name: 'RETRY_DELAY_MAX_MS',
      wrong:
        `lets an order come back too often while its payment may stay open (${openMs}): ` +
        `its queue allows ${RECEIVES_MAX} receives`,
      remedy: 'Raise it, or shorten GATEWAY_RESEND_HORIZON_MS or GATEWAY_SETTLE_DELAY_MS.',
    },
  ];
};
