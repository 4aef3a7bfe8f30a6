import type { AppendError, CorruptStream } from '../../../application/ports/eventStore.ts';
import type { AbortedCall } from '../../../application/ports/failures.ts';
import type { CorruptRow } from '../../../application/ports/invoiceView.ts';
import type { TooLarge } from '../../../application/ports/messageQueue.ts';
import type { ConfigMistake } from '../../config.ts';

/** `FAILED` is also the answer of a command that was asked to check and found something. */
export const EXIT = { OK: 0, FAILED: 1, USAGE: 2 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The reason why a command did not do its work, in words for people. */
export type CliFailure = {
  readonly type: string;
  readonly message: string;
  readonly details?: readonly string[];
  readonly exitCode: ExitCode;
};

export const failed = (type: string, message: string, details?: readonly string[]): CliFailure => ({
  type,
  message,
  exitCode: EXIT.FAILED,
  ...(details === undefined ? {} : { details }),
});

export const misused = (message: string, details?: readonly string[]): CliFailure => ({
  ...failed('Usage', message, details),
  exitCode: EXIT.USAGE,
});

/** The code of what the file system refused, such as `ENOENT`, without its stack. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

export const misconfigured = (mistakes: readonly ConfigMistake[]): CliFailure => ({
  ...failed(
    'Configuration',
    mistakes.length === 1 ? 'one setting is wrong' : `${mistakes.length} settings are wrong`,
    mistakes.map(({ name, wrong, remedy }) => `${name} ${wrong}. ${remedy}`),
  ),
  exitCode: EXIT.USAGE,
});

/** The name that operators know of the service behind a port. */
const SERVICES = {
  EventStore: 'the event table (DynamoDB)',
  CustomerKeys: 'the keys of personal data (DynamoDB, KMS)',
  InvoiceView: 'the invoice table (DynamoDB)',
  MessageQueue: 'the queue (SQS)',
  OrderEvents: 'the topic of order events (SNS)',
  PaymentGateway: 'the payment gateway (Stripe)',
  Notifier: 'the mail service (SES)',
  Telemetry: 'the log service (CloudWatch Logs)',
  Clock: 'this machine’s clock',
} as const;

const SET_CLOCK =
  'Let it be set by NTP: ages of requests and dates of invoices are calculated from it.';

export const failureOf = (
  error: AppendError | AbortedCall | CorruptStream | CorruptRow | TooLarge,
): CliFailure => {
  switch (error.type) {
    case 'Unavailable':
      return failed(error.type, `${SERVICES[error.dependency]} did not answer: ${error.cause}`);
    case 'Misconfigured':
      if (error.dependency === 'Clock') return failed(error.type, error.cause, [SET_CLOCK]);
      return failed(error.type, `${SERVICES[error.dependency]} refused: ${error.cause}`, [
        '`paidonce doctor` says what is wrong and how to correct it.',
      ]);
    case 'Aborted':
      return failed(error.type, 'stopped before the end');
    case 'CorruptStream':
      return failed(
        error.type,
        `the item ${error.streamId}, version ${error.version}, is not what this system ` +
          `wrote: ${error.why}`,
      );
    case 'CorruptRow':
      return failed(
        error.type,
        `the invoice row of ${error.orderId} is not what this system wrote: ${error.why}`,
        ['`paidonce replay invoices` writes it again once it is taken out of the table.'],
      );
    case 'TooLarge':
      return failed(error.type, `a message of ${error.bytes} bytes is larger than SQS takes`);
    case 'Conflict':
      return failed(error.type, `${error.streamId} is being written by others; try again`);
    case 'Uncertain':
      return failed(error.type, `it is not known whether ${error.streamId} was written`, [
        'Run the same command again: what was written stays, and is not written twice.',
      ]);
    case 'CommitTooLarge':
      return failed(error.type, `${error.bytes} bytes are more than an item of DynamoDB takes`);
  }
};
