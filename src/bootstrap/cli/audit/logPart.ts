import { err, ok, type Result } from 'neverthrow';
import { recordTable, recordView } from '../../../adapters/evidence/tee.ts';
import type { BundleWriter } from '../../../adapters/evidence/writer.ts';
import type { CommitTable } from '../../../adapters/eventStore/commitTable.ts';
import { createHmacSeals } from '../../../adapters/system/seals.ts';
import type { createAudit } from '../../../application/audit/audit.ts';
import { createLogChecks } from '../../../application/audit/logChecks.ts';
import type { Clock } from '../../../application/ports/clock.ts';
import type { EventStore } from '../../../application/ports/eventStore.ts';
import { giveUpMs } from '../../config/paymentTimes.ts';
import { createContainer } from '../../container.ts';
import { books } from '../../modules/application.ts';
import { awsTables } from '../../modules/aws.ts';
import {
  AUDIT_QUEUE_SETTINGS,
  AUDIT_SEAL_SETTINGS,
  AUDIT_SETTINGS,
  awsAuditQueues,
} from '../../modules/awsAudit.ts';
import type { Session } from '../shared/command.ts';
import type { CliFailure } from '../shared/failure.ts';
import type { AuditSubject } from './about.ts';
import type { AuditCommandOptions, AuditPart } from './part.ts';

type Log = {
  readonly store: EventStore;
  readonly clock: Clock;
  readonly about: Omit<AuditSubject, 'gateway' | 'findings'>;
  readonly audit: ReturnType<typeof createAudit>;
  /** Its checks, and what waits by age. */
  readonly part: AuditPart & ReturnType<typeof createLogChecks>;
};

type LogPartOptions = {
  readonly now: number;
  /** Writes down what is read. */
  readonly write: BundleWriter['write'] | undefined;
  readonly signal: AbortSignal;
};

/** The log with what is derived from it, and with `--queues` the queues beside it. */
export const openLog = (
  { config, isGiven }: Pick<Session, 'config' | 'isGiven'>,
  { grace: graceMs, queues = false }: AuditCommandOptions,
  { now, write, signal }: LogPartOptions,
): Result<Log, CliFailure> => {
  // Asked for at once, so that every mistake in them is told at once.
  const withQueues = queues ? config(AUDIT_QUEUE_SETTINGS) : undefined;
  const settings = withQueues ?? config(AUDIT_SETTINGS);
  if (settings.isErr()) return err(settings.error);
  // Only whoever may know the payment service's secret can have its seals checked.
  const sealing = isGiven('INTENT_SEAL_KEYS') ? config(AUDIT_SEAL_SETTINGS) : ok(undefined);
  if (sealing.isErr()) return err(sealing.error);
  const keys = sealing.value?.INTENT_SEAL_KEYS;
  const watch = write && ((table: CommitTable) => recordTable(table, write));
  const { get } = createContainer(books, awsTables(settings.value, watch));
  const invoices = get('invoices');
  const log = {
    store: get('store'),
    invoices: write === undefined ? invoices : recordView(invoices, write),
    // An export is judged as of one time, so that its files give the same findings at any other.
    clock: write === undefined ? get('clock') : { ...get('clock'), now: () => now },
    ids: get('ids'),
    ...(keys === undefined ? {} : { seals: createHmacSeals(keys) }),
  };
  const { EVENTS_TABLE: eventsTable, INVOICES_TABLE: invoicesTable } = settings.value;
  const about = { eventsTable, invoicesTable, graceMs, giveUpMs: giveUpMs(settings.value) };
  const options = { ...about, signal };
  const { store, clock } = log;
  const audit = get('audit');
  if (withQueues === undefined)
    return ok({ audit, store, clock, about, part: createLogChecks(log, options) });
  return withQueues.map((queueSettings) => {
    const { get: getQueue } = createContainer({}, awsAuditQueues(queueSettings));
    const seen = {
      paymentsDlq: getQueue('paymentsDlq'),
      notificationsDlq: getQueue('notificationsDlq'),
      countPayments: getQueue('countPayments'),
    };
    const part = createLogChecks({ ...log, queues: seen }, options);
    return { audit, store, clock, about, part };
  });
};
