import { okAsync, type ResultAsync } from 'neverthrow';
import type { HandlerError } from '../delivery/handler.ts';
import { encodeOrderEvent } from '../messages/index.ts';
import { publishedEvents } from '../orderEvents/publishedEvents.ts';
import { allSent } from './allSent.ts';
import type { LoadedOrder, PaymentDependencies } from './dependencies.ts';

/**
 * Publishes everything that others are to hear of an order, at every handling again: who published
 * before may have crashed before its topic confirmed (R10). Subscribers drop what they have had, by
 * its id.
 */
export const createPublishOrderEvents =
  ({ orderEvents, deployment }: Pick<PaymentDependencies, 'orderEvents' | 'deployment'>) =>
  ({ history }: Pick<LoadedOrder, 'history'>): ResultAsync<void, HandlerError> => {
    if (orderEvents === 'none') return okAsync(undefined);
    const events = publishedEvents(history);
    if (events.length === 0) return okAsync(undefined);
    return deployment().andThen(({ id: deploymentId }) =>
      orderEvents
        .publish(events.map((event) => encodeOrderEvent(event, { deploymentId })))
        .mapErr((error): HandlerError => error)
        .andThen((results) => allSent(results, 'OrderEvents')),
    );
  };
