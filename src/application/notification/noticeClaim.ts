import { err, errAsync, ok, okAsync, safeTry, type ResultAsync } from 'neverthrow';
import type * as Notification from '../../domain/notification/index.ts';
import type { HandlerError } from '../delivery/handler.ts';
import type { LoadedHistory, NotificationStream } from '../log/eventStreams.ts';
import type { Correlation } from '../messages/index.ts';

/**
 * The maximum number of rounds: claim, conflict, claim after a lease, write, send. More mean that
 * something is wrong.
 */
export const ROUNDS_MAX = 6;

export type LoadedNotice = LoadedHistory<Notification.State, Notification.Event>;

/** One try to notify, under a claim of its own. */
export type NoticeAttempt = {
  readonly id: string;
  readonly claimId: string;
  readonly commit: Correlation & { readonly idempotencyKey: string };
};

/** Begins an attempt. `id` is that of the notice's stream, `<order>#<notice>`. */
export const attemptOf = (
  id: string,
  { correlationId, causationId }: Correlation,
  claimId: string,
): NoticeAttempt => ({
  id,
  claimId,
  commit: { idempotencyKey: `notify#${id}`, correlationId, causationId },
});

/** Claims the notice, or reads whose claim it is now. */
export const claim = (
  { id, claimId, commit }: NoticeAttempt,
  loaded: LoadedNotice,
  at: number,
  notices: NotificationStream,
): ResultAsync<LoadedNotice, HandlerError> => {
  const events = [{ type: 'NotificationClaimed' as const, data: { claimId, at } }];
  return notices
    .append(id, loaded, { ...commit, events })
    .orElse((error) => (error.type === 'Conflict' ? notices.load(id) : errAsync(error)));
};

/** A mail cannot be undone: the confirmation is appended behind whatever is there. */
export const confirm = (
  { id, commit }: NoticeAttempt,
  loaded: LoadedNotice,
  mailId: string,
  notices: NotificationStream,
): ResultAsync<void, HandlerError> =>
  safeTry(async function* () {
    const events = [{ type: 'NotificationSent' as const, data: { mailId } }];
    let current = loaded;
    for (let round = 0; round < ROUNDS_MAX && current.state.status !== 'sent'; round += 1) {
      const confirmed = await notices.append(id, current, { ...commit, events });
      if (confirmed.isErr() && confirmed.error.type !== 'Conflict') return err(confirmed.error);
      current = confirmed.isOk() ? confirmed.value : yield* notices.load(id);
    }
    return ok();
  });

/**
 * Frees the claim, so that the next delivery sends at once. If this fails, nothing else is lost:
 * the message ends with the original error, and the claim expires with its lease.
 */
export const release = (
  { id, claimId, commit }: NoticeAttempt,
  loaded: LoadedNotice,
  notices: NotificationStream,
): ResultAsync<void, never> => {
  const events = [{ type: 'NotificationReleased' as const, data: { claimId } }];
  const done = () => okAsync(undefined);
  return notices
    .append(id, loaded, { ...commit, events })
    .andThen(done)
    .orElse(done);
};
