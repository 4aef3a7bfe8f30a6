import { ok, okAsync, type Result, type ResultAsync } from 'neverthrow';
import * as Order from '../../domain/order/index.ts';
import type { PaymentCommand } from '../messages/index.ts';
import { createCurrentContext, type ContextDependencies } from '../orders/context.ts';
import { toDomain } from '../orders/toDomain.ts';
import type { Ids } from '../ports/ids.ts';
import type { PredictError, Prediction, Next } from './prediction.ts';

export type PredictCommandDependencies = Omit<ContextDependencies, 'allocator' | 'seals'> & {
  readonly ids: Pick<Ids, 'fingerprint'>;
  readonly unsentOf: (
    orderId: string,
    state: Order.State,
  ) => ResultAsync<readonly string[], PredictError>;
};

/** A request freezes where its number would be searched for; that changes no decision. */
const NO_ALLOCATOR: ContextDependencies['allocator'] = { head: () => 0 };
/** Only the payment service has the secret, so that only it can check a seal. */
const ANY_SEAL: ContextDependencies['seals'] = {
  seal: () => 'not ours to make',
  isSeal: () => true,
};

/** A worker's decision about a command, made on the order as it is now, and not carried out. */
export const createPredictCommand = ({
  ids,
  unsentOf,
  ...dependencies
}: PredictCommandDependencies) => {
  const { clock } = dependencies;
  const dryRun = { ...dependencies, allocator: NO_ALLOCATOR, seals: ANY_SEAL };
  const currentContext = createCurrentContext(dryRun);
  return (
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
    const step = Order.nextStep(state, Order.NO_EVIDENCE, context);
    if (step.type === 'RetryLater') return okAsync({ type: 'Waits', why: step.why });
    const next = nextOf(step, state);
    const wasRefused = before.placed === undefined && before.refused !== undefined;
    const drives = {
      type: 'Drives',
      records: recorded.value.map(({ type }) => type),
      standing: Order.progressOf(state),
      ...(wasRefused && ({ wasRefused } as const)),
    } as const;
    if (next !== undefined) return okAsync({ ...drives, next });
    return unsentOf(command.orderId, state).map((untold): Prediction => ({
      ...drives,
      next: { type: 'Settled', untold },
    }));
  };
};

const predictionOf = (rejection: Order.Rejection): Prediction => {
  switch (rejection.type) {
    case 'PayloadConflict':
      return { type: 'Refused', why: 'another order, or refund, is known under this id' };
    case 'NotPriced':
    case 'Unchargeable':
      return refusedAtIntake(rejection.reason);
    case 'Refused':
      return { type: 'Refused', why: rejection.reason };
    case 'NotCapturedYet':
      return { type: 'Waits', why: 'nothing is captured yet' };
    case 'NotComparedYet':
      return { type: 'Waits', why: 'the order is compared with the gateway first' };
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
      // A `Capture` is only looked up to learn whose payment is refunded; then the request is sent.
      return step.type === 'Send' || step.of.type === 'Capture'
        ? { type: 'Send', subject, money }
        : { type: 'LookUp', subject, closesAt };
    }
    case 'ClaimPayment':
      // What follows depends on how the payment stands by then.
      return {
        type: 'LookUp',
        subject: step.subject,
        closesAt: requestOf(step.subject, state).closesAt,
      };
    case 'AllocateNumber':
      return { type: 'Document', subject: step.subject };
    case 'FindNumber':
    case 'CloseDocument':
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
