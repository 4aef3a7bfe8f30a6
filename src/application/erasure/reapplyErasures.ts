import { err, ok, safeTry, type Result, type ResultAsync } from 'neverthrow';
import type { DependencyError } from '../ports/failures.ts';
import * as Person from '../../domain/person/events.ts';
import type { Owner } from '../../domain/personal/index.ts';
import { decodeCommits } from '../log/eventStreams.ts';
import { retryConflicts } from '../log/retryConflicts.ts';
import {
  scanStreams,
  sizeOf,
  type LogSize,
  type ScanBounds,
  type ScannedStream,
} from '../log/scanStreams.ts';
import type { Clock } from '../ports/clock.ts';
import type { AppendError, CorruptStream, EventStore, LoadError } from '../ports/eventStore.ts';
import { KEY_CACHE_MS, type CustomerKey } from '../ports/personalData.ts';
import {
  createPersonStream,
  personStreamId,
  type ErasureDependencies,
  type ErasureError,
  type PersonStream,
} from './erasePerson.ts';

/** The part of one person's erasures that the table of keys does not have. */
export type UndoneErasure = {
  readonly owner: string;
  /** Keys that were ended and have no end in the table, or are in it beyond their end. */
  readonly keys: readonly Person.EndedKey[];
  /** Names of ended keys that younger keys have: these were made since, and are left alone. */
  readonly younger: readonly string[];
};

export type ReapplyOptions = ScanBounds & {
  /** Only finds them, and ends nothing. */
  readonly dryRun: boolean;
  readonly said: { readonly by: string; readonly reason: string };
  readonly onProgress?: (progress: LogSize & { readonly commits: number; found: number }) => void;
  /** Called before its keys are ended. */
  readonly onUndone: (undone: UndoneErasure) => void;
  readonly onUnreadable: (stream: CorruptStream) => void;
};

export type ReapplyResult = {
  /** The number of persons who were erased at any time. */
  readonly persons: number;
  readonly undone: number;
  readonly commits: number;
  /** The number of unreadable streams: erasures in them, if they are persons', are not known. */
  readonly unreadable: number;
};

type ReapplyDependencies = Omit<ErasureDependencies, 'store' | 'clock' | 'retentionYears'> & {
  readonly store: EventStore;
  readonly clock: Clock;
};

/**
 * Ends what the log says was ended, where the table of keys does not say so: after it was restored
 * from a backup. It reads the whole log, records by whom each person is erased again, and waits
 * until no process holds a key. Repeatable; an interrupted run is completed by the next one.
 */
export const createReapplyErasures =
  (dependencies: ReapplyDependencies) =>
  async (options: ReapplyOptions): Promise<Result<ReapplyResult, ErasureError>> => {
    const { customerKeys, clock, ...log } = dependencies;
    const { dryRun, onProgress, segments, readUnitsPerSecond, signal } = options;
    const counts = { persons: 0, undone: 0, unreadable: 0 };
    const run = { customerKeys, clock, stream: createPersonStream(log), counts, options };
    const size = await sizeOf(log.store);
    const scanned = await scanStreams<ErasureError>(
      { store: log.store, clock },
      {
        segments,
        readUnitsPerSecond,
        signal,
        visit: async (streams) => {
          for (const one of streams) {
            const visited = await visitStream(one, run);
            if (visited.isErr()) return err(visited.error);
          }
          return ok();
        },
        onPage: (_segment, _place, { commits }) =>
          onProgress?.({ commits, found: counts.undone, ...size }),
      },
    );
    if (scanned.isErr()) return err(scanned.error);
    if (counts.undone > 0 && !dryRun) await clock.sleep(KEY_CACHE_MS, signal);
    return ok({ ...counts, commits: scanned.value.commits });
  };

type ReapplyRun = Pick<ReapplyDependencies, 'customerKeys' | 'clock'> & {
  readonly stream: PersonStream;
  readonly counts: { persons: number; undone: number; unreadable: number };
  readonly options: ReapplyOptions;
};

/** Compares the erasures in a person's stream with the table, and ends again what is undone. */
const visitStream = async (
  scanned: ScannedStream,
  run: ReapplyRun,
): Promise<Result<void, ErasureError>> => {
  const { counts, options } = run;
  const owner = ownerIn(scanned.streamId);
  if (owner === undefined || scanned.again) return ok();
  const { corrupt, commits } = scanned;
  const read = corrupt === undefined ? decodeCommits(commits, Person.codec) : err(corrupt);
  if (read.isErr()) {
    counts.unreadable += 1;
    options.onUnreadable(read.error);
    return ok();
  }
  counts.persons += 1;
  const compared = await compare(owner, read.value.reduce(Person.evolve, Person.initialState), run);
  if (compared.isErr()) return err(compared.error);
  const undone = compared.value;
  if (undone.keys.length + undone.younger.length === 0) return ok();
  counts.undone += 1;
  options.onUndone(undone);
  return options.dryRun || undone.keys.length === 0 ? ok() : endAgain(undone, owner, run);
};

const compare = (
  owner: Owner,
  erasures: Person.State,
  { customerKeys, clock }: ReapplyRun,
): ResultAsync<UndoneErasure, DependencyError> =>
  safeTry(async function* () {
    const there = yield* customerKeys.list(owner);
    const ended = yield* customerKeys.ended(owner);
    const now = clock.now();
    return ok({ owner, ...undoneOf(newestOf(erasures), { there, ended, now }) });
  });

/** Records the erasure once more, and then ends each key. */
const endAgain = (
  { keys }: UndoneErasure,
  owner: Owner,
  { stream, customerKeys, clock, options: { said } }: ReapplyRun,
): ResultAsync<void, ErasureError> =>
  safeTry(async function* () {
    yield* retryConflicts<undefined, AppendError | LoadError>(() =>
      safeTry(async function* () {
        const loaded = yield* stream.load(owner);
        const data = { keys, ...said, at: clock.now() };
        const ids = { correlationId: owner, causationId: owner };
        const trace = { idempotencyKey: `erase#${owner}`, ...ids };
        const commit = { events: [{ type: 'PersonErased' as const, data }], ...trace };
        yield* stream.append(owner, loaded, commit);
        return ok(undefined);
      }),
    );
    for (const { name, endsAt } of keys) yield* customerKeys.end(owner, name, endsAt);
    return ok(undefined);
  });

/** A key as it was ended last, and when that was recorded. */
type Ending = Person.EndedKey & { readonly at: number };

const newestOf = (erasures: Person.State): readonly Ending[] => [
  ...new Map(
    erasures.flatMap(({ keys, at }) => keys.map((key) => [key.name, { ...key, at }] as const)),
  ).values(),
];

const undoneOf = (
  endings: readonly Ending[],
  {
    there,
    ended,
    now,
  }: {
    readonly there: readonly CustomerKey[];
    readonly ended: ReadonlySet<string>;
    readonly now: number;
  },
): Pick<UndoneErasure, 'keys' | 'younger'> => {
  const found = (name: string) => there.find((key) => key.name === name);
  const isYounger = ({ name, at }: Ending): boolean =>
    !ended.has(name) && (found(name)?.createdAt ?? 0) > at;
  const isUndone = ({ name, endsAt }: Ending): boolean =>
    !ended.has(name) || (endsAt <= now && found(name) !== undefined);
  const [younger, others] = [endings.filter(isYounger), endings.filter((one) => !isYounger(one))];
  return {
    keys: others.filter(isUndone).map(({ name, endsAt }) => ({ name, endsAt })),
    younger: younger.map(({ name }) => name),
  };
};

const PREFIX = personStreamId('');

const ownerIn = (streamId: string): Owner | undefined =>
  streamId.startsWith(PREFIX) ? (streamId.slice(PREFIX.length) as Owner) : undefined;
