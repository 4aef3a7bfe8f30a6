import { okAsync, type ResultAsync } from 'neverthrow';
import * as Order from '../../../domain/order/index.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import type { Seals } from '../../ports/seals.ts';
import { NO_FINDINGS, type AuditCheck, type AuditError, type Finding } from '../check.ts';
import { orderIn } from '../decodedStreams.ts';
import { loadIdentity } from '../identity.ts';

type SealsCheckDependencies = {
  readonly store: Pick<EventStore, 'load'>;
  /** The check can verify a seal, but cannot create one. */
  readonly seals: Pick<Seals, 'isSeal'>;
};

/**
 * Whether the payment service wrote each request to move money (ADR 0027). A request without a seal
 * is of a release before 0.2, and therefore older than the deployment's identity.
 */
export const createSealsCheck = ({ store, seals }: SealsCheckDependencies): AuditCheck => {
  let known: number | undefined;

  /** When the deployment was identified. Before that, requests had no seal. */
  const sealedSince = (): ResultAsync<number, AuditError> => {
    if (known !== undefined) return okAsync(known);
    return loadIdentity(store).map((identity) => {
      known = identity?.at ?? Infinity;
      return known;
    });
  };

  const whyNot = (orderId: string, intent: IntentEvent, since: number): string | undefined => {
    const { seal, at } = intent.data;
    if (seal === '') {
      return at < since ? undefined : 'it bears no seal, and is younger than the deployment’s id';
    }
    const isOurs = seals.isSeal(Order.sealTextOf(orderId, intent), seal);
    return isOurs ? undefined : 'its seal is not one of the payment service';
  };

  return {
    proves: ['sealed'],
    visit: (stream) => {
      const order = orderIn(stream);
      if (order === undefined) return NO_FINDINGS;
      const { streamId } = stream;
      return sealedSince().map((since) =>
        order.located.flatMap(({ event, version }): readonly Finding[] => {
          if (!isIntent(event)) return [];
          const why = whyNot(order.id, event, since);
          if (why === undefined) return [];
          const evidence = { request: subjectOf(event) };
          return [{ invariant: 'sealed', streamId, version, why, evidence }];
        }),
      );
    },
  };
};

type IntentEvent = Extract<
  Order.StreamEvent,
  { readonly type: 'PaymentRequested' | 'RefundRequested' }
>;

const isIntent = (event: Order.StreamEvent): event is IntentEvent =>
  event.type === 'PaymentRequested' || event.type === 'RefundRequested';

const subjectOf = (intent: IntentEvent): string =>
  intent.type === 'PaymentRequested'
    ? `payment#${intent.data.attempt}`
    : `refund#${intent.data.refundId}`;
