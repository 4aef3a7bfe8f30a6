import { err, ok } from 'neverthrow';
import { openBundle, type Bundle } from '../../../adapters/evidence/bundle.ts';
import { createEventStore } from '../../../adapters/eventStore/eventStore.ts';
import { createSystemClock } from '../../../adapters/system/clock.ts';
import { createSystemIds } from '../../../adapters/system/ids.ts';
import { createAudit } from '../../../application/audit/audit.ts';
import { createLogChecks } from '../../../application/audit/logChecks.ts';
import type { CommandOutcome, Session } from '../shared/command.ts';
import { failed } from '../shared/failure.ts';
import { parseAbout, type AuditSubject } from './about.ts';
import { createGatewayPart } from './gatewayPart.ts';
import type { AuditCommandOptions, AuditPart } from './part.ts';
import { runAudit } from './run.ts';

/** Problems that are shown to people; --json has more of them. */
const SHOWN_MAX = 50;

/** The same audit over the files of a bundle, by the clock of the audit that wrote them. It asks nobody. */
export const auditOffline = async (
  { output }: Pick<Session, 'output'>,
  { folder, ...options }: AuditCommandOptions & { readonly folder: string },
  signal: AbortSignal,
): CommandOutcome => {
  const { manifestSha256 } = options;
  const opened = await openBundle(folder, { manifestSha256 });
  if (opened.isErr()) return err(failed('Bundle', opened.error.why));
  const bundle = opened.value;
  const about = parseAbout(bundle.manifest.about);
  try {
    if (about === undefined) {
      return err(failed('Bundle', 'manifest.json does not say how the audit was made'));
    }
    const now = Date.parse(bundle.manifest.startedAt);
    const clock = { ...createSystemClock(), now: () => now };
    const store = createEventStore(bundle.table, clock);
    const { graceMs, giveUpMs, gateway } = about;
    const log = { store, invoices: bundle.invoices, clock, ids: createSystemIds() };
    const { checks, waiting } = createLogChecks(log, { graceMs, giveUpMs, signal });
    const ofGateway =
      gateway === undefined
        ? []
        : [
            createGatewayPart(
              { ledger: bundle.ledger, store, clock, signal },
              { ...gateway, openMs: giveUpMs },
            ),
          ];
    return await runAudit({
      output,
      options: { ...options, grace: graceMs },
      audit: createAudit({ store, clock }),
      waiting,
      parts: [{ checks }, ...ofGateway, createBundlePart(bundle, about, manifestSha256)],
      now,
      signal,
    });
  } finally {
    await bundle.close();
  }
};

/** A bundle holds no queues, and no secret by which seals could be checked. */
const NOT_IN_BUNDLES: ReadonlySet<string> = new Set(['obligations', 'sealed']);

/** Whether the files are what they were, and show what they showed. */
const createBundlePart = (
  { manifest, manifestSha256, problems }: Bundle,
  about: AuditSubject,
  named: string | undefined,
): AuditPart => ({
  finish: async ({ invariants }) => {
    const found = Object(invariants) as Readonly<Record<string, unknown>>;
    const differences = Object.entries(about.findings)
      .filter(([name, count]) => count !== found[name] && !NOT_IN_BUNDLES.has(name))
      .map(([name, count]) => ({
        file: 'findings.jsonl',
        why: `${name}: the audit that wrote it says ${count}, and these files ${String(found[name])}`,
      }));
    const all = [...problems, ...differences];
    const isNamed = named !== undefined;
    const { software, startedAt } = manifest;
    return ok({
      value: { bundle: { software, startedAt, manifestSha256, isNamed, problems: all } },
      faults: all.length,
      lines: [
        '',
        ...all.slice(0, SHOWN_MAX).map(({ file, why, ...problem }) => {
          const line = 'line' in problem ? `, line ${problem.line}` : '';
          return `${file}${line}: ${why}`;
        }),
        ...(all.length > SHOWN_MAX
          ? [`… and ${all.length - SHOWN_MAX} more; --json tells all`]
          : []),
        `The bundle was made by ${software} at ${startedAt}, of ${about.eventsTable}.`,
        all.length === 0
          ? 'Every file is the one in the manifest, and every head of a chain is there.'
          : `${all.length} of its files’ parts are not what they should be.`,
        isNamed
          ? `The manifest is the one that was named: ${manifestSha256}`
          : `Whether anybody made it anew, only its SHA-256 can tell: ${manifestSha256}`,
      ],
    });
  },
});
