import { err, ok, type Result } from 'neverthrow';
import type { Invariant } from '../../../application/audit/check.ts';
import { createGatewayCheck } from '../../../application/audit/gateway/gatewayCheck.ts';
import { loadIdentity } from '../../../application/audit/identity.ts';
import { createAuditJoin, type AuditJoin } from '../../../application/audit/join.ts';
import { createLogChecks, patient } from '../../../application/audit/logChecks.ts';
import { createThrottlingRetry } from '../../../application/log/rateLimit.ts';
import type { CommandSteps, Session } from '../common/command.ts';
import { failureOf, type CliFailure } from '../common/failure.ts';
import type { PartLine } from './part/items.ts';
import { openParts, partFailure, type AuditParts } from './part/reader.ts';
import { differences, TABLES, type Difference } from './part/run.ts';
import { queuesIn, recordConclusion, usesOf } from './online.ts';
import { runAudit, type AuditCommandOptions, type AuditRun } from './run.ts';

type JoinCommandOptions = AuditCommandOptions & { readonly files: readonly string[] };

/** Joins the parts of all shares to the report that one process would have printed. */
export const auditJoined = async function* (
  session: Session,
  { files, record: isWanted }: JoinCommandOptions,
): CommandSteps {
  const signal = session.untilStopped();
  const now = Date.now();
  const parts = yield* await openParts(files);
  const { run, startedAt, endedAt } = parts;
  const { graceMs, giveUpMs, queues } = run;
  const isCompared = run.gateway !== undefined;
  const uses = usesOf({ isGiven: () => false }, { queues, gateway: isCompared });
  const opened = yield* session.open(uses);
  const { store, clock, ids, invoices, config, gatewayLedger: ledger } = opened;
  const tables = {
    region: config.AWS_REGION,
    eventsTable: config.EVENTS_TABLE,
    invoicesTable: config.INVOICES_TABLE,
  };
  yield* ofLog(differences(TABLES, tables, run));
  const deployment = (yield* loadIdentity(store).mapErr(failureOf))?.id ?? '';
  yield* ofLog(differences(['deployment'], { deployment }, run));

  session.output.note(
    `${run.shares} shares, read from ${new Date(startedAt).toISOString()} to ` +
      `${new Date(endedAt).toISOString()}.`,
  );
  const log = createLogChecks(
    { store, clock, ids, invoices, queues: queuesIn(opened) },
    { graceMs, giveUpMs, signal },
  );
  const reading = patient(store, createThrottlingRetry({ clock, signal }));
  const gateway =
    run.gateway &&
    createGatewayCheck({ ledger, store: reading, clock }, { ...run.gateway, openMs: giveUpMs });
  const audited = yield* await runAudit(session, {
    options: { grace: graceMs },
    read: readParts(parts),
    unit: 'lines joined',
    log,
    gateway,
    now,
  });
  const services = yield* session.open({ services: ['recordAudit'] });
  const conclusion = { ...audited.conclusion, startedAt, endedAt: Date.now(), manifestSha256: '' };
  const recorded = await recordConclusion(session, services, { conclusion, isWanted });
  return ok(audited.report({ lines: [], faults: 0, recorded }));
};

/** Refuses the parts of another log. Its tables may not be there, so that they are not asked. */
const ofLog = (differing: readonly Difference[]): Result<void, CliFailure> => {
  const details = differing.map(
    ([name, here, there]) => `${name}: ${here} here, ${there} in the parts`,
  );
  return details.length === 0 ? ok() : err(partFailure('the parts are of another log', details));
};

/** A seal is checked by each share, and never again. */
const SEALED: readonly Invariant[] = ['sealed'];

const readParts =
  ({ run, lines: total, read }: AuditParts): AuditRun['read'] =>
  async ({ checks, signal, onFinding, onProgress }) => {
    let done = 0;
    const progress = (): void => onProgress({ done, total, findings: joined.found() });
    const joined = createAuditJoin({
      checks,
      signal,
      alsoChecked: run.seals ? SEALED : [],
      onFinding,
      onFindings: progress,
    });
    for await (const some of read()) {
      if (some.isErr()) return err(some.error);
      for (const line of some.value) {
        const failure = await addLine(joined, line);
        if (failure !== undefined) return err(failure);
      }
      done += some.value.length;
      progress();
      // What is stopped ends without an error, and short.
      if (signal.aborted) break;
    }
    return (await joined.conclude()).mapErr(failureOf);
  };

const addLine = async (joined: AuditJoin, line: PartLine): Promise<CliFailure | undefined> => {
  if (line.of === 'finding') {
    joined.addFinding(line.finding);
    return undefined;
  }
  if (line.of === 'counts') {
    joined.addCounts(line.counts);
    return undefined;
  }
  const added = await joined.add(line);
  return added.isErr() ? failureOf(added.error) : undefined;
};
