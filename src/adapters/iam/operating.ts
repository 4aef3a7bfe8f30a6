import type { PolicyRole } from './policy.ts';
import { append, HISTORY_IS_NOT_REWRITTEN, READ, READ_ALL, SEND_COMMANDS } from './rows.ts';

const INVOICES_REBUILT = [
  'dynamodb:BatchGetItem',
  'dynamodb:GetItem',
  'dynamodb:PartiQLInsert',
  'dynamodb:PutItem',
  'dynamodb:Scan',
] as const;

/** The roles of shops and people who ask for something, decide or rebuild. */
export const OPERATING = {
  Submitting: {
    title: 'Submitting orders',
    commands: ['submit', 'load'],
    rows: [{ sid: 'PlaceOrders', actions: ['sqs:SendMessage'], on: ['payments', 'notifications'] }],
  },
  Commanding: {
    title: 'Commanding',
    commands: ['resume', 'correct-email'],
    rows: [SEND_COMMANDS, { sid: 'FindOrders', actions: ['dynamodb:Query'], on: ['events'] }],
  },
  Refunding: {
    title: 'Refunding',
    commands: ['cancel', 'refund'],
    rows: [SEND_COMMANDS, append('order#*'), READ, HISTORY_IS_NOT_REWRITTEN],
  },
  Deciding: {
    title: 'Deciding',
    commands: ['review list', 'review show', 'review resolve', 'review adopt'],
    rows: [SEND_COMMANDS, append('order#*'), READ_ALL, HISTORY_IS_NOT_REWRITTEN],
  },
  Binding: {
    title: 'Binding',
    commands: ['restored', 'gateway-account bind', 'series floor'],
    rows: [append('deployment#*', 'series#*'), READ, HISTORY_IS_NOT_REWRITTEN],
  },
  Erasing: {
    title: 'Erasing',
    commands: ['erase'],
    rows: [
      append('person#*'),
      READ_ALL,
      {
        sid: 'EndKeys',
        actions: [
          'dynamodb:Query',
          'dynamodb:PutItem',
          'dynamodb:UpdateItem',
          'dynamodb:DeleteItem',
        ],
        on: ['keys'],
      },
      HISTORY_IS_NOT_REWRITTEN,
    ],
  },
  Rebuilding: {
    title: 'Rebuilding the invoices',
    commands: ['replay invoices'],
    rows: [
      READ_ALL,
      HISTORY_IS_NOT_REWRITTEN,
      { sid: 'RebuildInvoices', actions: INVOICES_REBUILT, on: ['everyInvoices'] },
    ],
  },
  Publishing: {
    title: 'Publishing again',
    commands: ['events replay'],
    rows: [
      READ_ALL,
      { sid: 'PublishAgain', actions: ['sns:Publish'], on: ['topic'] },
      { sid: 'SendToASubscriber', actions: ['sqs:SendMessage'], on: ['subscriber'] },
    ],
  },
  Switching: {
    title: 'Switching the invoices',
    commands: ['replay invoices --into … --switch'],
    rows: [
      READ_ALL,
      append('view#*'),
      HISTORY_IS_NOT_REWRITTEN,
      {
        sid: 'RebuildBeside',
        actions: ['dynamodb:CreateTable', 'dynamodb:DescribeTable', ...INVOICES_REBUILT],
        on: ['everyInvoices'],
      },
    ],
  },
} as const satisfies Record<string, PolicyRole>;
