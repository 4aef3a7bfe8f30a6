import type { ResultAsync } from 'neverthrow';
import type * as Order from '../../domain/order/index.ts';
import type { HandlerError } from '../delivery/handler.ts';
import type { AllocationError } from '../series/allocator.ts';
import type {
  ChargeOutcome,
  NotExecutedOutcome,
  PaymentLookUp,
  RefundList,
  RefundLookUp,
  RefundOutcome,
  UnknownOutcome,
} from '../ports/paymentGateway.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { findOwner, type OwnerEvidence } from './findOwner.ts';
import type { OrderContext, PaymentDependencies } from './dependencies.ts';

type StepOf<T extends Order.OrderStep['type']> = Extract<Order.OrderStep, { readonly type: T }>;

type RequestLookUp = Exclude<Order.LookUpRequest, Order.CaptureLookUp>;
type LookUpResult = PaymentLookUp | RefundLookUp | RefundList;

/** Takes a step that asks the gateway or the series, for evidence or for a number. */
export const createGatherEvidence = ({
  gateway,
  allocator,
  clock,
  telemetry,
}: PaymentDependencies) => {
  const logUnproven = createLogUnproven({ telemetry, clock });

  const send = (
    { subject, key, body, notAfter }: StepOf<'Send'>,
    handling: OrderContext,
  ): ResultAsync<OwnerEvidence, never> => {
    const { orderId, signal } = handling;
    const since = clock.now();
    const call = subject.startsWith('payment#') ? 'charge' : 'refund';
    const sending: ResultAsync<ChargeOutcome | RefundOutcome, never> =
      call === 'charge'
        ? gateway.charge({ key, body, notAfter, signal })
        : gateway.refund({ key, body, notAfter, signal });
    return sending.map((outcome) => {
      logUnproven({ call, subject, outcome, since }, handling);
      if (outcome.type === 'Unknown' && outcome.keyOfAnother === true) {
        logKeyConflict(telemetry, { call, subject }, handling);
      }
      const noAnswer = errorOf(outcome, orderId);
      return { known: { answer: answerOf(outcome) }, ...(noAnswer && { noAnswer }) };
    });
  };

  const look = (of: RequestLookUp, signal: AbortSignal): ResultAsync<LookUpResult, never> => {
    switch (of.type) {
      case 'Payment':
        return gateway.find({ ...of, signal });
      case 'Refund':
        return gateway.findRefund({ ...of, signal });
      case 'Refunds':
        return gateway.listRefunds({ ...of, signal });
    }
  };

  const lookUp = (
    { of, subject }: { readonly of: RequestLookUp; readonly subject: Order.Subject },
    handling: OrderContext,
  ): ResultAsync<OwnerEvidence, never> => {
    const { orderId, signal } = handling;
    // Before it is sent: absence speaks of the time when the look-up began.
    const lookedUpAt = clock.now();
    const noAnswerOf = (found: LookUpResult) =>
      found.type === 'Unknown'
        ? { noAnswer: { ...found, type: 'OutcomeUnknown' as const, orderId } }
        : {};
    return look(of, signal).map((found) => {
      logUnproven({ call: 'look-up', subject, outcome: found, since: lookedUpAt }, handling);
      return {
        known:
          found.type === 'Listed'
            ? { listed: found.refunds }
            : { answer: foundAnswer(found, lookedUpAt) },
        ...noAnswerOf(found),
      };
    });
  };

  const findNumber = ({
    series,
    wanted,
    asked,
  }: StepOf<'FindNumber'>): ResultAsync<OwnerEvidence, AllocationError> =>
    allocator.lookup(series, wanted).map((found): OwnerEvidence => {
      if (found === undefined) return { known: { searched: true } };
      const { reference, ...number } = found;
      const answer = { type: 'MoneyMoved', source: 'series', reference, ...asked } as const;
      return { known: { answer, number, searched: true } };
    });

  return (
    step: StepOf<'Send' | 'LookUp' | 'AllocateNumber' | 'FindNumber'>,
    handling: OrderContext,
  ): ResultAsync<OwnerEvidence, HandlerError> => {
    const allocationError = (error: AllocationError): HandlerError =>
      error.type === 'Conflict' ? outrun(handling.orderId) : error;
    switch (step.type) {
      case 'Send':
        return send(step, handling);
      case 'LookUp': {
        const { of, subject } = step;
        return of.type === 'Capture'
          ? findOwner(gateway, of, handling)
          : lookUp({ of, subject }, handling);
      }
      case 'AllocateNumber':
        return allocator
          .allocate(step.series, step.entry)
          .map((number) => ({ known: { number } }))
          .mapErr(allocationError);
      case 'FindNumber':
        return findNumber(step).mapErr(allocationError);
    }
  };
};

/** An order, or its series, that lost every race it was ready to run is tried again soon. */
export const outrun = (orderId: string): HandlerError => ({ type: 'ConflictsExhausted', orderId });

type GatewayCall = {
  readonly call: 'charge' | 'refund' | 'look-up';
  readonly subject: Order.Subject;
  readonly outcome: ChargeOutcome | RefundOutcome | LookUpResult;
  readonly since: number;
};

/**
 * A record of each call that is no evidence about the money; the order's events show the others.
 * Without it nobody could say later how often the gateway was asked, and what it answered.
 */
const createLogUnproven =
  ({ telemetry, clock }: Pick<PaymentDependencies, 'telemetry' | 'clock'>) =>
  ({ call, subject, outcome, since }: GatewayCall, handling: OrderContext): void => {
    const { orderId, correlationId, causationId } = handling;
    const { type } = outcome;
    if (type !== 'Unknown' && type !== 'NotExecuted' && type !== 'Absent') return;
    telemetry.record({
      level: type === 'Absent' ? 'info' : 'warn',
      event: 'gateway.unproven',
      orderId,
      correlationId,
      causationId,
      durationMs: clock.now() - since,
      outcome: type,
      facts: { call, subject, ...causeOf(outcome) },
    });
  };

/**
 * Somebody else has used a key of ours on this account. The answer says nothing about our request,
 * which is looked up like any other; but a person has to find out who that was.
 */
const logKeyConflict = (
  telemetry: Telemetry,
  facts: { readonly call: string; readonly subject: Order.Subject },
  { orderId, correlationId, causationId }: OrderContext,
): void => {
  const about = { orderId, correlationId, causationId };
  telemetry.record({ level: 'error', event: 'gateway.key_conflict', ...about, facts });
};

const causeOf = (outcome: GatewayCall['outcome']): { readonly cause?: string } => {
  if ('cause' in outcome) return { cause: outcome.cause };
  return 'reason' in outcome ? { cause: outcome.reason } : {};
};

/** Two of the four outcomes are evidence about the key, and two are none (R6). */
const answerOf = (outcome: ChargeOutcome | RefundOutcome): Order.Observation => {
  switch (outcome.type) {
    case 'Captured':
    case 'Refunded':
      return { ...outcome, type: 'MoneyMoved', source: 'answer' };
    case 'Declined':
      return outcome;
    case 'NotExecuted':
      return outcome.refused === undefined
        ? { type: 'NoAnswer' }
        : { type: 'Refused', code: outcome.refused };
    case 'Unknown':
      return outcome.stored === true
        ? { type: 'StoredFailure', code: outcome.cause }
        : { type: 'NoAnswer' };
  }
};

const errorOf = (
  outcome: ChargeOutcome | RefundOutcome,
  orderId: string,
): HandlerError | undefined => {
  switch (outcome.type) {
    case 'Captured':
    case 'Refunded':
    case 'Declined':
      return undefined;
    case 'NotExecuted':
      return { ...(outcome satisfies NotExecutedOutcome), orderId };
    case 'Unknown':
      return { ...(outcome satisfies UnknownOutcome), type: 'OutcomeUnknown', orderId };
  }
};

const foundAnswer = (
  found: PaymentLookUp | RefundLookUp,
  lookedUpAt: number,
): Order.Observation => {
  switch (found.type) {
    case 'Captured':
    case 'Refunded':
      return { ...found, type: 'MoneyMoved', source: 'look-up' };
    case 'Declined':
      return found;
    case 'Several':
      return { type: 'MultipleFound', found: found.found };
    case 'Absent':
      return { type: 'Absent', lookedUpAt };
    case 'Unknown':
      return { type: 'LookUpFailed', lookedUpAt };
  }
};
