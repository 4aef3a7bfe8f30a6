import type { CommandBody } from './common/command.ts';

/** A command of the program, or a group of commands, as the program's help lists it. */
export type CommandEntry = {
  /** Its name, which comes first, and what it takes. */
  readonly usage: string;
  readonly summary: string;
  /** Imports the command's module; nothing else imports it, so that no command loads another. */
  readonly load: () => Promise<{ readonly body: CommandBody }>;
};

/** Every command, in the order in which the help shows them. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    usage: 'demo [options]',
    summary: 'run the main job on servers of this machine, with faults, and check every promise',
    load: () => import('./demo/demo.ts'),
  },
  {
    usage: 'worker [options]',
    summary: 'run the payment service, the notification service, the reconciler, or all',
    load: async () => {
      // This runs before the worker's modules are loaded: they alone make the young generation as
      // large as it may be.
      (await import('../../adapters/system/heap.ts')).boundHeap();
      return import('./worker/worker.ts');
    },
  },
  {
    usage: 'submit [options] [file]',
    summary: 'send orders to the payments queue',
    load: () => import('./submit/submit.ts'),
  },
  {
    usage: 'status [options]',
    summary: 'show queues, open orders, dead letters, workers, today’s totals and the last audit',
    load: () => import('./status/status.ts'),
  },
  {
    usage: 'order [options] <order>',
    summary: 'explain one order from its events, as it is or as it was',
    load: () => import('./order/order.ts'),
  },
  {
    usage: 'invoice [options] <order>',
    summary: 'show the invoice of one order, from the read model, or as it was, from the events',
    load: () => import('./invoice/invoice.ts'),
  },
  {
    usage: 'trace [options] <order>',
    summary: 'show an order’s whole life: who did what, why, how often, and what it has cost',
    load: () => import('./trace/trace.ts'),
  },
  {
    usage: 'cancel [options] <order>',
    summary: 'cancel an order: void what was not charged, refund what was',
    load: () => import('./cancel/cancel.ts'),
  },
  {
    usage: 'refund [options] <order>',
    summary: 'refund an amount, pieces of lines, or all that is left',
    load: () => import('./refund/refund.ts'),
  },
  {
    usage: 'correct-email [options] <order>',
    summary: 'correct the mail address of an order, and send all notices once more there',
    load: () => import('./correctEmail/correctEmail.ts'),
  },
  {
    usage: 'erase [options] [customer]',
    summary: 'erase a person: delete the keys of a customer’s personal data',
    load: () => import('./erase/erase.ts'),
  },
  {
    usage: 'resume [options] <order>',
    summary: 'have a worker continue with an order; requests nothing new',
    load: () => import('./resume/resume.ts'),
  },
  {
    usage: 'review',
    summary: 'what nobody but a person can decide or find out: list, show, resolve, adopt',
    load: () => import('./review/review.ts'),
  },
  {
    usage: 'dlq',
    summary: 'the dead letters of both services: list, show, redrive, discard',
    load: () => import('./dlq/dlq.ts'),
  },
  {
    usage: 'series',
    summary: 'the series in which invoices and credit notes are numbered: list, floor',
    load: () => import('./series/series.ts'),
  },
  {
    usage: 'reconcile [options]',
    summary: 'look once whether every number has its document, and what dead letters leave open',
    load: () => import('./reconcile/reconcile.ts'),
  },
  {
    usage: 'replay',
    summary: 'rebuild what is derived from the events',
    load: () => import('./replay/replay.ts'),
  },
  {
    usage: 'events',
    summary: 'what others hear of orders: publish it again from the log',
    load: () => import('./events/events.ts'),
  },
  {
    usage: 'audit [options]',
    summary:
      'check the log, and all that is derived from it: events, amounts, numbers, rows and notices',
    load: () => import('./audit/audit.ts'),
  },
  {
    usage: 'setup [options]',
    summary: 'make the queues, tables and log group that are missing; repeatable',
    load: () => import('./setup/setup.ts'),
  },
  {
    usage: 'policies [options] [role]',
    summary: 'print the IAM policy of each role, with the names of this deployment',
    load: () => import('./policies/policies.ts'),
  },
  {
    usage: 'restored [options]',
    summary: 'say that the event table was restored from a backup, before any worker is started',
    load: () => import('./restored/restored.ts'),
  },
  {
    usage: 'gateway-account',
    summary: 'the gateway’s account that this deployment moves money on: bind',
    load: () => import('./gatewayAccount/gatewayAccount.ts'),
  },
  {
    usage: 'doctor [options]',
    summary: 'check settings, credentials, queues, tables, logs, Stripe and SES; changes nothing',
    load: () => import('./doctor/doctor.ts'),
  },
  {
    usage: 'load [options]',
    summary: 'send many orders at a constant rate, and report how fast and at what cost they end',
    load: () => import('./load/load.ts'),
  },
  {
    usage: 'servers [options]',
    summary: 'run the embedded servers, or find those that run, and print their addresses',
    load: () => import('./servers/servers.ts'),
  },
  {
    usage: 'sandbox',
    summary: 'look into the payment sandbox, and let it fail',
    load: () => import('./sandbox/sandbox.ts'),
  },
  {
    usage: 'lambda [options]',
    summary: 'run the Lambda functions as event source mappings would, to try them out',
    load: () => import('./lambda/lambda.ts'),
  },
  {
    usage: 'completion [options] <shell>',
    summary: 'print a script with which bash, zsh or fish completes commands and options',
    load: () => import('./completion/completion.ts'),
  },
];
