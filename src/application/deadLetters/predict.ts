import { err, errAsync, ok, okAsync, ResultAsync, type Result } from 'neverthrow';
import * as Notification from '../../domain/notification/index.ts';
import * as Order from '../../domain/order/index.ts';
import * as Reconcile from '../../domain/reconcile/index.ts';
import type { InvalidOrder, MalformedMessage } from '../delivery/handler.ts';
import type { CurrentDeployment } from '../deployment/deployment.ts';
import {
  draftIn,
  namesOrder,
  whyNotKept,
  type NotificationMessage,
  type PaymentCommand,
} from '../messages/index.ts';
import { noticeOf } from '../notification/notice.ts';
import { noticeIdOf } from '../notification/noticeIds.ts';
import { createCurrentContext, type ContextDependencies } from '../orders/context.ts';
import { refusalOf } from '../orders/refuseOrder.ts';
import { toDomain } from '../orders/toDomain.ts';
import type { EventStore } from '../ports/eventStore.ts';
import type { Misconfiguration, Unavailable } from '../ports/failures.ts';
import type { Ids } from '../ports/ids.ts';
import type { ReceivedMessage } from '../ports/messageQueue.ts';
import { createLoadOrder } from '../reconcile/loadOrder.ts';
import type { NotificationStream } from '../log/eventStreams.ts';
import type { DeadLetterQueue } from '../../domain/deadLetter/index.ts';
import { readBody, bodyText } from './deadLetter.ts';
import type { Next, Prediction, RefusalStatus } from './prediction.ts';

/** By type nobody who foresees can send, charge, give back, take a number or append. */
export type PredictDependencies = Omit<ContextDependencies, 'allocator' | 'seals'> & {
  readonly deployment: CurrentDeployment;
  readonly store: Pick<EventStore, 'load'>;
  readonly notices: Pick<NotificationStream, 'load'>;
  readonly ids: Pick<Ids, 'fingerprint'>;
  readonly claimLeaseMs: number;
};

type PredictError = Unavailable | Misconfiguration;

export type PredictRedrive = (
  message: ReceivedMessage,
  queue: DeadLetterQueue,
) => ResultAsync<Prediction, PredictError>;

/** From where its number would be searched is frozen in an intent, and changes no decision. */
const NO_ALLOCATOR: ContextDependencies['allocator'] = { head: () => 0 };
/** Who looks at a letter has not the payment service's secret: whether a seal is right, only that can tell. */
const ANY_SEAL: ContextDependencies['seals'] = {
  seal: () => 'not ours to make',
  isSeal: () => true,
};

/** A dry run of the decision: by the schemas, the rules and the state of now. */
export const createPredictRedrive = (dependencies: PredictDependencies): PredictRedrive => {
  const { notices, ids, clock, claimLeaseMs, deployment: current } = dependencies;
  const loadOrder = createLoadOrder(dependencies);
  const dryRun = { ...dependencies, allocator: NO_ALLOCATOR, seals: ANY_SEAL };
  const currentContext = createCurrentContext(dryRun);

  const orderStateOf = (
    orderId: string,
  ): ResultAsync<Result<Order.State, Prediction>, PredictError> =>
    loadOrder(orderId).map((loaded) => {
      if (loaded.type === 'Unreadable') return err({ type: 'Unreadable', why: loaded.why });
      return ok(loaded.type === 'Known' ? loaded.state : Order.initialState);
    });

  /** Where it stands that this order was refused; undefined for what is no order, or of none. */
  const refusalStatus = (body: string): ResultAsync<RefusalStatus | undefined, PredictError> => {
    const draft = draftIn(body);
    if (draft === undefined) return okAsync(namesOrder(body) ? 'unrecorded' : undefined);
    const { fingerprint } = refusalOf(draft, [], ids);
    return loadOrder(draft.orderId).map((loaded) => {
      const events = loaded.type === 'Known' ? loaded.events : [];
      const isRecorded = events.some(
        ({ type, data }) => type === 'OrderRefused' && data.fingerprint === fingerprint,
      );
      return isRecorded ? 'recorded' : 'unrecorded';
    });
  };

  const withRefusal = <T extends Prediction>(
    prediction: T,
    body: string,
  ): ResultAsync<T & { readonly refusal?: RefusalStatus }, PredictError> =>
    refusalStatus(body).map((refusal) => ({ ...prediction, ...(refusal && { refusal }) }));

  const noticeStateOf = (
    id: string,
  ): ResultAsync<Result<Notification.State, Prediction>, PredictError> =>
    notices
      .load(id)
      .map((loaded): Result<Notification.State, Prediction> => ok(loaded.state))
      .orElse((error) =>
        error.type === 'CorruptStream'
          ? okAsync(err({ type: 'Unreadable' as const, why: error.why }))
          : errAsync(error),
      );

  const unsentOf = (orderId: string, state: Order.State): ResultAsync<string[], PredictError> =>
    ResultAsync.combine(
      Order.noticesOf(state).map((notice) => {
        const id = noticeIdOf(notice, state);
        return noticeStateOf(`${orderId}#${id}`).map((notice) =>
          notice.isOk() && notice.value.status === 'sent' ? [] : [id],
        );
      }),
    ).map((lists) => lists.flat());

  const predictCommand = (
    command: PaymentCommand,
    before: Order.State,
    deployment: Order.DeploymentIdentity,
  ): ResultAsync<Prediction, PredictError> => {
    const context = currentContext({ deployment, letter: '', viewedAt: clock.now() });
    const recorded: Result<readonly Order.StreamEvent[], Prediction> =
      command.type === 'ResumeOrder'
        ? ok([])
        : Order.decide(toDomain(command, ids), before, context).mapErr(predictionOf);
    if (recorded.isErr()) return okAsync(recorded.error);
    const state = Order.fold(recorded.value, before);
    const records = recorded.value.map(({ type }) => type);
    const step = Order.nextStep(state, Order.NO_EVIDENCE, context);
    if (step.type === 'RetryLater') return okAsync({ type: 'Waits', why: step.why });
    const next = nextOf(step, state);
    const standing = Order.progressOf(state);
    const wasRefused = before.placed === undefined && before.refused !== undefined;
    const drives = {
      type: 'Drives',
      records,
      standing,
      ...(wasRefused && ({ wasRefused } as const)),
    } as const;
    if (next !== undefined) return okAsync({ ...drives, next });
    return unsentOf(command.orderId, state).map((unsent): Prediction => ({
      ...drives,
      next: { type: 'Settled', untold: unsent },
    }));
  };

  const predictNotice = (
    message: NotificationMessage,
    state: Order.State,
  ): ResultAsync<Prediction, PredictError> => {
    const notice = noticeOf(message, state);
    if (notice.isErr()) return okAsync({ type: 'Waits', why: notice.error.why });
    const { id, kind } = notice.value;
    return noticeStateOf(`${message.orderId}#${id}`).map((notice): Prediction => {
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

  return (message, queue) => {
    if (message.damaged) return okAsync({ type: 'Damaged' });
    const why = whyNotKept(message.body);
    if (why !== undefined) return okAsync({ type: 'NotKept', why });
    const read = readBody(message, queue);
    if (read.isErr()) {
      const prediction = malformed(read.error);
      return queue === 'payments'
        ? withRefusal(prediction, bodyText(message))
        : okAsync(prediction);
    }
    const content = read.value;
    const { orderId } = content.queue === 'payments' ? content.command : content.message;
    return orderStateOf(orderId).andThen((state): ResultAsync<Prediction, PredictError> => {
      if (state.isErr()) return okAsync(state.error);
      return content.queue === 'payments'
        ? current()
            .andThen((deployment) => predictCommand(content.command, state.value, deployment))
            .andThen((prediction) =>
              prediction.type === 'Refused' && prediction.refusal !== undefined
                ? withRefusal(prediction, bodyText(message))
                : okAsync(prediction),
            )
        : predictNotice(content.message, state.value);
    });
  };
};

const malformed = ({
  reasons,
}: MalformedMessage | InvalidOrder): Extract<Prediction, { type: 'Malformed' }> => ({
  type: 'Malformed',
  reasons,
});

const predictionOf = (rejection: Order.Rejection): Prediction => {
  switch (rejection.type) {
    case 'PayloadConflict':
      return { type: 'Refused', why: 'another order, or refund, is known under this id' };
    case 'Overflow':
      return refusedAtIntake('the lines come to more than can be charged exactly');
    case 'Unchargeable':
      return refusedAtIntake(rejection.reason);
    case 'Refused':
      return { type: 'Refused', why: rejection.reason };
    case 'NotCapturedYet':
      return { type: 'Waits', why: 'nothing is captured yet' };
    case 'NotPlacedYet':
      return { type: 'Waits', why: 'the order has not come yet' };
    case 'OrderInReview':
      return { type: 'Waits', why: 'the payment of the order is in review' };
  }
};

const refusedAtIntake = (why: string): Prediction => ({
  type: 'Refused',
  why,
  refusal: 'unrecorded',
});

/** Undefined where the order is settled. */
const nextOf = (
  step: Exclude<Order.OrderStep, { readonly type: 'RetryLater' }>,
  state: Order.State,
): Next | undefined => {
  switch (step.type) {
    case 'Append':
      return { type: 'Append', events: step.events.map(({ type }) => type) };
    case 'Send':
    case 'LookUp': {
      const { subject } = step;
      if (step.type === 'LookUp' && step.of.type === 'Refunds') return { type: 'Compare', subject };
      const { closesAt, ...money } = requestOf(subject, state);
      // Whose payment it gives back is asked, and then it is sent.
      return step.type === 'Send' || step.of.type === 'Capture'
        ? { type: 'Send', subject, money }
        : { type: 'LookUp', subject, closesAt };
    }
    case 'AllocateNumber':
      return { type: 'Document', subject: step.subject };
    case 'FindNumber':
      return { type: 'Review', subject: step.subject };
    case 'DeadLetter':
      return { type: 'DeadLetter', reason: step.reason };
    case 'Settled':
      return undefined;
  }
};

const requestOf = (subject: Order.Subject, { payment, refunds }: Order.State) => {
  const request = refunds.find(({ refundId }) => subject === `refund#${refundId}`) ?? payment;
  if (!('closeAt' in request))
    throw new Error(`Broken invariant: nothing is asked for as ${subject}`);
  const { amountMinor, currency, closeAt: closesAt } = request;
  return { amountMinor, currency, closesAt };
};
