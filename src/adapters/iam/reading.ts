import type { PolicyRole } from './policy.ts';
import {
  append,
  COUNT_MESSAGES,
  HISTORY_IS_NOT_REWRITTEN,
  ITEMS_ARE_NOT_REWRITTEN,
  LOOK_AT_DEAD_LETTERS,
  READ,
  READ_ALL,
  READ_KEYS,
  READ_LOGS,
  UNWRAP_KEYS,
} from './rows.ts';

/** The roles of people who look, act on dead letters, set up and check. */
export const READING = {
  Watching: {
    title: 'Watching',
    commands: ['status'],
    rows: [
      READ_ALL,
      { sid: 'ReadInvoices', actions: ['dynamodb:BatchGetItem'], on: ['everyInvoices'] },
      COUNT_MESSAGES,
      LOOK_AT_DEAD_LETTERS,
      READ_LOGS,
    ],
  },
  Looking: {
    title: 'Looking something up',
    commands: ['order', 'invoice', 'series list'],
    rows: [
      READ,
      { sid: 'ReadInvoices', actions: ['dynamodb:GetItem'], on: ['everyInvoices'] },
      READ_KEYS,
      UNWRAP_KEYS,
    ],
  },
  Auditing: {
    title: 'Auditing',
    commands: ['audit', 'trace', 'dlq list', 'dlq show'],
    rows: [
      READ_ALL,
      { ...append('registry#audits'), sid: 'RecordAudits' },
      {
        ...HISTORY_IS_NOT_REWRITTEN,
        sid: 'NothingElseIsWritten',
        on: ['events', 'eventsBackups', 'everyInvoices', 'keys'],
      },
      {
        sid: 'ReadInvoices',
        actions: ['dynamodb:GetItem', 'dynamodb:Scan'],
        on: ['everyInvoices'],
      },
      LOOK_AT_DEAD_LETTERS,
      { sid: 'CountMessages', actions: ['sqs:GetQueueAttributes'], on: ['payments'] },
      READ_LOGS,
    ],
  },
  Acting: {
    title: 'Acting on dead letters',
    commands: ['dlq redrive', 'dlq discard'],
    rows: [
      {
        sid: 'TakeDeadLetters',
        actions: ['sqs:ReceiveMessage', 'sqs:ChangeMessageVisibility', 'sqs:DeleteMessage'],
        on: ['paymentsDeadLetters', 'notificationsDeadLetters'],
      },
      { sid: 'Redrive', actions: ['sqs:SendMessage'], on: ['payments', 'notifications'] },
      append('order#*', 'letter#*'),
      READ,
      HISTORY_IS_NOT_REWRITTEN,
    ],
  },
  Setting: {
    title: 'Setting up',
    commands: ['setup'],
    rows: [
      {
        sid: 'Queues',
        actions: [
          'sqs:CreateQueue',
          'sqs:GetQueueUrl',
          'sqs:GetQueueAttributes',
          'sqs:SetQueueAttributes',
        ],
        on: ['payments', 'paymentsDeadLetters', 'notifications', 'notificationsDeadLetters'],
      },
      {
        sid: 'Tables',
        actions: ['dynamodb:CreateTable', 'dynamodb:DescribeTable'],
        on: ['events', 'invoices', 'keys'],
      },
      {
        sid: 'ProtectTables',
        actions: [
          'dynamodb:UpdateTable',
          'dynamodb:DescribeContinuousBackups',
          'dynamodb:UpdateContinuousBackups',
        ],
        on: ['events', 'keys'],
      },
      {
        sid: 'RemoveKeys',
        actions: ['dynamodb:DescribeTimeToLive', 'dynamodb:UpdateTimeToLive'],
        on: ['keys'],
      },
      append('deployment#*'),
      READ,
      ITEMS_ARE_NOT_REWRITTEN,
      {
        sid: 'LogGroup',
        actions: ['logs:CreateLogGroup', 'logs:PutRetentionPolicy'],
        on: ['logGroup'],
      },
      { sid: 'FindLogGroup', actions: ['logs:DescribeLogGroups'], on: ['any'] },
      { sid: 'Topic', actions: ['sns:CreateTopic', 'sns:GetTopicAttributes'], on: ['topic'] },
    ],
  },
  Checking: {
    title: 'Checking',
    commands: ['doctor'],
    rows: [
      { ...COUNT_MESSAGES, sid: 'Look' },
      { sid: 'LookAtTheTopic', actions: ['sns:GetTopicAttributes'], on: ['topic'] },
      {
        sid: 'LookAtTables',
        actions: ['dynamodb:DescribeTable'],
        on: ['events', 'everyInvoices', 'keys'],
      },
      {
        sid: 'LookAtBackups',
        actions: ['dynamodb:DescribeContinuousBackups'],
        on: ['events', 'keys'],
      },
      { sid: 'LookAtTimeToLive', actions: ['dynamodb:DescribeTimeToLive'], on: ['keys'] },
      { sid: 'WhereTheInvoicesAre', actions: ['dynamodb:Query'], on: ['events'] },
      READ_KEYS,
      UNWRAP_KEYS,
      { sid: 'LookAtMail', actions: ['ses:GetEmailIdentity'], on: ['sender'] },
      { sid: 'LookAtAccount', actions: ['logs:DescribeLogGroups', 'ses:GetAccount'], on: ['any'] },
    ],
  },
} as const satisfies Record<string, PolicyRole>;
