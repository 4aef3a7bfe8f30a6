import { ok } from 'neverthrow';
import { recordLedger, recordTable, recordView } from '../../../adapters/evidence/tee.ts';
import type { BundleWriter } from '../../../adapters/evidence/writer.ts';
import { createGatewayCheck } from '../../../application/audit/gateway/gatewayCheck.ts';
import { createLogChecks, patient } from '../../../application/audit/logChecks.ts';
import { createThrottlingRetry } from '../../../application/log/rateLimit.ts';
import { CLOSE_SETTINGS, giveUpMs } from '../../config/paymentTimes.ts';
import { aws } from '../../modules/aws.ts';
import { settingsOf, type Adapters } from '../../openServices.ts';
import type { CommandSteps, Session } from '../common/command.ts';
import { type AuditCommandOptions, runAudit, concludeExport, openExport } from './run.ts';

/**
 * Audits what is in the tables now: the log, and with options the queues and the gateway beside it.
 */
export const auditOnline = async function* (
  session: Session,
  options: AuditCommandOptions,
): CommandSteps {
  const signal = session.untilStopped();
  const now = Date.now();
  const { export: folder, grace: graceMs } = options;
  const { gateway: withGateway = false, queues: withQueues = false } = options;
  const adapters = aws({ service: 'cli' });
  const uses = {
    services: ['audit', 'store', 'invoices', 'clock', 'ids'],
    also: [
      withQueues && 'paymentsDlq',
      withQueues && 'notificationsDlq',
      withQueues && 'countPayments',
      withGateway && 'gatewayLedger',
      // Only whoever may know the payment service's secret can have its seals checked.
      session.isGiven('INTENT_SEAL_KEYS') && 'seals',
    ],
    settings: ['EVENTS_TABLE', 'INVOICES_TABLE', ...CLOSE_SETTINGS],
  } as const;
  // A folder is made only where everything can be asked for.
  yield* session.config(settingsOf(adapters, uses));
  const exporting = yield* folder === undefined ? ok(undefined) : await openExport(folder);
  const writer = exporting;
  const { audit, store, invoices, ids, config, seals, ...more } = yield* session.open(
    uses,
    writer === undefined ? adapters : recorded(adapters, writer),
  );
  const { paymentsDlq, notificationsDlq, countPayments, gatewayLedger } = more;
  const write = writer?.write;
  // An export is judged as of one time, so that its files give the same findings at any other.
  const clock = write === undefined ? more.clock : { ...more.clock, now: () => now };
  const closed = giveUpMs(config);
  const log = createLogChecks(
    {
      store,
      clock,
      ids,
      seals,
      invoices: write === undefined ? invoices : recordView(invoices, write),
      queues:
        paymentsDlq && notificationsDlq && countPayments
          ? { paymentsDlq, notificationsDlq, countPayments }
          : undefined,
    },
    { graceMs, giveUpMs: closed, signal },
  );
  const { foreignPayments: foreign = 'apart', gatewaySince: since } = options;
  const asked = { foreign, ...(since === undefined ? {} : { since }) };
  const reading = patient(store, createThrottlingRetry({ clock, signal }));
  const gateway =
    gatewayLedger &&
    createGatewayCheck(
      {
        ledger: write === undefined ? gatewayLedger : recordLedger(gatewayLedger, write),
        store: reading,
        clock,
      },
      { ...asked, openMs: closed },
    );
  const subject = {
    eventsTable: config.EVENTS_TABLE,
    invoicesTable: config.INVOICES_TABLE,
    graceMs,
    giveUpMs: closed,
    ...(gateway && { gateway: asked }),
  };
  const conclude =
    writer && folder !== undefined
      ? concludeExport(writer, { folder, subject, startedAt: now })
      : undefined;
  const { output } = session;
  return runAudit({ output, options, audit, log, gateway, writer, conclude, now, signal });
};

/** The same adapters, of which what is read from the log is written down. */
const recorded = (adapters: Adapters, { write }: BundleWriter): Adapters => {
  const { commitTable } = adapters;
  return {
    ...adapters,
    commitTable: {
      ...commitTable,
      create: (services, config) => recordTable(commitTable.create(services, config), write),
    },
  };
};
