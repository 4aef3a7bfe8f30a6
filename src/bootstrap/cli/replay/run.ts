import { join } from 'node:path';
import { sumCounts, type ReplayPlace } from '../../../application/readModel/replayCounts.ts';
import type { ReplayProgress } from '../../../application/readModel/replayInvoices.ts';
import { VERSION } from '../../version.ts';
import type { Session } from '../shared/command.ts';
import { createProgress } from '../shared/progress.ts';
import { openCheckpoint, type ReplayRun } from './checkpoint.ts';
import type { ScanFlags } from '../shared/options.ts';

/** As commander gives them. */
export type ReplayCommandOptions = ScanFlags & {
  readonly dryRun?: boolean;
  readonly resume?: boolean;
  readonly checkpoint?: string;
  readonly into?: string;
  readonly switch?: boolean;
  readonly by?: string;
  readonly reason?: string;
  readonly wait?: number;
};

/** The default files: one for each kind of run. */
const FILES: Readonly<Record<ReplayRun['mode'], string>> = {
  rows: 'replay-invoices.checkpoint.json',
  'dry run': 'replay-invoices-dry-run.checkpoint.json',
  into: 'replay-invoices-into.checkpoint.json',
};

export const checkpointFor = (
  { embedded, output }: Session,
  { checkpoint, resume = false }: ReplayCommandOptions,
  run: Omit<ReplayRun, 'release'>,
) =>
  openCheckpoint({
    path: checkpoint ?? join(embedded?.dataDir ?? '.', FILES[run.mode]),
    isChosen: checkpoint !== undefined,
    run: { ...run, release: VERSION },
    resume,
    output,
  });

export const replayProgress = ({ output }: Session, from: ReplayPlace | undefined) => {
  const before = sumCounts((from?.segments ?? []).map(({ counts }) => counts)).commits;
  const speed = { from: before, rough: true };
  const progress = createProgress(output, { unit: 'commits read', speed });
  return {
    stop: (): void => progress.stop(),
    update: ({ commits, commitsTotal, invoices, throttles }: ReplayProgress): void =>
      progress.update(commits, {
        facts: `${invoices} invoices${throttles === 0 ? '' : `, throttled ${throttles} times`}`,
        ...(commitsTotal === undefined ? {} : { total: commitsTotal }),
      }),
  };
};
