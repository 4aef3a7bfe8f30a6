import { okAsync } from 'neverthrow';
import type { Clock } from '../../../application/ports/clock.ts';
import type { GatewayEvent, GatewayEvents } from '../../../application/ports/gatewayEvents.ts';
import type { ListedDispute } from '../../../application/ports/paymentGateway.ts';
import { defined } from '../../defined.ts';
import { CANCELED, withoutEmpty, type RecordedPayment, type RecordedRefund } from './records.ts';

export type MemoryEvents = GatewayEvents & { all(): readonly GatewayEvent[] };

/** One event of each change, as Stripe makes them, and in its words. */
export class MemoryEventLog implements MemoryEvents {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #events: GatewayEvent[] = [];

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  ofPayment({ reference, orderId, deployment, ...payment }: RecordedPayment): void {
    const owner = withoutEmpty({ orderId, deployment });
    this.#add({
      ...owner,
      kind: 'payment',
      payment: reference,
      id: reference,
      says: word(payment),
    });
  }

  ofRefund({ paymentReference, reference, outcome, ...refund }: RecordedRefund): void {
    const { orderId, deployment, refundId } = refund;
    this.#add({
      ...withoutEmpty({ orderId, deployment, refundId }),
      kind: 'refund',
      payment: paymentReference,
      id: reference,
      says: { Refunded: 'succeeded', Declined: 'failed', UnderWay: 'pending' }[outcome.type],
    });
  }

  ofDispute(
    payment: string,
    { dispute: id, stage, status }: ListedDispute,
    funds?: GatewayEvent['funds'],
  ): void {
    const says = status === 'open' ? OPEN[stage] : status.replace(' ', '_');
    this.#add({ kind: 'dispute', payment, id, says, ...defined({ funds }) });
  }

  all(): readonly GatewayEvent[] {
    return this.#events;
  }

  list({ from, to }: Parameters<GatewayEvents['list']>[0]): ReturnType<GatewayEvents['list']> {
    return okAsync(this.#events.filter(({ at }) => at >= from && at < to));
  }

  #add(event: Omit<GatewayEvent, 'event' | 'at' | 'mode'>): void {
    const id = `evt_memory_${this.#events.length + 1}`;
    this.#events.push({ event: id, at: this.#clock.now(), mode: 'test', ...event });
  }
}

const OPEN: Readonly<Record<ListedDispute['stage'], string>> = {
  inquiry: 'warning_needs_response',
  chargeback: 'needs_response',
  appeal: 'appeal_needs_response',
};

const word = ({ outcome, authorised }: Pick<RecordedPayment, 'outcome' | 'authorised'>): string => {
  switch (outcome.type) {
    case 'Captured':
      return 'succeeded';
    case 'UnderWay':
      return 'processing';
    case 'Unknown':
      return authorised === undefined ? 'requires_action' : 'requires_capture';
    case 'Declined':
      return authorised === undefined && outcome.code !== CANCELED
        ? 'requires_payment_method'
        : CANCELED;
  }
};
