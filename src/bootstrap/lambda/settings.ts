import type { SettingName } from '../config.ts';
import { settingsOf } from '../openServices.ts';
import { adaptersOf, NOTIFICATIONS, PAYMENTS, WEBHOOKS, type Surroundings } from './functions.ts';
import type { FUNCTION_LIMITS } from './limits.ts';
import { AUDIT, RECONCILER } from './scheduled.ts';

export type FunctionName = keyof typeof FUNCTION_LIMITS;

/** All settings of a function. A worker's log group is none of them: Lambda keeps its records. */
export const settingsOfFunction = (
  name: FunctionName,
  { telemetry }: Pick<Surroundings, 'telemetry'>,
): readonly SettingName[] => {
  const adapters = adaptersOf(telemetry);
  switch (name) {
    case 'payments':
      return settingsOf(adapters, PAYMENTS);
    case 'notifications':
      return settingsOf(adapters, NOTIFICATIONS);
    case 'webhooks':
      return settingsOf(adapters, WEBHOOKS);
    case 'reconciler':
      return settingsOf(adapters, RECONCILER);
    case 'audit':
      return settingsOf(adapters, AUDIT);
  }
};
