import {
  parseConfig,
  SETTING_NAMES,
  type ConfigMistake,
  type SettingName,
} from '../../src/bootstrap/config.ts';

const QUEUE = 'https://sqs.eu-central-1.amazonaws.com/111122223333/paidonce';
/** An environment with all that is required, as it is on AWS. */
export const COMPLETE = {
  AWS_REGION: 'eu-central-1',
  PAYMENTS_QUEUE_URL: `${QUEUE}-payments`,
  PAYMENTS_DLQ_URL: `${QUEUE}-payments-dlq`,
  NOTIFICATIONS_QUEUE_URL: `${QUEUE}-notifications`,
  NOTIFICATIONS_DLQ_URL: `${QUEUE}-notifications-dlq`,
  EVENTS_TABLE: 'paidonce-events',
  INVOICES_TABLE: 'paidonce-invoices',
  KEYS_TABLE: 'paidonce-keys',
  LOG_GROUP: '/paidonce',
  STRIPE_SECRET_KEY: 'sk_test_secret',
  STRIPE_WEBHOOK_SECRETS: 'whsec_0123456789abcdef',
  ALLOW_TEST_KEY: 'true',
  INTENT_SEAL_KEYS: 'a-secret-of-the-payment-service-alone',
  PERSONAL_DATA_KEY: `local:${'a'.repeat(43)}`,
  MAIL_FROM: 'receipts@example.com',
};

export const mistakesOf = (
  env: Readonly<Record<string, string>>,
  needs: readonly SettingName[] = SETTING_NAMES,
): readonly ConfigMistake[] =>
  parseConfig(env, { needs }).match(
    () => [],
    (mistakes) => mistakes,
  );
