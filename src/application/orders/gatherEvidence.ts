import type { ResultAsync } from 'neverthrow';
import type * as Order from '../../domain/order/index.ts';
import type { HandlerError } from '../delivery/handler.ts';
import type { AllocationError, FoundNumber } from '../series/allocator.ts';
import type {
  Absent,
  ChargeOutcome,
  PaymentLookUp,
  RefundList,
  RefundLookUp,
  RefundOutcome,
  RetrievedMovement,
  UnknownOutcome,
} from '../ports/paymentGateway.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { OrderContext, PaymentDependencies } from './dependencies.ts';

type Dependencies = Pick<PaymentDependencies, 'gateway' | 'allocator' | 'clock' | 'telemetry'>;

type RequestLookUp = Exclude<Order.LookUpRequest, Order.CaptureLookUp>;
type SendOutcome = ChargeOutcome | RefundOutcome;
type LookUpResult = PaymentLookUp | RefundLookUp | RefundList;

/** What was learned, and how a request or look-up failed that is no evidence about the key. */
type GatheredEvidence = {
  readonly known: Order.RequestKnowledge;
  readonly noAnswer?: HandlerError;
};

/** Takes a step that asks the gateway or the series, for evidence or for a number. */
export const createGatherEvidence =
  (dependencies: Dependencies) =>
  (
    step: Order.StepOf<'Send' | 'LookUp' | 'AllocateNumber' | 'FindNumber'>,
    handling: OrderContext,
  ): ResultAsync<GatheredEvidence, HandlerError> => {
    const { allocator } = dependencies;
    const allocationError = (error: AllocationError): HandlerError =>
      error.type === 'Conflict' ? outrun(handling.orderId) : error;
    switch (step.type) {
      case 'Send':
        return send(step, handling, dependencies);
      case 'LookUp':
        return step.of.type === 'Capture'
          ? findOwner(step.of, handling, dependencies)
          : lookUp(step.of, step.subject, handling, dependencies);
      case 'AllocateNumber':
        return allocator
          .allocate(step.series, step.entry)
          .map((number) => ({ known: { number } }))
          .mapErr(allocationError);
      case 'FindNumber':
        return allocator
          .lookup(step.series, step.wanted)
          .map((found) => ({ known: numberKnown(found, step.asked) }))
          .mapErr(allocationError);
    }
  };

const send = (
  { subject, key, body, notAfter }: Order.StepOf<'Send'>,
  handling: OrderContext,
  { gateway, clock, telemetry }: Dependencies,
): ResultAsync<GatheredEvidence, never> => {
  const { orderId, signal } = handling;
  const since = clock.now();
  const request = { key, body, notAfter, signal };
  const call = subject.startsWith('payment#') ? 'charge' : 'refund';
  const sending: ResultAsync<SendOutcome, never> =
    call === 'charge' ? gateway.charge(request) : gateway.refund(request);
  return sending.map((outcome) => {
    const durationMs = clock.now() - since;
    logUnproven(telemetry, { call, subject, outcome, durationMs }, handling);
    if (outcome.type === 'Unknown' && outcome.keyOfAnother === true) {
      logKeyConflict(telemetry, { call, subject }, handling);
    }
    return { known: { answer: answerOf(outcome) }, ...noAnswerIn(outcome, orderId) };
  });
};

const lookUp = (
  of: RequestLookUp,
  subject: Order.Subject,
  handling: OrderContext,
  { gateway, clock, telemetry }: Dependencies,
): ResultAsync<GatheredEvidence, never> => {
  // Before it is sent: absence speaks of the time when the look-up began.
  const lookedUpAt = clock.now();
  return look(of, handling.signal, gateway).map((outcome) => {
    const durationMs = clock.now() - lookedUpAt;
    logUnproven(telemetry, { call: 'look-up', subject, outcome, durationMs }, handling);
    const known =
      outcome.type === 'Listed'
        ? { listed: outcome.refunds }
        : { answer: foundAnswer(outcome, lookedUpAt) };
    return { known, ...noAnswerIn(outcome, handling.orderId) };
  });
};

const look = (
  of: RequestLookUp,
  signal: AbortSignal,
  gateway: Dependencies['gateway'],
): ResultAsync<LookUpResult, never> => {
  switch (of.type) {
    case 'Payment':
      return gateway.find({ ...of, signal });
    case 'Refund':
      return gateway.findRefund({ ...of, signal });
    case 'Refunds':
      return gateway.listRefunds({ ...of, signal });
  }
};

/** Asks the gateway for the owner of a payment that only a person says is this order's. */
const findOwner = (
  of: Order.CaptureLookUp,
  { orderId, signal }: OrderContext,
  { gateway }: Dependencies,
): ResultAsync<GatheredEvidence, never> =>
  gateway
    .retrieve({ kind: 'payment', reference: of.paymentReference, signal })
    .map((found) => ({ known: { capture: captureOf(of, found) }, ...noAnswerIn(found, orderId) }));

/** A payment that is absent cannot be refunded; one without our references is of no other order. */
const captureOf = (
  { orderId, attempt, deployment }: Order.CaptureLookUp,
  found: RetrievedMovement | Absent | UnknownOutcome,
): NonNullable<Order.RequestKnowledge['capture']> => {
  if (found.type === 'Unknown') return 'unknown';
  if (found.type === 'Absent') return 'of no other';
  const isOfAnother =
    (found.orderId ?? orderId) !== orderId ||
    (found.attempt ?? attempt) !== attempt ||
    (found.deployment ?? deployment) !== deployment;
  return isOfAnother ? 'of another' : 'of no other';
};

/** A number that was found is evidence of the money that it was allocated for (R8). */
const numberKnown = (
  found: FoundNumber | undefined,
  asked: Order.StepOf<'FindNumber'>['asked'],
): Order.RequestKnowledge => {
  if (found === undefined) return { searched: true };
  const { reference, ...number } = found;
  const answer = { type: 'MoneyMoved', source: 'series', reference, ...asked } as const;
  return { answer, number, searched: true };
};

/** An order, or its series, that lost every race it was ready to run is tried again soon. */
export const outrun = (orderId: string): HandlerError => ({ type: 'ConflictsExhausted', orderId });

type GatewayCall = {
  readonly call: 'charge' | 'refund' | 'look-up';
  readonly subject: Order.Subject;
  readonly outcome: SendOutcome | LookUpResult;
  readonly durationMs: number;
};

/**
 * A record of each call that is no evidence about the money; the order's events show the others.
 * Without it nobody could say later how often the gateway was asked, and what it answered.
 */
const logUnproven = (
  telemetry: Telemetry,
  { call, subject, outcome, durationMs }: GatewayCall,
  { orderId, correlationId, causationId }: OrderContext,
): void => {
  const { type } = outcome;
  if (type !== 'Unknown' && type !== 'NotExecuted' && type !== 'Absent') return;
  telemetry.record({
    level: type === 'Absent' ? 'info' : 'warn',
    event: 'gateway.unproven',
    orderId,
    correlationId,
    causationId,
    durationMs,
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
const answerOf = (outcome: SendOutcome): Order.Observation => {
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

const noAnswerIn = (
  outcome: SendOutcome | LookUpResult | RetrievedMovement,
  orderId: string,
): Pick<GatheredEvidence, 'noAnswer'> => {
  if (outcome.type === 'NotExecuted') return { noAnswer: { ...outcome, orderId } };
  return outcome.type === 'Unknown'
    ? { noAnswer: { ...outcome, type: 'OutcomeUnknown', orderId } }
    : {};
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
