import { err, ok, okAsync, type Result, ResultAsync, errAsync } from 'neverthrow';
import * as Order from '../../domain/order/index.ts';
import { isMarker } from '../../domain/personal/index.ts';
import type { CurrentDeployment } from '../deployment/deployment.ts';
import {
  draftIn,
  ignoredEventIn,
  namesOrder,
  whyNotKept,
  type NotificationMessage,
} from '../messages/index.ts';
import type { ContextDependencies } from '../orders/context.ts';
import { refusalOf } from '../orders/refuseOrder.ts';
import type { EventStore } from '../ports/eventStore.ts';
import type { GatewayEventReader } from '../ports/gatewayEvents.ts';
import type { Ids } from '../ports/ids.ts';
import type { ReceivedMessage } from '../ports/messageQueue.ts';
import { createLoadOrder, type LoadOrder } from '../log/loadOrder.ts';
import type { NotificationStream } from '../log/eventStreams.ts';
import type { DeadLetterQueue } from '../../domain/deadLetter/events.ts';
import { bodyText, readBody } from './deadLetter.ts';
import type { PredictError, Prediction, RefusalStatus } from './prediction.ts';
import { createPredictCommand } from './predictCommand.ts';
import * as Notification from '../../domain/notification/index.ts';
import { noticeOf } from '../notification/notice.ts';
import { noticeIdOf } from '../notification/noticeIds.ts';

/** By these types a prediction cannot send, charge, refund, allocate a number or append. */
export type PredictDependencies = Omit<ContextDependencies, 'allocator' | 'seals'> & {
  readonly deployment: CurrentDeployment;
  readonly store: Pick<EventStore, 'load'>;
  readonly notices: Pick<NotificationStream, 'load'>;
  readonly ids: Pick<Ids, 'fingerprint'>;
  readonly claimLeaseMs: number;
  readonly gatewayEventReader: GatewayEventReader;
};

export type PredictRedrive = (
  message: ReceivedMessage,
  queue: DeadLetterQueue,
) => ResultAsync<Prediction, PredictError>;

/** A dry run of the decision, with the schemas, the rules and the state of this moment. */
export const createPredictRedrive = (dependencies: PredictDependencies): PredictRedrive => {
  const { deployment: current, gatewayEventReader } = dependencies;
  const loadOrder = createLoadOrder(dependencies);
  const { predictNotice, unsentOf } = createPredictNotice(dependencies);
  const predictCommand = createPredictCommand({ ...dependencies, unsentOf });
  const withRefusal = createAddRefusal(dependencies, loadOrder);

  const orderStateOf = (
    orderId: string,
  ): ResultAsync<Result<Order.State, Prediction>, PredictError> =>
    loadOrder(orderId).map((loaded) => {
      if (loaded.type === 'Unreadable') return err({ type: 'Unreadable', why: loaded.why });
      return ok(loaded.type === 'Known' ? loaded.state : Order.initialState);
    });

  return (message, queue) => {
    if (message.damaged) return okAsync({ type: 'Damaged' });
    const why = whyNotKept(message.body);
    if (why !== undefined) return okAsync({ type: 'NotKept', why });
    const eventType = ignoredEventIn(message, gatewayEventReader);
    if (eventType !== undefined) return okAsync({ type: 'Ignored', eventType });
    const read = readBody(message, queue);
    if (read.isErr()) {
      const prediction = { type: 'Malformed', reasons: read.error.reasons } as const;
      return queue === 'payments'
        ? withRefusal(prediction, bodyText(message))
        : okAsync(prediction);
    }
    const content = read.value;
    if (content.queue === 'notifications') {
      const { message: notice } = content;
      return orderStateOf(notice.orderId).andThen((state) =>
        state.isErr() ? okAsync(state.error) : predictNotice(notice, state.value),
      );
    }
    const { command } = content;
    if (command.type === 'GatewayEvent') {
      return okAsync({ type: 'Asks', payment: command.payment });
    }
    return orderStateOf(command.orderId).andThen((state): ResultAsync<Prediction, PredictError> => {
      if (state.isErr()) return okAsync(state.error);
      return current()
        .andThen((deployment) => predictCommand(command, state.value, deployment))
        .andThen((prediction) =>
          prediction.type === 'Refused' && prediction.refusal !== undefined
            ? withRefusal(prediction, bodyText(message))
            : okAsync(prediction),
        );
    });
  };
};

/** Adds whether the refusal of the order in a body is recorded, if it holds an order. */
const createAddRefusal = ({ ids }: PredictDependencies, loadOrder: LoadOrder) => {
  const statusOf = (body: string): ResultAsync<RefusalStatus | undefined, PredictError> => {
    const draft = draftIn(body);
    if (draft === undefined) return okAsync(namesOrder(body) ? 'unrecorded' : undefined);
    const { fingerprint, customer } = refusalOf(draft, [], ids);
    return loadOrder(draft.orderId).map((loaded) => {
      const events = loaded.type === 'Known' ? loaded.events : [];
      const isRecorded = events.some(
        ({ type, data }) =>
          type === 'OrderRefused' &&
          // Without the keys, only the customer can be compared.
          (isMarker(data.fingerprint)
            ? data.customerId === customer.id
            : data.fingerprint === fingerprint),
      );
      return isRecorded ? 'recorded' : 'unrecorded';
    });
  };
  return <T extends Prediction>(
    prediction: T,
    body: string,
  ): ResultAsync<T & { readonly refusal?: RefusalStatus }, PredictError> =>
    statusOf(body).map((refusal) => ({ ...prediction, ...(refusal && { refusal }) }));
};

/** Whether a message would send a mail, and which notices are not sent yet. */
const createPredictNotice = ({ notices, clock, claimLeaseMs }: PredictDependencies) => {
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
    if (found.isErr()) {
      const { error } = found;
      return okAsync(
        error.type === 'Overtaken'
          ? { type: 'Told', notice: error.id, isSent: false }
          : { type: 'Waits', why: error.why },
      );
    }
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
