import type { AuditCheck, Finding, Invariant } from './check.ts';

/** The number of findings of each invariant that was checked to its end. */
export type FindingCounts = Readonly<Partial<Record<Invariant, number>>>;

export type FindingReport = {
  readonly add: (findings: readonly Finding[]) => void;
  readonly found: () => number;
  readonly counts: () => FindingCounts;
};

/** Findings that are remembered, to report each once: a few MB. */
const REMEMBERED_MAX = 100_000;

/** Any scan proves these. */
const ALWAYS: readonly Invariant[] = ['readable', 'contiguous'];

/** Reports each finding once. `alsoChecked`: what others have checked beside these checks. */
export const createFindingReport = (
  checks: readonly AuditCheck[],
  onFinding: ((finding: Finding) => void) | undefined,
  alsoChecked: readonly Invariant[] = [],
): FindingReport => {
  const counts = new Map<Invariant, number>(
    [...ALWAYS, ...checks.flatMap(({ proves }) => proves), ...alsoChecked].map((name) => [name, 0]),
  );
  const reported = new Set<string>();
  let found = 0;
  return {
    add: (findings) => {
      for (const finding of findings) {
        const key = [finding.invariant, finding.streamId, finding.version, finding.why].join('|');
        if (reported.has(key)) continue;
        if (reported.size < REMEMBERED_MAX) reported.add(key);
        found += 1;
        counts.set(finding.invariant, (counts.get(finding.invariant) ?? 0) + 1);
        onFinding?.(finding);
      }
    },
    found: () => found,
    counts: () => Object.fromEntries(counts),
  };
};
