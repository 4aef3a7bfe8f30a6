import { err, ok, type Result, ResultAsync } from 'neverthrow';
import * as Registry from '../../domain/registry/index.ts';
import type { Clock } from '../ports/clock.ts';
import type { AppendError, EventStore, LoadError, StreamId } from '../ports/eventStore.ts';
import type { Ids } from '../ports/ids.ts';
import { commitAboutAll, loadNewest } from '../log/eventStreams.ts';
import type { Handler } from '../delivery/handler.ts';
import type { Telemetry } from '../ports/telemetry.ts';

export type ProtocolSettings = Readonly<Record<string, string>>;

export type UsedSettings = {
  readonly settings: ProtocolSettings;
  /** When a worker first started with them, in milliseconds since the epoch. */
  readonly at: number;
};

const STREAM: StreamId = 'registry#settings';

/**
 * Loads the settings of the last worker that started with others than the one before it, in one
 * read.
 */
export const loadUsedSettings = (
  store: Pick<EventStore, 'head'>,
): ResultAsync<UsedSettings | undefined, LoadError> => loadHeld(store).map(({ used }) => used);

const loadHeld = (store: Pick<EventStore, 'head'>) =>
  loadNewest(store, STREAM, Registry.codec).map(({ events, position }) => {
    const newest = events.findLast((event) => event.type === 'SettingsTaken');
    const used = newest && {
      settings: Object.fromEntries(newest.data.settings.map(({ name, value }) => [name, value])),
      at: newest.data.at,
    };
    return { used, position };
  });

export const differences = (one: ProtocolSettings, other: ProtocolSettings): readonly string[] =>
  [...new Set([...Object.keys(one), ...Object.keys(other)])].filter(
    (name) => one[name] !== other[name],
  );

export type RecordSettings = () => ResultAsync<void, AppendError | LoadError>;

/** This many appends may be lost to workers that start with other settings at the same moment. */
const CONFLICTS_MAX = 5;

/**
 * Records the settings of this process in the log, so that the doctor can compare them: once for
 * each process, and not if the worker before it had the same. After a failure, the next call tries
 * again.
 */
export const createRecordSettings = ({
  store,
  ids,
  clock,
  protocolSettings: settings,
}: {
  readonly store: Pick<EventStore, 'head' | 'append'>;
  readonly ids: Pick<Ids, 'create'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly protocolSettings: ProtocolSettings;
}): RecordSettings => {
  let recording: Promise<Result<void, AppendError | LoadError>> | undefined;

  const record = async (): Promise<Result<void, AppendError | LoadError>> => {
    for (let conflicts = 0; ; conflicts += 1) {
      const held = await loadHeld(store);
      if (held.isErr()) return err(held.error);
      const { used, position } = held.value;
      if (used !== undefined && differences(used.settings, settings).length === 0) return ok();
      const data = {
        settings: Object.entries(settings).map(([name, value]) => ({ name, value })),
        at: clock.now(),
      };
      const commit = commitAboutAll(STREAM, ids, {
        idempotencyKey: `settings#${position.version + 1}`,
        events: [Registry.codec.encode({ type: 'SettingsTaken', data })],
      });
      const appended = await store.append(STREAM, position, commit);
      if (appended.isOk()) return ok();
      if (appended.error.type !== 'Conflict' || conflicts === CONFLICTS_MAX) {
        return err(appended.error);
      }
    }
  };

  return () => {
    recording ??= record().then((recorded) => {
      if (recorded.isErr()) recording = undefined;
      return recorded;
    });
    return new ResultAsync(recording);
  };
};

/**
 * A worker records its settings beside its first message. No message waits for that or fails
 * because of it: a failure is recorded, and the next message tries again.
 */
export const createRecordingSettings =
  (
    {
      recordSettings,
      telemetry,
    }: { readonly recordSettings: RecordSettings; readonly telemetry: Telemetry },
    handle: Handler,
  ): Handler =>
  (received) => {
    void recordSettings().mapErr(({ type }) =>
      telemetry.record({ level: 'warn', event: 'settings.unrecorded', outcome: type }),
    );
    return handle(received);
  };
