import { ok, safeTry, type ResultAsync } from 'neverthrow';
import * as Person from '../../domain/person/index.ts';
import type { Owner } from '../../domain/personal/index.ts';
import { createStream, type EventStream, type StreamDependencies } from '../log/eventStreams.ts';
import { retryConflicts, type ConflictsExhausted } from '../log/retryConflicts.ts';
import type { Clock } from '../ports/clock.ts';
import type { AppendError, LoadError, StreamId } from '../ports/eventStore.ts';
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

export type ErasureError =
  Exclude<AppendError, { readonly type: 'Conflict' }> | LoadError | KeyTrouble | ConflictsExhausted;

/** What an erasure would end, and what earlier ones have ended. */
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

type Erase = (
  owner: Owner,
  said: { readonly by: string; readonly reason: string },
  signal?: AbortSignal,
) => ResultAsync<ErasurePreview, ErasureError>;

export type ErasePerson = {
  readonly preview: (owner: Owner) => ResultAsync<ErasurePreview, ErasureError>;
  /**
   * Records who erases, and why, ends every key, and waits until no process holds one any more.
   * After an interruption the same call completes it. Stopped by the signal it has ended the keys.
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

  const look = (owner: Owner) =>
    safeTry(async function* () {
      const loaded = yield* stream.load(owner);
      const keys = yield* customerKeys.list(owner);
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

  const erase: Erase = (owner, said, signal) =>
    safeTry(async function* () {
      const preview = yield* retryConflicts<ErasurePreview, AppendError | LoadError>(() =>
        safeTry(async function* () {
          const { loaded, preview: found } = yield* look(owner);
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

  return { preview: (owner) => look(owner).map(({ preview }) => preview), erase };
};
