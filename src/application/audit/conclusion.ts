import type { AuditConclusion } from '../../domain/registry/index.ts';
import type { AuditReport } from './audit.ts';
import { INVARIANTS } from './check.ts';
import type { WaitingReport } from './logChecks.ts';

/** The record of an audit, without what is known later. */
export type CountedAudit = Omit<AuditConclusion, 'endedAt' | 'manifestSha256'>;

export const conclusionOf = (
  { commits, findings }: Pick<AuditReport, 'commits' | 'findings'>,
  { open, unknown, inReview, disputes, disputesDueBy }: WaitingReport,
  startedAt: number,
): CountedAudit => ({
  startedAt,
  commits,
  findings: Object.values(findings).reduce((sum, count) => sum + count, 0),
  unchecked: Object.keys(INVARIANTS).filter((name) => !Object.hasOwn(findings, name)),
  open: open.count,
  openSince: open.oldest[0]?.since ?? 0,
  unknown: unknown.count,
  unknownSince: unknown.oldest[0]?.since ?? 0,
  inReview: inReview.count,
  inReviewSince: inReview.oldest[0]?.since ?? 0,
  disputes: disputes.count,
  disputesDueBy,
});
