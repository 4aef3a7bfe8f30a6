import { err, ok } from 'neverthrow';
import { recordLedger, recordTable, recordView } from '../../../adapters/evidence/tee.ts';
import type { BundleWriter } from '../../../adapters/evidence/writer.ts';
import { createGatewayCheck } from '../../../application/audit/gateway/gatewayCheck.ts';
import { createLogChecks, patient } from '../../../application/audit/logChecks.ts';
import type { AuditedQueues } from '../../../application/audit/queues.ts';
import { createThrottlingRetry } from '../../../application/log/rateLimit.ts';
import { CLOSE_SETTINGS, giveUpMs } from '../../config/paymentRules.ts';
import { aws } from '../../modules/aws.ts';
import { settingsOf, type Adapters } from '../../openServices.ts';
import type { AuditConclusion } from '../../../domain/registry/events.ts';
import type { Services } from '../../tokens.ts';
import type { CommandSteps, Session } from '../common/command.ts';
import { failureOf, type ExitCode } from '../common/failure.ts';
import {
  type AuditCommandOptions,
  type AuditOutcome,
  type Conclusion,
  readLog,
  runAudit,
  finishExport,
  openExport,
} from './run.ts';

/**
 * Audits what is in the tables now: the log, and with options the queues and the gateway beside it.
 */
export const auditOnline = async function* (
  session: Session,
  options: AuditCommandOptions,
  show: ShowAudit = ({ report }, conclusion) => report(conclusion),
): CommandSteps {
  const signal = session.untilStopped();
  const now = Date.now();
  const { export: folder, grace: graceMs } = options;
  const adapters = aws({ service: 'cli' });
  const uses = usesOf(session, options);
  // A folder is only made if everything can be asked for.
  yield* session.config(settingsOf(adapters, uses));
  const writer = folder === undefined ? undefined : yield* openExport(folder);
  const teed = <T, R>(source: T, tee: (source: T, write: BundleWriter['write']) => R): T | R =>
    writer === undefined ? source : tee(source, writer.write);
  const opened = yield* session.open(uses, teed(adapters, recordLog));
  const { audit, store, ids, seals, config, gatewayLedger } = opened;
  // An export is judged as of one time, so that its files give the same findings at any other.
  const clock = teed(opened.clock, (given) => ({ ...given, now: () => now }));
  const closed = giveUpMs(config);
  const invoices = teed(opened.invoices, recordView);
  const log = createLogChecks(
    { store, clock, ids, seals, invoices, queues: queuesIn(opened) },
    { graceMs, giveUpMs: closed, signal },
  );
  const { foreignPayments: foreign = 'apart', gatewaySince: since } = options;
  const asked = { foreign, ...(since === undefined ? {} : { since }) };
  const reading = patient(store, createThrottlingRetry({ clock, signal }));
  const gateway =
    gatewayLedger &&
    createGatewayCheck(
      { ledger: teed(gatewayLedger, recordLedger), store: reading, clock },
      { ...asked, openMs: closed },
    );
  const read = readLog(audit, options);
  const audited = yield* await runAudit(session, { options, read, log, gateway, writer, now });
  // What this reads of the log is no part of the evidence, which is closed by then.
  const services = yield* session.open({ services: ['recordAudit'] });
  const record = (manifestSha256: string) =>
    recordConclusion(session, services, {
      conclusion: { ...audited.conclusion, endedAt: Date.now(), manifestSha256 },
      isWanted: options.record,
    });
  if (writer === undefined || folder === undefined) {
    return ok(show(audited, { lines: [], faults: 0, recorded: await record('') }));
  }
  const subject = {
    eventsTable: config.EVENTS_TABLE,
    invoicesTable: config.INVOICES_TABLE,
    graceMs,
    giveUpMs: closed,
    ...(gateway && { gateway: asked }),
  };
  const exported = await finishExport(writer, audited.value, { folder, subject, startedAt: now });
  if (exported.isErr()) return err(exported.error);
  const { value: conclusion } = exported;
  const recorded = await record(conclusion.manifestSha256 ?? '');
  return ok(show(audited, { ...conclusion, recorded }));
};

/** The queues, where they are asked for. */
export const queuesIn = ({
  paymentsDlq,
  notificationsDlq,
  countPayments,
}: Partial<AuditedQueues>): AuditedQueues | undefined =>
  paymentsDlq && notificationsDlq && countPayments
    ? { paymentsDlq, notificationsDlq, countPayments }
    : undefined;

type AuditedBeside = Pick<AuditCommandOptions, 'queues' | 'gateway'>;

export const usesOf = (
  session: Pick<Session, 'isGiven'>,
  { queues = false, gateway = false }: AuditedBeside,
) =>
  ({
    services: ['audit', 'store', 'invoices', 'clock', 'ids'],
    also: [
      queues && 'paymentsDlq',
      queues && 'notificationsDlq',
      queues && 'countPayments',
      gateway && 'gatewayLedger',
      // Only whoever may know the payment service's secret can have its seals checked.
      session.isGiven('INTENT_SEAL_KEYS') && 'seals',
    ],
    settings: ['AWS_REGION', 'EVENTS_TABLE', 'INVOICES_TABLE', ...CLOSE_SETTINGS],
  }) as const;

/**
 * Says in the log that it was audited. A role that may only read can audit as well; that nobody
 * sees later that it did is no fault of what it found.
 */
export const recordConclusion = async (
  { output }: Session,
  services: Pick<Services, 'recordAudit'>,
  { conclusion, isWanted }: { readonly conclusion: AuditConclusion; readonly isWanted: boolean },
): Promise<boolean> => {
  if (!isWanted) return false;
  const recorded = await services.recordAudit(conclusion);
  if (recorded.isErr()) {
    const { error } = recorded;
    const why =
      error.type === 'ConflictsExhausted'
        ? 'other audits end at the same moment'
        : failureOf(error).message;
    output.note(`That the log was audited could not be recorded: ${why}`);
  }
  return recorded.isOk();
};

/** Prints what an audit found, or takes it for something else. */
type ShowAudit = (audited: AuditOutcome, conclusion?: Conclusion) => ExitCode;

/** The same adapters, which write down what is read from the log. */
const recordLog = (adapters: Adapters, write: BundleWriter['write']): Adapters => {
  const { commitTable } = adapters;
  return {
    ...adapters,
    commitTable: {
      ...commitTable,
      create: (services, config) => recordTable(commitTable.create(services, config), write),
    },
  };
};
