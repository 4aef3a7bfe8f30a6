import type * as Order from '../../domain/order/index.ts';
import type { Allocator } from '../series/allocator.ts';
import type { Clock } from '../ports/clock.ts';
import type { PaymentGateway } from '../ports/paymentGateway.ts';
import type { Seals } from '../ports/seals.ts';
import { SEND_WITHIN_MS, type PaymentRules } from './dependencies.ts';

/** Of the gateway only what is pure: whoever makes facts can move no money by it. */
export type ContextDependencies = {
  readonly allocator: Pick<Allocator, 'head'>;
  readonly gateway: Pick<
    PaymentGateway,
    'prepare' | 'prepareRefund' | 'isPrepared' | 'isPreparedRefund'
  >;
  readonly clock: Pick<Clock, 'now'>;
  readonly rules: PaymentRules;
  readonly seals: Seals;
};

/** What a decision is made for, and on which view of the order. */
export type ContextParts = Pick<Order.DecisionContext, 'deployment' | 'letter' | 'viewedAt'>;

/** The facts of a decision at this moment: the clock is read last, since what is decided is done at once. */
export const createCurrentContext =
  ({ allocator, gateway, clock, rules, seals }: ContextDependencies) =>
  (context: ContextParts): Order.DecisionContext => {
    const { invoices, creditNotes, ...times } = rules;
    return {
      ...times,
      ...context,
      sendWithinMs: SEND_WITHIN_MS,
      seal: (text) => seals.seal(text),
      isSeal: (text, seal) => seals.isSeal(text, seal),
      invoices: { ...invoices, from: allocator.head(invoices.series) },
      creditNotes: { ...creditNotes, from: allocator.head(creditNotes.series) },
      prepare: (request) => gateway.prepare(request),
      prepareRefund: (request) => gateway.prepareRefund(request),
      isPrepared: (body, request) => gateway.isPrepared(body, request),
      isPreparedRefund: (body, request) => gateway.isPreparedRefund(body, request),
      now: clock.now(),
    };
  };
