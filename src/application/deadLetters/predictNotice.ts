import { err, errAsync, ok, okAsync, ResultAsync, type Result } from 'neverthrow';
import * as Notification from '../../domain/notification/index.ts';
import * as Order from '../../domain/order/index.ts';
import type { NotificationMessage } from '../messages/index.ts';
import type { NotificationStream } from '../log/eventStreams.ts';
import { noticeOf } from '../notification/notice.ts';
import { noticeIdOf } from '../notification/noticeIds.ts';
import type { Clock } from '../ports/clock.ts';
import type { PredictError, Prediction } from './prediction.ts';

/**
 * Whether the notification service would send a mail for a message, and which notices are not sent
 * yet.
 */
export const createPredictNotice = ({
  notices,
  clock,
  claimLeaseMs,
}: {
  readonly notices: Pick<NotificationStream, 'load'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly claimLeaseMs: number;
}) => {
  const load = (id: string): ResultAsync<Result<Notification.State, Prediction>, PredictError> =>
    notices
      .load(id)
      .map(({ state }): Result<Notification.State, Prediction> => ok(state))
      .orElse((error) =>
        error.type === 'CorruptStream'
          ? okAsync(err({ type: 'Unreadable' as const, why: error.why }))
          : errAsync(error),
      );

  const unsentOf = (
    orderId: string,
    state: Order.State,
  ): ResultAsync<readonly string[], PredictError> =>
    ResultAsync.combine(
      Order.noticesOf(state).map((subject) => {
        const id = noticeIdOf(subject, state);
        return load(`${orderId}#${id}`).map((notice) =>
          notice.isOk() && notice.value.status === 'sent' ? [] : [id],
        );
      }),
    ).map((lists) => lists.flat());

  const predictNotice = (
    message: NotificationMessage,
    state: Order.State,
  ): ResultAsync<Prediction, PredictError> => {
    const found = noticeOf(message, state);
    if (found.isErr()) return okAsync({ type: 'Waits', why: found.error.why });
    const { id, kind } = found.value;
    return load(`${message.orderId}#${id}`).map((notice): Prediction => {
      if (notice.isErr()) return notice.error;
      const mine = { myClaimId: '', now: clock.now(), leaseMs: claimLeaseMs };
      const step = Notification.nextStep(notice.value, { kind, ...mine });
      switch (step.type) {
        case 'Claim':
        case 'Send':
          return { type: 'Mails', notice: id };
        case 'Wait':
          return { type: 'Waits', why: `another process holds the claim of the ${id} mail` };
        case 'Done':
          return { type: 'Told', notice: id, isSent: step.sent };
      }
    });
  };

  return { predictNotice, unsentOf };
};
