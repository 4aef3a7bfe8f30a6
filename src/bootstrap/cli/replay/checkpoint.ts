import * as z from 'zod';
import type { ReplayPlace } from '../../../application/readModel/replayCounts.ts';
import type { RebuildPart } from '../../../application/readModel/rebuildInto.ts';
import { count, segmentPlace } from '../common/checkpoint.ts';

/** Everything that a run must have in common with the one that it continues. */
export type ReplayRun = {
  readonly mode: 'rows' | 'dry run' | 'into';
  readonly region: string;
  readonly events: string;
  readonly invoices: string;
  readonly segments: number;
  /** `1/1` where one process reads all segments. */
  readonly share: string;
  /** Another release may write another row for the same events. */
  readonly release: string;
};

/** The place at which a run stopped. */
export type ReplayPosition = { readonly part: RebuildPart; readonly place: ReplayPlace };

export const StoredReplay = z.strictObject({
  run: z.strictObject({
    mode: z.enum(['rows', 'dry run', 'into']),
    region: z.string(),
    events: z.string(),
    invoices: z.string(),
    segments: count,
    share: z.string().default('1/1'),
    release: z.string(),
  }) satisfies z.ZodType<ReplayRun>,
  part: z.enum(['rebuild', 'catch up']),
  place: z.strictObject({
    segments: z.array(
      z.strictObject({
        place: segmentPlace,
        counts: z.strictObject({
          commits: count,
          invoices: count,
          written: count,
          alreadyThere: count,
          differences: count,
          unreadable: count,
          upcast: z.record(z.string(), count),
        }),
      }),
    ),
    readUnits: z.number().nonnegative(),
    throttles: count,
  }) satisfies z.ZodType<ReplayPlace>,
});

export const BEGINNING: ReplayPosition = {
  part: 'rebuild',
  place: { segments: [], readUnits: 0, throttles: 0 },
};
