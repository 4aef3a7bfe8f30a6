import { err, ok, type Result } from 'neverthrow';
import type { AnyEvent, Codec } from '../../domain/codec.ts';
import type { CorruptStream, RecordedCommit } from '../ports/eventStore.ts';

/** An event and its place in the log, which events split from one stored event share. */
export type LocatedEvent<E> = {
  readonly event: E;
  readonly version: number;
  readonly commit: RecordedCommit;
};

/** Decodes commits in order. The first event that cannot be read is the error. */
export const locateEvents = <E extends AnyEvent>(
  commits: readonly RecordedCommit[],
  codec: Codec<E>,
): Result<readonly LocatedEvent<E>[], CorruptStream> => {
  const located: LocatedEvent<E>[] = [];
  for (const commit of commits) {
    let version = commit.version;
    for (const stored of commit.events) {
      // Only an event of a former release relied on those before it.
      const decoded = codec.isOutdated(stored)
        ? codec.decode(stored, commit.events.slice(0, version - commit.version))
        : codec.decode(stored);
      if (decoded.isErr()) {
        const { why, isUnknown } = decoded.error;
        const { streamId } = commit;
        const fault = isUnknown ? ({ fault: 'unknown' } as const) : {};
        return err({ type: 'CorruptStream', streamId, version, why, ...fault });
      }
      for (const event of decoded.value) located.push({ event, version, commit });
      version += 1;
    }
  }
  return ok(located);
};

export const decodeCommits = <E extends AnyEvent>(
  commits: readonly RecordedCommit[],
  codec: Codec<E>,
): Result<readonly E[], CorruptStream> =>
  locateEvents(commits, codec).map((located) => located.map(({ event }) => event));

/** An event with the version that it is stored under, and the time of its commit, as stored. */
export type DatedEvent<E> = { readonly event: E; readonly version: number; readonly at: number };

export const dated = <E>({ event, version, commit }: LocatedEvent<E>): DatedEvent<E> => ({
  event,
  version,
  at: commit.committedAt,
});
