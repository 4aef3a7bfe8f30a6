import type { PolicyRole } from './policy.ts';
import {
  append,
  CONSUME,
  HISTORY_IS_NOT_REWRITTEN,
  LOG,
  READ,
  READ_KEYS,
  UNWRAP_KEYS,
} from './rows.ts';

/** The roles of what runs all the time. */
export const SERVICES = {
  Payment: {
    title: 'Payment worker',
    commands: ['worker --service payments'],
    rows: [
      { sid: 'Consume', actions: CONSUME, on: ['payments'] },
      {
        sid: 'SendOn',
        actions: ['sqs:SendMessage', 'sqs:GetQueueAttributes'],
        on: ['paymentsDeadLetters', 'notifications'],
      },
      append('order#*', 'payment#*', 'series#*', 'deployment#*', 'registry#*'),
      READ,
      HISTORY_IS_NOT_REWRITTEN,
      { sid: 'ReadAndMakeKeys', actions: ['dynamodb:Query', 'dynamodb:PutItem'], on: ['keys'] },
      {
        sid: 'UnwrapKeys',
        actions: ['kms:Decrypt', 'kms:GenerateDataKeyWithoutPlaintext'],
        on: ['personalDataKey'],
      },
      {
        sid: 'ShowInvoices',
        actions: ['dynamodb:PartiQLInsert', 'dynamodb:PutItem', 'dynamodb:GetItem'],
        on: ['everyInvoices'],
      },
      {
        sid: 'PublishOrderEvents',
        actions: ['sns:Publish', 'sns:GetTopicAttributes'],
        on: ['topic'],
      },
      LOG,
    ],
  },
  Notification: {
    title: 'Notification worker',
    commands: ['worker --service notifications'],
    rows: [
      { sid: 'Consume', actions: CONSUME, on: ['notifications'] },
      {
        sid: 'PutAside',
        actions: ['sqs:SendMessage', 'sqs:GetQueueAttributes'],
        on: ['notificationsDeadLetters'],
      },
      append('notification#*'),
      READ,
      READ_KEYS,
      UNWRAP_KEYS,
      HISTORY_IS_NOT_REWRITTEN,
      { sid: 'Mail', actions: ['ses:SendEmail', 'ses:SendRawEmail'], on: ['sender'] },
      { sid: 'AskWhetherItMaySend', actions: ['ses:GetAccount'], on: ['any'] },
      LOG,
    ],
  },
  Reconciler: {
    title: 'Reconciler',
    commands: ['worker --service reconciler', 'reconcile'],
    rows: [
      {
        sid: 'LookAtDeadLetters',
        actions: ['sqs:ReceiveMessage', 'sqs:ChangeMessageVisibility'],
        on: ['paymentsDeadLetters'],
      },
      { sid: 'Push', actions: ['sqs:SendMessage'], on: ['payments'] },
      append('reconciler#*'),
      READ,
      HISTORY_IS_NOT_REWRITTEN,
      LOG,
    ],
  },
  Webhooks: {
    title: 'Webhooks',
    commands: ['worker --service webhooks'],
    rows: [{ sid: 'Send', actions: ['sqs:SendMessage'], on: ['payments'] }, LOG],
  },
} as const satisfies Record<string, PolicyRole>;
