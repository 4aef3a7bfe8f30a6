import { err, ok, type Result, ResultAsync } from 'neverthrow';
import type * as Order from '../../domain/order/index.ts';
import type { HandlerError } from '../delivery/handler.ts';
import type { AllocationError, FoundNumber } from '../series/allocator.ts';
import { askByName, isByName } from './askByName.ts';
import { createClaimPayment } from './claimPayment.ts';
import type { OrderContext, PaymentDependencies } from './dependencies.ts';
import {
  answerOf,
  foundAnswer,
  noAnswerIn,
  type GatheredEvidence,
  type LookUpResult,
  type SendOutcome,
  logKeyConflict,
  logUnproven,
} from './gatewayAnswers.ts';

type Dependencies = Pick<
  PaymentDependencies,
  'gateway' | 'allocator' | 'claims' | 'clock' | 'telemetry'
>;

type RequestLookUp = Extract<
  Order.LookUpRequest,
  { readonly type: 'Payment' | 'Refund' | 'Refunds' }
>;

/** The steps that ask the gateway or the series. */
export type GatheringStep = Order.StepOf<
  'Send' | 'LookUp' | 'ClaimPayment' | 'AllocateNumber' | 'FindNumber' | 'CloseDocument'
>;

export type GatherEvidence = (
  step: GatheringStep,
  handling: OrderContext,
) => ResultAsync<GatheredEvidence, HandlerError>;

/** Takes a step that asks the gateway or the series, for evidence or for a number. */
export const createGatherEvidence = (dependencies: Dependencies): GatherEvidence => {
  const claimPayment = createClaimPayment(dependencies);
  return (step, handling) => {
    const { allocator } = dependencies;
    const allocationError = (error: AllocationError): HandlerError =>
      error.type === 'Conflict' ? outrun(handling.orderId) : error;
    switch (step.type) {
      case 'Send':
        return send(step, handling, dependencies);
      case 'LookUp':
        return isByName(step.of)
          ? askByName(step.of, step.subject, handling, dependencies)
          : lookUp(step.of, step.subject, handling, dependencies);
      case 'ClaimPayment':
        return claimPayment(step, handling)
          .map(({ orderId }) => ({
            known: { payer: payerOf(orderId, handling) },
          }))
          .mapErr((error) => (error.type === 'Conflict' ? outrun(handling.orderId) : error));
      case 'AllocateNumber':
        return new ResultAsync(allocate(step, allocator, allocationError));
      case 'FindNumber':
        return allocator
          .lookup(step.series, step.wanted)
          .map((found) => ({ known: numberKnown(found, step.asked) ?? { searched: true } }))
          .mapErr(allocationError);
      case 'CloseDocument':
        return allocator
          .close(step.series, step.entry)
          .map((found) => ({ known: numberKnown(found, step.asked) ?? { closed: true } }))
          .mapErr(allocationError);
    }
  };
};

const allocate = async (
  { series, entry }: Order.StepOf<'AllocateNumber'>,
  allocator: Dependencies['allocator'],
  allocationError: (error: AllocationError) => HandlerError,
): Promise<Result<GatheredEvidence, HandlerError>> => {
  const number = await allocator.allocate(series, entry);
  if (number.isOk()) return ok({ known: { number: number.value } });
  return number.error.type === 'DocumentClosed'
    ? ok({ known: closedKnown(entry) })
    : err(allocationError(number.error));
};

const payerOf = (
  claimedBy: string,
  { orderId }: OrderContext,
): NonNullable<Order.RequestKnowledge['payer']> =>
  claimedBy === orderId ? 'this order' : 'another order';

const send = (
  step: Order.StepOf<'Send'>,
  handling: OrderContext,
  { gateway, clock, telemetry }: Dependencies,
): ResultAsync<GatheredEvidence, never> => {
  const { orderId, signal } = handling;
  const { subject } = step;
  const call = step.call.type;
  const since = clock.now();
  return post(step, signal, gateway).andThen((outcome) => {
    const durationMs = clock.now() - since;
    logUnproven(telemetry, { call, subject, outcome, durationMs }, handling);
    if (outcome.type === 'Unknown' && outcome.keyOfAnother === true) {
      logKeyConflict(telemetry, { call, subject }, handling);
    }
    const answer = answerOf(outcome);
    const isVoidRefused = call === 'void' && answer.type === 'Refused';
    const refused =
      call === 'capture' && answer.type === 'Refused' ? { refused: answer.code } : undefined;
    const sent = { ...SENT[call], ...(isVoidRefused && { voidRefused: true as const }) };
    return ok({ known: { answer, ...refused, ...sent }, ...noAnswerIn(outcome, orderId) });
  });
};

/** The facts about a request that hold whatever the answer is. */
const SENT: Readonly<
  Record<Order.StepOf<'Send'>['call']['type'], Pick<Order.RequestKnowledge, 'voided' | 'confirmed'>>
> = {
  charge: {},
  refund: {},
  capture: {},
  void: { voided: true },
  confirm: { confirmed: true },
};

const post = (
  { call, key, body, notAfter }: Order.StepOf<'Send'>,
  signal: AbortSignal,
  gateway: Dependencies['gateway'],
): ResultAsync<SendOutcome, never> => {
  const request = { key, body, notAfter, signal };
  switch (call.type) {
    case 'charge':
      return gateway.charge(request);
    case 'refund':
      return gateway.refund(request);
    case 'capture':
      return gateway.capture({ ...request, payment: call.payment });
    case 'void':
      return gateway.void({ ...request, payment: call.payment });
    case 'confirm':
      return gateway.confirm({ ...request, payment: call.payment });
  }
};

const lookUp = (
  of: RequestLookUp,
  subject: Order.Subject,
  handling: OrderContext,
  { gateway, clock, telemetry }: Dependencies,
): ResultAsync<GatheredEvidence, never> => {
  // The time is taken before it is sent: absence is only about the time when the look-up began.
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

/** A closed document is evidence that the refund has failed since it was seen to move (R25). */
const closedKnown = ({
  reference,
}: Order.StepOf<'AllocateNumber'>['entry']): Order.RequestKnowledge => ({
  answer: { type: 'Declined', code: 'failed', reference },
  closed: true,
});

/** A number that was found is evidence of the money that it was allocated for (R8). */
const numberKnown = (
  found: FoundNumber | undefined,
  asked: Order.StepOf<'FindNumber'>['asked'],
): Order.RequestKnowledge | undefined => {
  if (found === undefined) return undefined;
  const { reference, ...number } = found;
  const answer = { type: 'MoneyMoved', source: 'series', reference, ...asked } as const;
  return { answer, number, searched: true };
};

/** An order, or its series, that lost every race it was ready to run is tried again soon. */
export const outrun = (orderId: string): HandlerError => ({ type: 'ConflictsExhausted', orderId });
