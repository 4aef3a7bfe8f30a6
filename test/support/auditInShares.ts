import { createAudit, type AuditReport } from '../../src/application/audit/audit.ts';
import type { AuditCheck, Finding, Invariant } from '../../src/application/audit/check.ts';
import { createAuditJoin } from '../../src/application/audit/join.ts';
import type { AuditDependencies } from '../../src/application/audit/scanForAudit.ts';
import { createShareAudit } from '../../src/application/audit/share.ts';
import { decodeLine, encodeLine, type PartLine } from '../../src/bootstrap/cli/audit/part/items.ts';
import { must } from './commits.ts';

/** What an audit by one process finds, and what several have to find together. */
export const describeByShares = (title: string, suite: (shares: number) => void): void => {
  describe(`${title}, by one process`, () => suite(1));
  describe(`${title}, by three processes`, () => suite(3));
};

type Checks = { readonly checks: readonly AuditCheck[] };

export type AuditInSharesOptions<C extends Checks = Checks> = {
  readonly segments: number;
  readonly shares?: number;
  /** The order in which the parts are joined, by the keys of their shares. */
  readonly keyOf?: (share: number) => number;
  /** Makes the checks of one process. */
  readonly make: () => C;
  readonly alsoChecked?: readonly Invariant[];
  /** Between two processes. */
  readonly onShare?: (share: number) => unknown;
};

export type AuditInShares<C> = {
  readonly findings: readonly Finding[];
  readonly report: AuditReport;
  /** The checks of the process that concluded. */
  readonly made: C;
};

/** Audits a log, with one process or several, whose parts go through their files' lines. */
export const auditInShares = async <C extends Checks>(
  dependencies: AuditDependencies,
  options: AuditInSharesOptions<C>,
): Promise<AuditInShares<C>> => {
  const { shares = 1, make, keyOf = (share) => share, alsoChecked = [] } = options;
  const segments = Math.max(options.segments, shares);
  const findings: Finding[] = [];
  const onFinding = (finding: Finding) => void findings.push(finding);
  const made = make();
  if (shares === 1) {
    const audited = createAudit(dependencies)({ segments, checks: made.checks, onFinding });
    return { findings, report: await must(await audited), made };
  }
  const parts: PartLine[][] = [];
  for (let share = 1; share <= shares; share += 1) {
    const lines: PartLine[] = [];
    const { report, items } = await must(
      await createShareAudit(dependencies)({
        segments,
        share: { share, of: shares },
        checks: make().checks,
        onFinding: (finding) => lines.push({ of: 'finding', finding }),
      }),
    );
    lines.push(...items());
    const { findings: _counted, ...counts } = report;
    parts.push([...lines, { of: 'counts', counts }]);
    options.onShare?.(share);
  }
  const { checks } = made;
  const joined = createAuditJoin({ checks, signal: undefined, alsoChecked, onFinding });
  const sorted = parts
    .map((lines, at) => ({ lines, key: keyOf(at + 1) }))
    .toSorted((one, other) => one.key - other.key);
  for (const line of sorted.flatMap(({ lines }) => lines)) {
    const read = decodeLine(encodeLine(line));
    if (read === undefined) throw new Error(`no line of a part: ${encodeLine(line)}`);
    if (read.of === 'finding') joined.addFinding(read.finding);
    else if (read.of === 'counts') joined.addCounts(read.counts);
    else await must(await joined.add(read));
  }
  return { findings, report: await must(await joined.conclude()), made };
};
