import type { SettingName } from './config.ts';

export const RESOURCE_SETTINGS = [
  'PAYMENTS_QUEUE_URL',
  'PAYMENTS_DLQ_URL',
  'NOTIFICATIONS_QUEUE_URL',
  'NOTIFICATIONS_DLQ_URL',
  'EVENTS_TABLE',
  'INVOICES_TABLE',
  'KEYS_TABLE',
  'LOG_GROUP',
] as const satisfies readonly SettingName[];

/** Everything that the services need on AWS: its name, by the setting where they learn of it. */
export type ResourceNames = Readonly<Record<(typeof RESOURCE_SETTINGS)[number], string>>;

export const resourceNames = (prefix: string): ResourceNames => ({
  PAYMENTS_QUEUE_URL: `${prefix}-payments`,
  PAYMENTS_DLQ_URL: `${prefix}-payments-dlq`,
  NOTIFICATIONS_QUEUE_URL: `${prefix}-notifications`,
  NOTIFICATIONS_DLQ_URL: `${prefix}-notifications-dlq`,
  EVENTS_TABLE: `${prefix}-events`,
  INVOICES_TABLE: `${prefix}-invoices`,
  KEYS_TABLE: `${prefix}-keys`,
  LOG_GROUP: `/${prefix}`,
});
