import { err, ok, type Result } from 'neverthrow';
import type { createAudit } from '../../../application/books/audit/audit.ts';
import { createLogChecks } from '../../../application/books/audit/logChecks.ts';
import { giveUpMs } from '../../config/paymentTimes.ts';
import { createContainer } from '../../container.ts';
import { books } from '../../modules/application.ts';
import { awsTables } from '../../modules/aws.ts';
import { AUDIT_QUEUE_SETTINGS, AUDIT_SETTINGS, awsAuditQueues } from '../../modules/awsAudit.ts';
import type { Session } from '../command.ts';
import type { CliFailure } from '../failure.ts';
import type { AuditCommandOptions, AuditPart } from './part.ts';

type Log = {
  readonly audit: ReturnType<typeof createAudit>;
  /** Its checks, and what waits by age. */
  readonly part: AuditPart & ReturnType<typeof createLogChecks>;
};

/** The log with what is derived from it, and with `--queues` the queues beside it. */
export const openLog = (
  { config }: Pick<Session, 'config'>,
  { grace: graceMs, queues = false }: AuditCommandOptions,
  signal: AbortSignal,
): Result<Log, CliFailure> => {
  const settings = config(AUDIT_SETTINGS);
  if (settings.isErr()) return err(settings.error);
  const { get } = createContainer(books, awsTables(settings.value));
  const log = {
    store: get('store'),
    invoices: get('invoices'),
    clock: get('clock'),
    ids: get('ids'),
  };
  const options = { graceMs, giveUpMs: giveUpMs(settings.value), signal };
  const audit = get('audit');
  if (!queues) return ok({ audit, part: createLogChecks(log, options) });
  return config(AUDIT_QUEUE_SETTINGS).map((queueSettings) => {
    const { get: getQueue } = createContainer({}, awsAuditQueues(queueSettings));
    const seen = {
      paymentsDlq: getQueue('paymentsDlq'),
      notificationsDlq: getQueue('notificationsDlq'),
      countPayments: getQueue('countPayments'),
    };
    return { audit, part: createLogChecks({ ...log, queues: seen }, options) };
  });
};
