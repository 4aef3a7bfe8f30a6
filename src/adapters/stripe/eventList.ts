import { ResultAsync } from 'neverthrow';
import type { Stripe } from 'stripe';
import type { GatewayEvent, GatewayEvents } from '../../application/ports/gatewayEvents.ts';
import { misconfigured, unavailable } from '../failures.ts';
import { defined } from '../defined.ts';
import { readEvent, STRIPE_EVENT_TYPES } from './events.ts';
import { collectPages } from './lookUps.ts';
import { PAGE_MAX } from './pages.ts';

/** Ten thousand events of one window. A window with more is asked for in parts. */
const PAGES_MAX = 100;

/**
 * The events that Stripe has kept, for 30 days: https://docs.stripe.com/api/events/list. They are
 * listed the newest first, by whole seconds.
 */
export const createStripeGatewayEvents = (stripe: Stripe): GatewayEvents => ({
  list: ({ from, to, signal }) => {
    const created = { gte: Math.floor(from / 1_000), lt: Math.floor(to / 1_000) };
    const types = Object.keys(STRIPE_EVENT_TYPES);
    const ask = (after: string | undefined): Promise<unknown> =>
      stripe.events.list({
        created,
        types,
        limit: PAGE_MAX,
        ...defined({ starting_after: after }),
      });
    const listed = collectPages(ask, { pagesMax: PAGES_MAX, signal });
    return new ResultAsync(listed)
      .map((events) => events.toReversed().flatMap(reportedIn))
      .mapErr(({ cause, trouble }) =>
        trouble === 'Misconfigured'
          ? misconfigured('PaymentGateway', cause)
          : unavailable('PaymentGateway', cause, trouble === 'Throttled'),
      );
  },
});

/** What is no event of a payment says nothing: an event is a hint, and nothing rests on it. */
const reportedIn = (value: unknown): readonly GatewayEvent[] =>
  readEvent(value).match(
    (event) => (event.type === 'Reported' ? [event.event] : []),
    () => [],
  );
