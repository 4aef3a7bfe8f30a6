import { err, errAsync, ok, okAsync, ResultAsync, type Result } from 'neverthrow';
import * as Registry from '../../domain/registry/index.ts';
import * as Series from '../../domain/series/index.ts';
import type { Clock } from '../ports/clock.ts';
import type {
  AppendError,
  CorruptStream,
  EventStore,
  LoadError,
  StreamId,
  StreamPosition,
  RecordError,
} from '../ports/eventStore.ts';
import type { Misconfiguration, Unavailable } from '../ports/failures.ts';
import type { Ids } from '../ports/ids.ts';
import { commitAboutAll, decodeCommits } from '../log/eventStreams.ts';

/** The format of each series: its first registration counts, and not the settings. */
export type SeriesRegistry = {
  /**
   * The format of a series. This worker's own two series are registered first. `Misconfigured`: one
   * of them cannot be registered, since this worker would print numbers in another way than others.
   * `CorruptStream`: nobody has registered the series.
   */
  formatOf(series: string): ResultAsync<Series.NumberFormat, RecordError>;
  /**
   * The same, from what this process has read so far; undefined for a series that it has not read.
   */
  known(series: string): Series.NumberFormat | undefined;
  /** Whether this worker is configured with the series, so that nothing can be done without it. */
  isOurs(series: string): boolean;
};

const STREAM: StreamId = 'registry#series';

export type LoadedRegistry = {
  readonly registry: Registry.Registry;
  readonly position: StreamPosition;
};

export const loadRegistry = (
  store: Pick<EventStore, 'load'>,
): ResultAsync<LoadedRegistry, LoadError> =>
  store.load(STREAM).andThen(({ commits, position }) =>
    decodeCommits(commits, Registry.codec).map((events) => ({
      registry: Registry.fold(events),
      position,
    })),
  );

/** This many appends may be lost to workers that register other series at the same moment. */
const CONFLICTS_MAX = 10;
const crowded: Unavailable = {
  type: 'Unavailable',
  dependency: 'EventStore',
  cause: 'other workers register series all the time',
  throttled: false,
};

export const createSeriesRegistry = (
  {
    store,
    ids,
    clock,
  }: { readonly store: Pick<EventStore, 'load' | 'append'> } & {
    readonly ids: Pick<Ids, 'create'>;
    readonly clock: Pick<Clock, 'now'>;
  },
  declared: readonly Registry.SeriesDeclaration[],
): SeriesRegistry => {
  let registry: Registry.Registry = new Map();
  let opening: Promise<Result<void, RecordError>> | undefined;
  const isOurs = (series: string): boolean => declared.some((each) => each.series === series);

  const open = async (): Promise<Result<void, RecordError>> => {
    for (let conflicts = 0; ; conflicts += 1) {
      const loaded = await loadRegistry(store);
      if (loaded.isErr()) return err(loaded.error);
      const { registry: before, position } = loaded.value;
      const registered = registerAll(before, declared, clock.now());
      if (registered.isErr()) return err(refusal(registered.error));
      const added = registered.value;
      if (added.length > 0) {
        const appended = await append({ store, ids }, position, added);
        if (appended.isErr()) {
          if (appended.error.type !== 'Conflict') return err(appended.error);
          if (conflicts < CONFLICTS_MAX) continue;
          return err(crowded);
        }
      }
      registry = new Map([...before, ...added.map((each) => [each.series, each] as const)]);
      return ok();
    }
  };
  const opened = (): ResultAsync<void, RecordError> =>
    new ResultAsync((opening ??= open().finally(() => (opening = undefined))));

  /** Each format is read once: a registration is for ever. */
  const formats = new Map<string, Series.NumberFormat>();
  const known = (series: string): Series.NumberFormat | undefined => {
    const registered = registry.get(series);
    const format =
      formats.get(series) ??
      (registered && Series.parseFormat(registered.format).unwrapOr(undefined));
    if (format !== undefined) formats.set(series, format);
    return format;
  };

  return {
    isOurs,
    known,
    formatOf: (series) => {
      const before = known(series);
      if (before !== undefined) return okAsync(before);
      return opened().andThen(() => {
        const format = known(series);
        return format === undefined ? errAsync(unregistered(series)) : okAsync(format);
      });
    },
  };
};

const registerAll = (
  before: Registry.Registry,
  declared: readonly Registry.SeriesDeclaration[],
  at: number,
): Result<readonly Registry.SeriesRegistration[], Registry.RegistrationRefusal> => {
  const added: Registry.SeriesRegistration[] = [];
  for (const each of declared) {
    const known = new Map([...before, ...added.map((one) => [one.series, one] as const)]);
    const registered = Registry.register(known, each, at);
    if (registered.isErr()) return err(registered.error);
    added.push(...registered.value);
  }
  return ok(added);
};

const append = (
  { store, ids }: { readonly store: Pick<EventStore, 'append'>; readonly ids: Pick<Ids, 'create'> },
  position: StreamPosition,
  added: readonly Registry.SeriesRegistration[],
): ResultAsync<StreamPosition, AppendError> => {
  const [first, ...rest] = added.map((data) =>
    Registry.codec.encode({ type: 'SeriesRegistered', data }),
  );
  if (first === undefined) return okAsync(position);
  const idempotencyKey = `register#${added.map(({ series }) => series).join('#')}`;
  const commit = commitAboutAll(STREAM, ids, { idempotencyKey, events: [first, ...rest] });
  return store.append(STREAM, position, commit);
};

/** The order's series is older than the registry, and no worker is configured with it. */
const unregistered = (series: string): CorruptStream => ({
  type: 'CorruptStream',
  streamId: `series#${series}`,
  version: 0,
  why:
    'is not registered, so that nobody knows how its numbers are printed: start a worker ' +
    'once that is configured with it',
});

const refusal = (refused: Registry.RegistrationRefusal): Misconfiguration => ({
  type: 'Misconfigured',
  dependency: 'EventStore',
  cause: refusedText(refused),
});

/**
 * The reason why a worker may not use a series as it is configured, in words for an alarm and for
 * the doctor.
 */
export const refusedText = (refused: Registry.RegistrationRefusal): string => {
  const { series } = refused;
  switch (refused.type) {
    case 'OtherFormat':
      return (
        `the series ${series} is printed as ${refused.registered.format} for ever: set ` +
        'that format, or give it a new name'
      );
    case 'OtherDocuments': {
      const { documents } = refused.registered;
      return `the series ${series} is that of the ${documents}: name another one`;
    }
    case 'PrintsAlike':
      return (
        `the series ${series} would print ${refused.example} as the series ` +
        `${refused.other} does: put {series} into its format`
      );
    case 'RegistryFull':
      return (
        `${Registry.REGISTERED_MAX} series are registered, and ${series} is one more: use ` +
        'one of them'
      );
  }
};
