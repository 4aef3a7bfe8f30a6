import type { AuditProgress } from '../../../application/audit/scanForAudit.ts';
import type { Output } from '../common/output.ts';
import { createProgress } from '../common/progress.ts';

export type ReadProgress = {
  readonly done: number;
  readonly total?: number;
  readonly findings: number;
};

export const readProgress = ({
  commits: done,
  commitsTotal: total,
  findings,
}: AuditProgress): ReadProgress => ({ done, findings, ...(total === undefined ? {} : { total }) });

export const COMMITS_READ = 'commits read';

export const createAuditProgress = (output: Output, unit: string) => {
  const progress = createProgress(output, { unit, speed: { from: 0, rough: true } });
  return {
    stop: (): void => progress.stop(),
    update: ({ done, total, findings }: ReadProgress): void =>
      progress.update(done, {
        facts: `${findings} findings`,
        ...(total === undefined ? {} : { total }),
      }),
  };
};
