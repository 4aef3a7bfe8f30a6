import { InvalidArgumentError } from 'commander';
import type { ScanShare } from '../../../application/log/scanStreams.ts';

/** Reads `2/4`: the second of four processes. */
export const shareOfScan = (text: string): ScanShare => {
  const [, share = 0, of = 0] = (/^(\d{1,2})\/(\d{1,2})$/.exec(text) ?? []).map(Number);
  if (share >= 1 && share <= of) return { share, of };
  throw new InvalidArgumentError('It has to be a share k/n with 1 ≤ k ≤ n, such as 1/4.');
};

export const shareText = ({ share, of }: ScanShare): string => `${share}/${of}`;

/** A part of the name of a file, since several shares may run in one directory. */
export const shareInName = ({ share, of }: ScanShare): string => `${share}-of-${of}`;

/** Why the segments cannot be shared in this way; empty where they can, or are not. */
export const shareMistakes = (share: ScanShare | undefined, segments: number): readonly string[] =>
  share !== undefined && share.of > segments
    ? [`--share has ${share.of} shares of ${segments} segments: some would have none`]
    : [];
