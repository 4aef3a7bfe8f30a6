import type { PolicySecret } from './place.ts';
import type { PolicyRow } from './policy.ts';

/* Rows that several roles have. */

/** An append is a PartiQL INSERT, and each role appends to the streams of its own (ADR 0027). */
export const append = (...streams: readonly string[]): PolicyRow => ({
  sid: 'Append',
  actions: ['dynamodb:PartiQLInsert'],
  on: ['events'],
  streams,
});

export const READ: PolicyRow = { sid: 'Read', actions: ['dynamodb:Query'], on: ['events'] };

export const READ_ALL: PolicyRow = {
  sid: 'Read',
  actions: ['dynamodb:Query', 'dynamodb:Scan', 'dynamodb:DescribeTable'],
  on: ['events'],
};

/** Denies rewriting history, whatever another policy of the role allows, now or later. */
export const HISTORY_IS_NOT_REWRITTEN: PolicyRow = {
  sid: 'HistoryIsNotRewritten',
  effect: 'Deny',
  actions: [
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
    'dynamodb:DeleteItem',
    'dynamodb:BatchWriteItem',
    'dynamodb:PartiQLUpdate',
    'dynamodb:PartiQLDelete',
    'dynamodb:DeleteTable',
    'dynamodb:UpdateTable',
    'dynamodb:UpdateTimeToLive',
    'dynamodb:RestoreTableFromBackup',
    'dynamodb:RestoreTableToPointInTime',
    'dynamodb:UpdateContinuousBackups',
    'dynamodb:DeleteBackup',
  ],
  on: ['events', 'eventsBackups'],
};

export const UNWRAP_KEYS: PolicyRow = {
  sid: 'UnwrapKeys',
  actions: ['kms:Decrypt'],
  on: ['personalDataKey'],
};

/** The same for a role that sets up the table, and so turns on what protects it. */
export const ITEMS_ARE_NOT_REWRITTEN: PolicyRow = {
  ...HISTORY_IS_NOT_REWRITTEN,
  actions: HISTORY_IS_NOT_REWRITTEN.actions.filter(
    (action) => !['dynamodb:UpdateTable', 'dynamodb:UpdateContinuousBackups'].includes(action),
  ),
};

export const READ_KEYS: PolicyRow = { sid: 'ReadKeys', actions: ['dynamodb:Query'], on: ['keys'] };

export const LOG: PolicyRow = {
  sid: 'Log',
  actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  on: ['logStreams'],
};

export const READ_LOGS: PolicyRow = {
  sid: 'ReadLogs',
  actions: ['logs:FilterLogEvents'],
  on: ['logGroup'],
};

export const SEND_COMMANDS: PolicyRow = {
  sid: 'SendCommands',
  actions: ['sqs:SendMessage'],
  on: ['payments'],
};

export const LOOK_AT_DEAD_LETTERS: PolicyRow = {
  sid: 'LookAtDeadLetters',
  actions: ['sqs:ReceiveMessage', 'sqs:ChangeMessageVisibility'],
  on: ['paymentsDeadLetters', 'notificationsDeadLetters'],
};

export const COUNT_MESSAGES: PolicyRow = {
  sid: 'CountMessages',
  actions: ['sqs:GetQueueAttributes'],
  on: ['payments', 'paymentsDeadLetters', 'notifications', 'notificationsDeadLetters'],
};

/**
 * For a deployment that keeps these secrets by ARN; with a key of its own they need `kms:Decrypt`
 * too.
 */
export const readSecrets = (...names: readonly PolicySecret[]): readonly PolicyRow[] => [
  {
    sid: 'ReadSecrets',
    actions: ['secretsmanager:GetSecretValue'],
    on: names.map((name) => `${name}Secret` as const),
  },
  {
    sid: 'ReadParameters',
    actions: ['ssm:GetParameter'],
    on: names.map((name) => `${name}Parameter` as const),
  },
];

export const CONSUME = [
  'sqs:ReceiveMessage',
  'sqs:DeleteMessage',
  'sqs:ChangeMessageVisibility',
  'sqs:GetQueueAttributes',
] as const;
