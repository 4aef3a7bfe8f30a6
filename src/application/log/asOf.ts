import { err, ok, type Result } from 'neverthrow';
import type { RecordedCommit } from '../ports/eventStore.ts';

/** A moment in the life of a stream: a version of it, or a time in milliseconds since the epoch. */
export type LogMoment =
  | { readonly type: 'Version'; readonly version: number }
  | { readonly type: 'Time'; readonly at: number };

export type LogPrefix = {
  readonly commits: readonly RecordedCommit[];
  /** It may be lower than requested, since a commit is appended as a whole. */
  readonly version: number;
  /** When that version was written, by its writer's clock. */
  readonly at: number;
  readonly latestVersion: number;
  /** The number of later commits whose own time is not after the requested time. */
  readonly misdated: number;
};

export type OutsideOfLife =
  | { readonly type: 'NeverBegun' }
  | { readonly type: 'BeforeItsBeginning'; readonly firstAt: number }
  | { readonly type: 'BeyondItsEnd'; readonly latestVersion: number };

const lastVersion = ({ version, events }: RecordedCommit): number => version + events.length - 1;

/** Commits up to the first that was written later: the versions give the order, not clocks. */
export const until = (
  commits: readonly RecordedCommit[],
  at: number,
): readonly RecordedCommit[] => {
  const after = commits.findIndex(({ committedAt }) => committedAt > at);
  return after === -1 ? commits : commits.slice(0, after);
};

/**
 * The stream as a process that loaded it at that moment saw it. It consists of whole commits, since
 * nobody ever sees a part of one.
 */
export const asOf = (
  stream: readonly RecordedCommit[],
  moment: LogMoment,
): Result<LogPrefix, OutsideOfLife> => {
  const [first, latest] = [stream[0], stream.at(-1)];
  if (first === undefined || latest === undefined) return err({ type: 'NeverBegun' });
  const latestVersion = lastVersion(latest);
  if (moment.type === 'Version' && moment.version > latestVersion) {
    return err({ type: 'BeyondItsEnd', latestVersion });
  }
  const commits =
    moment.type === 'Time'
      ? until(stream, moment.at)
      : stream.filter(({ version }) => version <= moment.version);
  const last = commits.at(-1);
  if (last === undefined) return err({ type: 'BeforeItsBeginning', firstAt: first.committedAt });
  const misdated =
    moment.type === 'Time'
      ? stream.slice(commits.length).filter(({ committedAt }) => committedAt <= moment.at).length
      : 0;
  return ok({
    commits,
    version: lastVersion(last),
    at: last.committedAt,
    latestVersion,
    misdated,
  });
};
