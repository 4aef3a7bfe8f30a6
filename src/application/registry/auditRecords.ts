import { ok, safeTry, type ResultAsync } from 'neverthrow';
import * as Registry from '../../domain/registry/index.ts';
import { commitAboutAll, loadNewest } from '../log/eventStreams.ts';
import { retryConflicts, type ConflictsExhausted } from '../log/retryConflicts.ts';
import type { AppendError, EventStore, LoadError, StreamId } from '../ports/eventStore.ts';
import type { Ids } from '../ports/ids.ts';

const STREAM: StreamId = 'registry#audits';

/** Loads the counts of the last audit, in one read. */
export const loadLastAudit = (
  store: Pick<EventStore, 'head'>,
): ResultAsync<Registry.AuditConclusion | undefined, LoadError> =>
  loadNewest(store, STREAM, Registry.codec).map(
    ({ events }) => events.findLast((event) => event.type === 'AuditConcluded')?.data,
  );

export type RecordAuditError = AppendError | LoadError | ConflictsExhausted;

/** Records that the log was audited, after everything was read of it (ADR 0035). */
export const createRecordAudit =
  ({
    store,
    ids,
  }: {
    readonly store: Pick<EventStore, 'head' | 'append'>;
    readonly ids: Pick<Ids, 'create'>;
  }) =>
  (data: Registry.AuditConclusion): ResultAsync<void, RecordAuditError> =>
    retryConflicts<void, AppendError | LoadError>(() =>
      safeTry(async function* () {
        const { position } = yield* loadNewest(store, STREAM, Registry.codec);
        const commit = commitAboutAll(STREAM, ids, {
          idempotencyKey: `audited#${data.startedAt}`,
          events: [Registry.codec.encode({ type: 'AuditConcluded', data })],
        });
        yield* store.append(STREAM, position, commit);
        return ok();
      }),
    );
