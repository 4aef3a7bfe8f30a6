import type * as Order from '../../domain/order/index.ts';
import type { Allocator } from '../series/allocator.ts';
import type { Clock } from '../ports/clock.ts';
import type { Seals } from '../ports/seals.ts';
import { SEND_WITHIN_MS, type PaymentRules } from './dependencies.ts';

/** A context has only the pure parts of the gateway: it cannot move money. */
export type ContextDependencies = {
  readonly allocator: Pick<Allocator, 'head'>;
  readonly gateway: Order.GatewayRequests;
  readonly clock: Pick<Clock, 'now'>;
  readonly rules: PaymentRules;
  readonly seals: Omit<Seals, 'fresh'>;
};

/** The message that a decision is made for, and the view of the order that it is made on. */
export type ContextParts = Pick<
  Order.DecisionContext,
  'deployment' | 'letter' | 'viewedAt' | 'hint' | 'asksPending'
>;

export type CurrentContext = (parts: ContextParts) => Order.DecisionContext;

/** The context of a decision at this moment. The clock is read last: the step is taken at once. */
export const createCurrentContext = ({
  allocator,
  gateway,
  clock,
  rules,
  seals,
}: ContextDependencies): CurrentContext => {
  const { invoices, creditNotes, ...times } = rules;
  /** These are made once: an order is decided on some six times. */
  const lasting = {
    ...times,
    sendWithinMs: SEND_WITHIN_MS,
    seal: (text) => seals.seal(text),
    isSeal: (text, seal) => seals.isSeal(text, seal),
    limitsOf: (currency) => gateway.limitsOf(currency),
    prepare: (request) => gateway.prepare(request),
    prepareCapture: (request) => gateway.prepareCapture(request),
    prepareVoid: (request) => gateway.prepareVoid(request),
    prepareConfirm: (request) => gateway.prepareConfirm(request),
    isPreparedConfirm: (body, request) => gateway.isPreparedConfirm(body, request),
    prepareRefund: (request) => gateway.prepareRefund(request),
    isPrepared: (body, request) => gateway.isPrepared(body, request),
    isPreparedCapture: (body, request) => gateway.isPreparedCapture(body, request),
    isPreparedRefund: (body, request) => gateway.isPreparedRefund(body, request),
  } satisfies Partial<Order.DecisionContext>;
  return (parts) => ({
    ...lasting,
    ...parts,
    invoices: { ...invoices, from: allocator.head(invoices.series) },
    creditNotes: { ...creditNotes, from: allocator.head(creditNotes.series) },
    now: clock.now(),
  });
};
