import { err } from 'neverthrow';
import { openBundle, type Bundle } from '../../../adapters/evidence/bundle.ts';
import { createEventStore } from '../../../adapters/eventStore/eventStore.ts';
import { createSystemClock } from '../../../adapters/system/clock.ts';
import { createSystemIds } from '../../../adapters/system/ids.ts';
import { createAudit } from '../../../application/audit/audit.ts';
import { createGatewayCheck } from '../../../application/audit/gateway/gatewayCheck.ts';
import { createLogChecks } from '../../../application/audit/logChecks.ts';
import type { CommandOutcome, Session } from '../common/command.ts';
import { failed } from '../common/failure.ts';
import {
  type AuditCommandOptions,
  readLog,
  runAudit,
  type Conclusion,
  parseSubject,
  type AuditSubject,
} from './run.ts';

/** The number of problems that are shown to people; --json has more of them. */
const SHOWN_MAX = 50;

/**
 * Makes the same audit over the files of a bundle, by the clock of the audit that wrote them. It
 * asks nobody.
 */
export const auditOffline = async (
  session: Session,
  { folder, ...options }: AuditCommandOptions & { readonly folder: string },
): CommandOutcome => {
  const { manifestSha256 } = options;
  const opened = await openBundle(folder, { manifestSha256 });
  if (opened.isErr()) return err(failed('Bundle', opened.error.why));
  const bundle = opened.value;
  const subject = parseSubject(bundle.manifest.about);
  try {
    if (subject === undefined) {
      return err(failed('Bundle', 'manifest.json does not say how the audit was made'));
    }
    const now = Date.parse(bundle.manifest.startedAt);
    const clock = { ...createSystemClock(), now: () => now };
    const store = createEventStore(bundle.table, clock);
    const { graceMs, giveUpMs, gateway } = subject;
    const log = { store, invoices: bundle.invoices, clock, ids: createSystemIds() };
    const audited = await runAudit(session, {
      options: { grace: graceMs },
      read: readLog(createAudit({ store, clock }), options),
      log: createLogChecks(log, { graceMs, giveUpMs, signal: session.untilStopped() }),
      gateway:
        gateway &&
        createGatewayCheck(
          { ledger: bundle.ledger, store, clock },
          { ...gateway, openMs: giveUpMs },
        ),
      now,
    });
    return audited.map(({ value: { invariants }, report }) =>
      report(bundleConclusion(bundle, { subject, invariants, manifestSha256 })),
    );
  } finally {
    await bundle.close();
  }
};

/** A bundle holds no queues, and no secret by which seals could be checked. */
const NOT_IN_BUNDLES: ReadonlySet<string> = new Set(['obligations', 'sealed']);

type BundleAudit = {
  readonly subject: AuditSubject;
  /** The number of findings of each invariant that this audit has. */
  readonly invariants: Readonly<Record<string, unknown>>;
  /** The hash that somebody kept apart from the files, if it was given. */
  readonly manifestSha256: string | undefined;
};

/** Whether the files are what they were, and show what they showed. */
const bundleConclusion = (
  { manifest, manifestSha256, problems }: Bundle,
  { subject, invariants, manifestSha256: named }: BundleAudit,
): Conclusion => {
  const differences = Object.entries(subject.findings)
    .filter(([name, count]) => count !== invariants[name] && !NOT_IN_BUNDLES.has(name))
    .map(([name, count]) => ({
      file: 'findings.jsonl',
      why:
        `${name}: the audit that wrote it says ${count}, and these files ` +
        String(invariants[name]),
    }));
  const all = [...problems, ...differences];
  const isNamed = named !== undefined;
  const { software, startedAt } = manifest;
  return {
    bundle: { software, startedAt, manifestSha256, isNamed, problems: all },
    faults: all.length,
    lines: [
      '',
      ...all.slice(0, SHOWN_MAX).map(({ file, why, ...problem }) => {
        const line = 'line' in problem ? `, line ${problem.line}` : '';
        return `${file}${line}: ${why}`;
      }),
      ...(all.length > SHOWN_MAX ? [`… and ${all.length - SHOWN_MAX} more; --json shows all`] : []),
      `The bundle was made by ${software} at ${startedAt}, of ${subject.eventsTable}.`,
      all.length === 0
        ? 'Every file is the one in the manifest, and every head of a chain is there.'
        : `${all.length} parts of its files are not what they should be.`,
      isNamed
        ? `The manifest is the one that was named: ${manifestSha256}`
        : `Only its SHA-256 can show whether anybody made it again: ${manifestSha256}`,
    ],
  };
};
