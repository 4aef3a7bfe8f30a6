import type { SettingName } from '../src/bootstrap/config/settings.ts';
import { CLOSE_SETTINGS } from '../src/bootstrap/config/paymentRules.ts';
import { aws } from '../src/bootstrap/modules/aws.ts';
import { settingsOf } from '../src/bootstrap/openServices.ts';
import { settingsOfService, type ServiceName } from '../src/bootstrap/worker.ts';

/** All settings of a worker, or of the command `audit --queues`. */
export const settingsOfCommand = (
  command: Exclude<ServiceName, 'webhooks'> | 'audit',
): readonly SettingName[] =>
  command === 'audit'
    ? settingsOf(aws({ service: 'cli' }), {
        services: [
          'audit',
          'invoices',
          'recordAudit',
          'paymentsDlq',
          'notificationsDlq',
          'countPayments',
        ],
        settings: CLOSE_SETTINGS,
      })
    : settingsOfService(command);
