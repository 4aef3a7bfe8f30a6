import { join, resolve } from 'node:path';
import { err, ok } from 'neverthrow';
import type { AuditReport } from '../../../application/audit/audit.ts';
import { createGatewayCheck } from '../../../application/audit/gateway/gatewayCheck.ts';
import { loadIdentity } from '../../../application/audit/identity.ts';
import { createLogChecks } from '../../../application/audit/logChecks.ts';
import { createShareAudit } from '../../../application/audit/share.ts';
import type { ScanShare } from '../../../application/log/scanStreams.ts';
import type { Config } from '../../config.ts';
import { giveUpMs, type CLOSE_SETTINGS } from '../../config/paymentRules.ts';
import { VERSION } from '../../version.ts';
import type { CommandSteps, Session } from '../common/command.ts';
import { EXIT, failed, failureOf } from '../common/failure.ts';
import { shareInName, shareText } from '../common/share.ts';
import type { Output } from '../common/output.ts';
import { queuesIn, usesOf } from './online.ts';
import { FORMAT, type PartRun } from './part/run.ts';
import { createPartWriter } from './part/writer.ts';
import { COMMITS_READ, createAuditProgress, readProgress } from './progress.ts';
import { findingText } from './report.ts';
import { STOPPED, type AuditCommandOptions } from './run.ts';

type ShareCommandOptions = AuditCommandOptions & { readonly share: ScanShare };

/** Audits a share of the log, and writes down what only all shares together decide. */
export const auditShare = async function* (
  session: Session,
  options: ShareCommandOptions,
): CommandSteps {
  const { output, embedded } = session;
  const { segments, share, maxRcu } = options;
  const startedAt = Date.now();
  const signal = session.untilStopped();
  // Only the process that joins the parts asks the gateway.
  const opened = yield* session.open(usesOf(session, { ...options, gateway: false }));
  const { store, clock, ids, seals, invoices, config } = opened;
  const identity = yield* loadIdentity(store).mapErr(failureOf);
  const run: PartRun = {
    ...runOf(options, config),
    deployment: identity?.id ?? '',
    seals: seals !== undefined,
  };
  const { graceMs, giveUpMs: openMs, gateway } = run;
  const log = createLogChecks(
    { store, clock, ids, seals, invoices, queues: queuesIn(opened) },
    { graceMs, giveUpMs: openMs, signal },
  );
  const known = gateway && createGatewayCheck({ store, clock }, { ...gateway, openMs });
  const path = resolve(
    options.part ?? join(embedded?.dataDir ?? '.', `audit-${shareInName(share)}.part.json`),
  );
  const header = { format: FORMAT, run, share: share.share, startedAt } as const;
  const writer = yield* createPartWriter(path, header);
  const progress = createAuditProgress(output, COMMITS_READ);
  const audited = await createShareAudit({ store, clock })({
    segments,
    share,
    readUnitsPerSecond: maxRcu,
    checks: [...log.checks, ...(known === undefined ? [] : [known])],
    // Nothing more is read where the part cannot be written; `finish` says why.
    signal: AbortSignal.any([signal, writer.failed]),
    onFinding: (finding) => {
      writer.write({ of: 'finding', finding });
      if (output.json) output.data({ type: 'finding', ...finding }, () => findingText(finding));
    },
    onProgress: (now) => progress.update(readProgress(now)),
  });
  progress.stop();
  if (audited.isErr() || signal.aborted) {
    writer.abandon();
    return err(audited.isErr() ? failureOf(audited.error) : failed('Aborted', STOPPED));
  }
  const { report, items } = audited.value;
  for (const item of items()) writer.write(item);
  const { findings: _findings, ...counts } = report;
  writer.write({ of: 'counts', counts });
  const bytes = yield* writer.finish(Date.now());
  show(output, report, { share, part: path, bytes });
  return ok(EXIT.OK);
};

type ShareConfig = Config<
  'AWS_REGION' | 'EVENTS_TABLE' | 'INVOICES_TABLE' | (typeof CLOSE_SETTINGS)[number]
>;

const runOf = (
  { segments, share, grace: graceMs, queues = false, ...options }: ShareCommandOptions,
  config: ShareConfig,
): Omit<PartRun, 'deployment' | 'seals'> => {
  const { gateway, gatewaySince: since, foreignPayments: foreign = 'apart' } = options;
  return {
    release: VERSION,
    region: config.AWS_REGION,
    eventsTable: config.EVENTS_TABLE,
    invoicesTable: config.INVOICES_TABLE,
    segments,
    shares: share.of,
    graceMs,
    giveUpMs: giveUpMs(config),
    queues,
    ...(gateway === true && { gateway: { foreign, ...(since === undefined ? {} : { since }) } }),
  };
};

type WrittenPart = { readonly share: ScanShare; readonly part: string; readonly bytes: number };

const show = (
  output: Output,
  { findings: counts, commits, streams, readUnits, unreadable }: AuditReport,
  { share, part, bytes }: WrittenPart,
): void => {
  const findings = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const counted = { commits, streams, readUnits, unreadable, findings, bytes };
  const which = shareText(share);
  const found = findings === 1 ? '1 finding' : `${findings} findings`;
  output.data({ type: 'part', share: which, part, ...counted }, () =>
    [
      `Share ${which}: ${commits} commits of ${streams} streams read for ` +
        `${readUnits} read units, ${found} so far.`,
      `Its part is ${part}, ${bytes} bytes. Nothing is proven before all ${share.of} are joined: ` +
        '`paidonce audit --join` and their files.',
    ].join('\n'),
  );
};
