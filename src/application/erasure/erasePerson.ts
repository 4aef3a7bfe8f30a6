import { ok, safeTry, type ResultAsync } from 'neverthrow';
import * as Person from '../../domain/person/events.ts';
import type { Owner } from '../../domain/personal/index.ts';
import { createStream, type EventStream, type StreamDependencies } from '../log/eventStreams.ts';
import { retryConflicts, type ConflictsExhausted } from '../log/retryConflicts.ts';
import type { Clock } from '../ports/clock.ts';
import type { AppendError, LoadError, StreamId, RecordError } from '../ports/eventStore.ts';
import {
  KEY_CACHE_MS,
  type CustomerKey,
  type CustomerKeys,
  type KeyTrouble,
} from '../ports/personalData.ts';

export type ErasureDependencies = StreamDependencies & {
  readonly customerKeys: CustomerKeys;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  readonly retentionYears: number;
};

export type ErasureError = RecordError | KeyTrouble | ConflictsExhausted;

/** The keys that an erasure would end, and those that earlier ones have ended. */
export type ErasurePreview = {
  readonly keys: readonly Person.EndedKey[];
  /** Keys that have their end, and are still in the table: kept by law, or not yet deleted. */
  readonly ending: readonly Person.EndedKey[];
  readonly before: Person.State;
};

export type PersonStream = EventStream<Person.State, Person.Event>;

export const personStreamId = (owner: string): StreamId => `person#${owner}`;

export const createPersonStream = (dependencies: StreamDependencies): PersonStream =>
  createStream(dependencies, {
    streamId: personStreamId,
    codec: Person.codec,
    initialState: Person.initialState,
    evolve: Person.evolve,
  });

/** Every erasure of a person, the oldest first. */
export const loadErasures = (
  log: StreamDependencies,
  owner: Owner,
): ResultAsync<Person.State, LoadError> =>
  createPersonStream(log)
    .load(owner)
    .map(({ state }) => state);

/**
 * The wait after a key is closed: a process may hold the key for the first half, and what it has
 * encrypted with it is in the log within the other half.
 */
export const CLOSE_WAIT_MS = 2 * KEY_CACHE_MS;

type Close = (
  owner: Owner,
  preview: ErasurePreview,
  signal?: AbortSignal,
) => ResultAsync<void, ErasureError>;

type Erase = (
  owner: Owner,
  said: { readonly by: string; readonly reason: string; readonly preview: ErasurePreview },
  signal?: AbortSignal,
) => ResultAsync<ErasurePreview, ErasureError>;

export type ErasePerson = {
  readonly preview: (owner: Owner) => ResultAsync<ErasurePreview, ErasureError>;
  /**
   * Has whatever comes from here on encrypted with other contact keys than those in the preview,
   * and waits until every process does. It may be repeated, and does no harm where no erasure
   * follows.
   */
  readonly close: Close;
  /**
   * Records who erases, and why, ends the keys, and waits until no process holds one any more. It
   * ends only those contact keys that are in the preview: a younger one has orders that nobody has
   * looked for. After an interruption the same call completes it. If the signal stops it while it
   * waits, the keys are ended.
   */
  readonly erase: Erase;
};

export const createErasePerson = ({
  customerKeys,
  clock,
  retentionYears,
  ...log
}: ErasureDependencies): ErasePerson => {
  const stream = createPersonStream(log);

  /**
   * Finds every key, or with `before` only the contact keys that were previewed, and all others.
   */
  const look = (owner: Owner, before?: ErasurePreview) =>
    safeTry(async function* () {
      const loaded = yield* stream.load(owner);
      const keys = (yield* customerKeys.list(owner)).filter(
        (key) => before === undefined || key.purpose !== 'contact' || isIn(before, key),
      );
      const now = clock.now();
      const ended = ({ name, endsAt }: CustomerKey): readonly Person.EndedKey[] =>
        endsAt === undefined ? [] : [{ name, endsAt }];
      const preview: ErasurePreview = {
        keys: keys
          .filter(({ endsAt }) => endsAt === undefined)
          .map((key) => ({ name: key.name, endsAt: Person.endOf(key, now, retentionYears) })),
        ending: keys.flatMap(ended),
        before: loaded.state,
      };
      return ok({ loaded, preview });
    });

  const close: Close = (owner, preview, signal) =>
    safeTry(async function* () {
      const keys = yield* customerKeys.list(owner);
      const open = keys.filter(
        ({ purpose, endsAt }) => purpose === 'contact' && endsAt === undefined,
      );
      const closed = open.filter((key) => isIn(preview, key));
      for (const { name } of closed) yield* customerKeys.close(owner, name);
      if (closed.length > 0) await clock.sleep(CLOSE_WAIT_MS, signal);
      return ok(undefined);
    });

  const erase: Erase = (owner, { preview: before, ...said }, signal) =>
    safeTry(async function* () {
      const preview = yield* retryConflicts<ErasurePreview, AppendError | LoadError>(() =>
        safeTry(async function* () {
          const { loaded, preview: found } = yield* look(owner, before);
          const data = { keys: found.keys, ...said, at: clock.now() };
          const events = found.keys.length === 0 ? [] : [{ type: 'PersonErased' as const, data }];
          const ids = { correlationId: owner, causationId: owner };
          yield* stream.append(owner, loaded, { events, idempotencyKey: `erase#${owner}`, ...ids });
          return ok(found);
        }),
      );
      const toEnd = [...preview.keys, ...preview.ending];
      for (const { name, endsAt } of toEnd) yield* customerKeys.end(owner, name, endsAt);
      if (toEnd.length > 0) await clock.sleep(KEY_CACHE_MS, signal);
      return ok(preview);
    });

  return { preview: (owner) => look(owner).map(({ preview }) => preview), close, erase };
};

const isIn = ({ keys, ending }: ErasurePreview, { name }: Pick<CustomerKey, 'name'>): boolean =>
  [...keys, ...ending].some((key) => key.name === name);
