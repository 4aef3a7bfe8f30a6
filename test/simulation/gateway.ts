import { okAsync, type ResultAsync } from 'neverthrow';
import type {
  Absent,
  CaptureOutcome,
  ChargeOutcome,
  ConfirmOutcome,
  InspectedPayment,
  NamedPayment,
  NotExecutedOutcome,
  PaymentGateway,
  PaymentLookUp,
  RefundList,
  RefundLookUp,
  RefundOutcome,
  FoundStanding,
  UnknownOutcome,
  VoidOutcome,
} from '../../src/application/ports/paymentGateway.ts';
import type { Loaded } from './always.ts';
import { unhurried, type Call, type Flight, type Mortal } from './faults.ts';
import type { World } from './world.ts';
import { SETTLE_DELAY_MS } from './time.ts';

const LIMITED: NotExecutedOutcome = {
  type: 'NotExecuted',
  reason: 'rate limit',
  retryAfterMs: 1_000,
};
const LATE: NotExecutedOutcome = { type: 'NotExecuted', reason: 'too late to be sent' };
const LOST: UnknownOutcome = { type: 'Unknown', cause: 'the answer was lost' };
const FAILED: UnknownOutcome = { type: 'Unknown', cause: 'the look-up failed' };

/**
 * The gateway as one slot of a process reaches it: requests are under way, and land at most L after
 * they left.
 */
export const createSlotGateway = (
  world: World,
  mortal: Mortal,
  loadedOf: (orderId: string) => Loaded,
): PaymentGateway => {
  const { gateway, time, watch, seen, underWay } = world;

  /** What is asked is answered, be it with a fault: the port's calls never fail. */
  const ask = <T>(call: Call<T, T>): ResultAsync<T, never> =>
    mortal.call<T, T>(call).orElse((fault) => okAsync(fault));

  /** A request that moves money, counted while it is under way. */
  const launch = <T>(key: string, act: () => ResultAsync<T, T>): Flight<T, T> => {
    const count = (change: number): number => {
      const now = (underWay.get(key) ?? 0) + change;
      underWay.set(key, now);
      return now;
    };
    if (count(1) > 1) seen.add('two POSTs at once');
    const flight = time.send(() => {
      count(-1);
      return act().andTee(() => watch.moved());
    });
    return {
      land: () => flight.land(),
      drop: () => {
        count(-1);
        flight.drop();
      },
    };
  };

  const send = <T>(
    {
      key,
      body,
      notAfter,
    }: { readonly key: string; readonly body: string; readonly notAfter: number },
    {
      kind,
      ...call
    }: Call<T, T> & {
      readonly step: 'charge' | 'refund';
      readonly kind: 'charge' | 'void' | 'refund';
    },
  ): ResultAsync<T | NotExecutedOutcome, never> => {
    const [, , orderId = ''] = key.split('/');
    watch.sending(kind, { key, body }, loadedOf(orderId));
    // The clock is read where the request leaves; what has left lands whenever it may.
    const isLate = time.now() >= notAfter;
    return ask<T | NotExecutedOutcome>({
      ...call,
      launch: (act) => (isLate ? unhurried(() => okAsync(LATE)) : launch(key, act)),
    });
  };

  return {
    identify: () => gateway.identify(),
    limitsOf: (currency) => gateway.limitsOf(currency),
    prepare: (request) => gateway.prepare(request),
    prepareRefund: (request) => gateway.prepareRefund(request),
    isPrepared: (body, request) => gateway.isPrepared(body, request),
    isPreparedRefund: (body, request) => gateway.isPreparedRefund(body, request),
    prepareCapture: (request) => gateway.prepareCapture(request),
    isPreparedCapture: (body, request) => gateway.isPreparedCapture(body, request),
    prepareConfirm: (request) => gateway.prepareConfirm(request),
    isPreparedConfirm: (body, request) => gateway.isPreparedConfirm(body, request),
    confirm: (request) =>
      send<ConfirmOutcome>(request, {
        kind: 'charge',
        step: 'charge',
        act: () => gateway.confirm({ ...request, notAfter: Infinity }),
        rejected: LIMITED,
        lost: LOST,
      }),
    prepareVoid: (request) => gateway.prepareVoid(request),
    isPreparedVoid: (body, request) => gateway.isPreparedVoid(body, request),
    kindOf: (reference) => gateway.kindOf(reference),
    charge: (request) =>
      send<ChargeOutcome>(request, {
        kind: 'charge',
        step: 'charge',
        act: () => gateway.charge({ ...request, notAfter: Infinity }),
        rejected: LIMITED,
        lost: LOST,
      }),
    capture: (request) =>
      send<CaptureOutcome>(request, {
        kind: 'charge',
        step: 'charge',
        act: () => gateway.capture({ ...request, notAfter: Infinity }),
        rejected: LIMITED,
        lost: LOST,
      }),
    void: (request) =>
      send<VoidOutcome>(request, {
        kind: 'void',
        step: 'charge',
        act: () => gateway.void({ ...request, notAfter: Infinity }),
        rejected: LIMITED,
        lost: LOST,
      }),
    inspect: (named) =>
      ask<InspectedPayment | Absent | UnknownOutcome>({
        step: 'find',
        act: () => gateway.inspect(named),
        rejected: FAILED,
        lost: FAILED,
      }),
    refund: (request) =>
      send<RefundOutcome>(request, {
        kind: 'refund',
        step: 'refund',
        act: () => gateway.refund({ ...request, notAfter: Infinity }),
        rejected: LIMITED,
        lost: LOST,
      }),
    find: (reference) =>
      ask<PaymentLookUp>({
        step: 'find',
        act: () => gateway.find(reference),
        rejected: FAILED,
        lost: FAILED,
      }),
    retrieve: (named) => gateway.retrieve(named),
    findRefund: (reference) =>
      ask<RefundLookUp>({
        step: 'findRefund',
        act: () => findLate(world, reference),
        rejected: FAILED,
        lost: FAILED,
      }),
    listRefunds: (of) =>
      ask<RefundList | UnknownOutcome>({
        step: 'listRefunds',
        act: () => gateway.listRefunds(of),
        rejected: FAILED,
        lost: FAILED,
      }),
    retrievePayment: (of) =>
      ask<NamedPayment>({
        step: 'find',
        act: () => gateway.retrievePayment(of),
        rejected: FAILED,
        lost: FAILED,
      }),
    standing: (of) =>
      ask<FoundStanding | UnknownOutcome>({
        step: 'listRefunds',
        act: () => gateway.standing(of),
        rejected: FAILED,
        lost: FAILED,
      }),
  };
};

/** Refunds too are seen no sooner than the settle delay says. */
const findLate = (
  { gateway, time }: World,
  reference: Parameters<PaymentGateway['findRefund']>[0],
): ReturnType<PaymentGateway['findRefund']> =>
  gateway.findRefund(reference).map((found) => {
    if (found.type !== 'Refunded') return found;
    const { refunds } = gateway.ledger();
    const at = refunds.find((refund) => refund.reference === found.reference)?.at ?? 0;
    return time.now() - at < SETTLE_DELAY_MS ? { type: 'Absent' } : found;
  });
