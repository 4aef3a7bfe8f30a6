import type * as Order from '../../domain/order/index.ts';
import type { PaymentDependencies } from './dependencies.ts';

/** The facts of a decision at this moment: the clock is read last, since what is decided is done at once. */
export const createFactsNow =
  ({
    clerk,
    gateway,
    clock,
    rules,
  }: Pick<PaymentDependencies, 'clerk' | 'gateway' | 'clock' | 'rules'>) =>
  (): Order.Facts => {
    const { invoices, creditNotes, ...times } = rules;
    return {
      ...times,
      invoices: { ...invoices, from: clerk.tip(invoices.series) },
      creditNotes: { ...creditNotes, from: clerk.tip(creditNotes.series) },
      prepare: (request) => gateway.prepare(request),
      prepareRefund: (request) => gateway.prepareRefund(request),
      now: clock.now(),
    };
  };
