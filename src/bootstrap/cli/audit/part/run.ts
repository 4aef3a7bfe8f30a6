import * as z from 'zod';
import { count } from '../../common/checkpoint.ts';
import { shareText } from '../../common/share.ts';

/** Everything that the shares of one audit have in common. */
export type PartRun = {
  readonly release: string;
  readonly region: string;
  readonly eventsTable: string;
  readonly invoicesTable: string;
  /** The id that `setup` gave the deployment: tables of two accounts may have the same names. */
  readonly deployment: string;
  readonly segments: number;
  readonly shares: number;
  readonly graceMs: number;
  readonly giveUpMs: number;
  readonly queues: boolean;
  readonly seals: boolean;
  readonly gateway?: {
    readonly foreign: 'apart' | 'report' | 'ignore';
    readonly since?: number;
  };
};

/** The first line of a part. */
export type PartHeader = {
  readonly format: typeof FORMAT;
  readonly run: PartRun;
  readonly share: number;
  readonly startedAt: number;
};

export const FORMAT = 'paidonce audit part 1';

const named = z.looseObject({
  format: z.string().startsWith('paidonce audit part '),
  run: z.looseObject({ release: z.string() }),
});

const header = z
  .strictObject({
    format: z.literal(FORMAT),
    run: z.strictObject({
      release: z.string(),
      region: z.string(),
      eventsTable: z.string(),
      invoicesTable: z.string(),
      deployment: z.string(),
      segments: count,
      shares: z.int().min(1).max(99),
      graceMs: count,
      giveUpMs: count,
      queues: z.boolean(),
      seals: z.boolean(),
      gateway: z
        .strictObject({
          foreign: z.enum(['apart', 'report', 'ignore']),
          since: count.exactOptional(),
        })
        .exactOptional(),
    }),
    share: z.int().min(1),
    startedAt: count,
  })
  .refine(({ share, run }) => share <= run.shares) satisfies z.ZodType<PartHeader>;

export type ReadHeader =
  | { readonly type: 'Header'; readonly header: PartHeader }
  /** Another release wrote it, whose parts may have another form. */
  | { readonly type: 'OtherRelease'; readonly release: string }
  | { readonly type: 'NoHeader' };

export const readHeader = (value: unknown, release: string): ReadHeader => {
  const { data: any } = named.safeParse(value);
  if (any !== undefined && any.run.release !== release) {
    return { type: 'OtherRelease', release: any.run.release };
  }
  const { data } = header.safeParse(value);
  return data === undefined ? { type: 'NoHeader' } : { type: 'Header', header: data };
};

/** The last line of a part. Without it the share was not finished. */
export type PartEnd = {
  /** The number of lines before it, and their SHA-256. */
  readonly lines: number;
  readonly sha256: string;
  readonly endedAt: number;
};

const end = z.strictObject({
  end: z.strictObject({
    lines: count,
    sha256: z.string(),
    endedAt: count,
  }) satisfies z.ZodType<PartEnd>,
});

export const readEnd = (value: unknown): PartEnd | undefined => end.safeParse(value).data?.end;

export type NamedHeader = { readonly path: string; readonly header: PartHeader };

/** Why these are not all parts of one audit; empty where they are. */
export const mismatches = ([first, ...others]: readonly NamedHeader[]): readonly string[] => {
  if (first === undefined) return [];
  const { shares } = first.header.run;
  const differing = others.flatMap((other) =>
    differences(FACTS, first.header.run, other.header.run).map(
      ([name, mine, theirs]) => `${name}: ${mine} in ${first.path}, ${theirs} in ${other.path}`,
    ),
  );
  if (differing.length > 0) return differing;
  const byShare = Map.groupBy([first, ...others], ({ header: { share } }) => share);
  return Array.from({ length: shares }, (_, index) => index + 1).flatMap((share) => {
    const paths = (byShare.get(share) ?? []).map(({ path }) => path);
    if (paths.length === 1) return [];
    const which = shareText({ share, of: shares });
    return paths.length === 0
      ? [`the part of share ${which} is missing`]
      : [`share ${which} is there ${paths.length} times: ${paths.join(', ')}`];
  });
};

export type Difference = readonly [name: string, mine: string, theirs: string];

/** The facts of these names in which two runs differ. */
export const differences = <N extends keyof PartRun>(
  names: readonly N[],
  mine: Pick<PartRun, N>,
  theirs: Pick<PartRun, N>,
): readonly Difference[] =>
  names.flatMap((name) => {
    const [here, there] = [mine, theirs].map(({ [name]: value }) => JSON.stringify(value ?? 'no'));
    return here === there ? [] : [[name, here ?? '', there ?? ''] as const];
  });

export const TABLES = [
  'region',
  'eventsTable',
  'invoicesTable',
] as const satisfies readonly (keyof PartRun)[];

const FACTS = [
  ...TABLES,
  'deployment',
  'segments',
  'shares',
  'graceMs',
  'giveUpMs',
  'queues',
  'seals',
  'gateway',
] as const satisfies readonly (keyof PartRun)[];
