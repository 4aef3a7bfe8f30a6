import * as z from 'zod';
import { DEFAULT_DELIVERY_SETTINGS } from '../../application/delivery/settings.ts';
import {
  QUEUE_BATCH_MAX,
  QUEUE_BYTES_MAX,
  VISIBILITY_MAX_MS,
} from '../../application/ports/messageQueue.ts';
import {
  STRIPE_KEY_WINDOW_MS,
  STRIPE_SEARCH_LAG_MS,
  STRIPE_TIMEOUT_MS,
} from '../../adapters/stripe/rules.ts';
import { awsSchemas } from './awsSchemas.ts';
import { documentSchemas } from './documentSchemas.ts';
import { mailSchemas } from './mailSchemas.ts';
import { isPersonalDataKey, readPersonalDataKey } from './personalDataKey.ts';
import { tracingSchemas } from './tracingSchemas.ts';
import { secretSchemas } from './secretSchemas.ts';
import { webhookSchemas } from './webhookSchemas.ts';
import { address, flag, optionalPort, origin, queueUrl, tableName, whole } from './settingTypes.ts';

/** Keys in base64, its URL form or hexadecimal; at most four while keys are changed. */
const SEAL_KEYS = /^[\w+/=.-]{32,256}(?:,[\w+/=.-]{32,256}){0,3}$/;

/**
 * The id of a role, or of a session of it unless a comma is in its name. The first part of an IPv6
 * address, which SQS may give for an anonymous sender, is shorter.
 */
const SENDER_ID = String.raw`[\w.]{8,128}(?::[\w+=.@-]{2,64})?`;
const SENDER_IDS = new RegExp(`^${SENDER_ID}(?:,${SENDER_ID}){0,49}$`);

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const delivery = DEFAULT_DELIVERY_SETTINGS;

/**
 * Every setting there is, under the name it has in the environment. `description` is how to fix a
 * mistake, `title` what it is for. No message repeats a value, since secrets end up in the wrong
 * variable at times.
 */
export const settingSchemas = {
  ...awsSchemas,

  PAYMENTS_QUEUE_URL: queueUrl('orders to be paid'),
  PAYMENTS_DLQ_URL: queueUrl('orders that nobody could handle, with the reason'),
  NOTIFICATIONS_QUEUE_URL: queueUrl('the notices to customers'),
  NOTIFICATIONS_DLQ_URL: queueUrl('notices that nobody could handle, with the reason'),
  EVENTS_TABLE: tableName('the append-only log'),
  INVOICES_TABLE: tableName('the read model of invoices'),
  KEYS_TABLE: tableName('the keys of personal data'),
  LOG_GROUP: z
    .string()
    // CreateLogGroup: 1 to 512 of these characters, and not a name of AWS's own.
    .regex(/^(?!aws\/)[\w./#-]{1,512}$/, 'is not the name of a log group')
    .describe('`paidonce setup` makes the log group and prints this setting.')
    .meta({ title: 'log group of the structured records' }),
  ORDER_EVENTS_TOPIC_ARN: z
    .string()
    // CreateTopic: up to 256 of these characters, and `.fifo` behind the name of a FIFO topic.
    .regex(
      /^arn:aws[\w-]*:sns:[\w-]{1,32}:\d{12}:(?:[\w-]{1,256}|[\w-]{1,251}\.fifo)$/,
      'is not the ARN of a topic',
    )
    .optional()
    .describe(
      'Set it to arn:aws:sns:REGION:ACCOUNT:NAME, for which `paidonce setup` makes the topic, or ' +
        'take it away.',
    )
    .meta({ title: 'topic on which others hear of orders; without it nobody does' }),
  METRICS_NAMESPACE: z
    .string()
    // PutMetricData: 1 to 255 of these characters, and not a name of AWS's own.
    .regex(/^(?!AWS\/)[\w./#-]{1,255}$/, 'is not a namespace for metrics')
    .default('Paidonce')
    .describe('Set it to up to 255 letters, digits, _ . / # or -, or take it away for Paidonce.')
    .meta({ title: 'where CloudWatch keeps the metrics that are in the records' }),

  STRIPE_SECRET_KEY: z
    .string()
    .regex(/^[sr]k_(test|live)_\w{1,240}$/, 'is not a secret or restricted key of Stripe')
    .describe('Take the key that begins with sk_ or rk_ from dashboard.stripe.com/apikeys.')
    .meta({ title: 'key of the payment gateway' }),
  STRIPE_API_URL: origin('http://127.0.0.1:12111').meta({ title: 'a sandbox instead of Stripe' }),
  ...webhookSchemas,
  ALLOW_TEST_KEY: flag('true: a test key may be used with the queues of AWS itself'),
  INTENT_SEAL_KEYS: z
    .string()
    .regex(SEAL_KEYS, 'is not a list of secrets of 32 to 256 characters, parted by commas')
    .transform((text): [string, ...string[]] => {
      const [first = '', ...others] = text.split(',');
      return [first, ...others];
    })
    .describe(
      'Make one with `openssl rand -base64 48`, and keep it secret from all but the ' +
        'payment service.',
    )
    .meta({ title: 'secrets that seal money intents; the first seals, all are accepted' }),
  REFUND_SENDER_IDS: z
    .string()
    .regex(SENDER_IDS, 'is not a list of 1 to 50 principal ids, parted by commas without blanks')
    .transform((text) => text.split(','))
    .optional()
    .describe(
      'Set it to ids such as `aws iam get-role --query Role.RoleId` prints, or take it ' +
        'away for anyone.',
    )
    .meta({ title: 'who may refund and cancel; without it, whoever may send' }),
  PERSONAL_DATA_KEY: z
    .string()
    .refine(isPersonalDataKey, 'is neither none nor a list of kms:… and local:…')
    .transform(readPersonalDataKey)
    .describe(
      'Set it to kms: and the id, ARN or alias of a symmetric key of AWS KMS, or to local: and ' +
        '32 bytes from `openssl rand -base64 32`, or to none.',
    )
    .meta({ title: 'what encrypts the keys of personal data; the first encrypts, all decrypt' }),
  INVOICE_RETENTION_YEARS: whole(
    'years behind that of an invoice for which an erasure leaves its buyer readable',
    { min: 0, max: 99, preset: 10 },
  ),
  ...mailSchemas,

  WORKER_CONCURRENCY: whole('messages in flight at once, for each service', {
    min: 1,
    max: 1_000,
    preset: delivery.concurrency,
  }),
  WORKER_GROUP_SHARE: whole('percent of them for one message group while others wait', {
    min: 1,
    max: 100,
    preset: delivery.groupShare * 100,
  }),
  HELD_BYTES_MAX: whole('bytes of the messages held at once, for each service', {
    // Less would not hold what one receive may bring.
    min: QUEUE_BATCH_MAX * QUEUE_BYTES_MAX,
    max: 2 ** 31,
    preset: delivery.heldBytesMax,
  }),
  VISIBILITY_TIMEOUT_MS: whole('how long a receive hides a message; renewed while it is handled', {
    min: 10_000,
    max: HOUR_MS,
    preset: delivery.visibilityMs,
  }),
  HANDLER_TIMEOUT_MS: whole('a handler that takes longer is aborted; its message comes again', {
    min: MINUTE_MS,
    max: VISIBILITY_MAX_MS - HOUR_MS,
    preset: delivery.leaseMs,
  }),
  RETRY_DELAY_BASE_MS: whole('first delay before a message is tried again; then it doubles', {
    min: 1,
    max: HOUR_MS,
    preset: delivery.retryBaseMs,
  }),
  RETRY_DELAY_MAX_MS: whole('longest delay before a message is tried again', {
    min: 1,
    max: HOUR_MS,
    preset: delivery.retryMaxMs,
  }),
  RECEIVE_WAIT_MS: whole('how long one receive waits for a message', {
    min: 1_000,
    max: 20_000,
    preset: delivery.pollMs,
  }),
  DRAIN_TIMEOUT_MS: whole('from SIGTERM until everything is finished or released', {
    min: 1_000,
    max: 10 * MINUTE_MS,
    preset: delivery.drainMs,
  }),
  HEALTH_PORT: optionalPort()
    .describe('Set it to a free port, to 0 for any free one, or take it away for no endpoint.')
    .meta({ title: 'port of /livez and /readyz; without it there are none' }),
  HEALTH_HOST: address('the one address on which they answer; without it, every one'),
  GATEWAY_TIMEOUT_MS: whole('how long an answer of the payment gateway is waited for', {
    min: 1_000,
    max: 2 * MINUTE_MS,
    preset: STRIPE_TIMEOUT_MS,
  }),
  GATEWAY_RUN_ON_MS: whole('how long the gateway may go on with a request nobody waits for', {
    min: 0,
    max: HOUR_MS,
    // Stripe's own client waits for 80 s (https://github.com/stripe/stripe-node#configuration).
    preset: 2 * MINUTE_MS,
  }),
  GATEWAY_RESEND_HORIZON_MS: whole(
    'how long after its intent a charge or refund may be sent again',
    {
      min: 10_000,
      max: 23 * HOUR_MS,
      preset: 30 * MINUTE_MS,
    },
  ),
  GATEWAY_KEY_WINDOW_MS: whole('how long the gateway remembers an idempotency key', {
    min: MINUTE_MS,
    max: 30 * 24 * HOUR_MS,
    preset: STRIPE_KEY_WINDOW_MS,
  }),
  GATEWAY_SETTLE_DELAY_MS: whole('how long a payment may take until a look-up finds it', {
    min: 0,
    max: 11 * HOUR_MS,
    preset: STRIPE_SEARCH_LAG_MS,
  }),
  GATEWAY_PENDING_MAX_MS: whole(
    'how long a payment or refund may be under way at the gateway until a person is asked',
    {
      min: MINUTE_MS,
      // A queue keeps a message for 14 days, and one may be two days old when it begins to wait.
      max: 12 * 24 * HOUR_MS,
      preset: 10 * 24 * HOUR_MS,
    },
  ),
  GATEWAY_AUTHENTICATION_MAX_MS: whole(
    'how long a customer may authenticate a payment until it is declined; 0: nobody is asked to',
    {
      min: 0,
      // The reason is the same as above.
      max: 12 * 24 * HOUR_MS,
      preset: 24 * HOUR_MS,
    },
  ),
  CLOCK_SKEW_MAX_MS: whole('how far the clocks of two workers may differ', {
    min: 1_000,
    max: HOUR_MS,
    preset: MINUTE_MS,
  }),
  PAYMENT_ATTEMPTS_MAX: whole('how often a payment that was never executed is asked for', {
    min: 1,
    max: 5,
    preset: 1,
  }),
  CASH_ROUNDING: z
    .enum(['declared', 'gateway'], 'is neither declared nor gateway')
    .default('declared')
    .describe('Set it to gateway, or take it away: then only orders that say so are rounded.')
    .meta({ title: 'gateway: orders that do not say how are rounded to amounts that it takes' }),
  ...documentSchemas,
  RECONCILE_INTERVAL_MS: whole('pause between two rounds of the reconciler', {
    min: 1_000,
    max: 24 * HOUR_MS,
    preset: 5 * MINUTE_MS,
  }),
  ...tracingSchemas,
  ...secretSchemas,
};

export type SettingName = keyof typeof settingSchemas;
export type Settings = {
  readonly [N in SettingName]: z.output<(typeof settingSchemas)[N]>;
};

export const SETTING_NAMES = Object.keys(settingSchemas) as readonly SettingName[];
