import { ok, okAsync, ResultAsync, safeTry } from 'neverthrow';
import { toStripeCharge } from '../../adapters/stripe/limits.ts';
import { isOfV1, type Content, type SentOrder } from '../../domain/order/index.ts';
import { misused, type CliFailure } from '../cli/common/failure.ts';
import type { SandboxApi } from '../cli/sandbox/sandboxApi.ts';

const METHOD = 'pm_card_visa';

type Checkout = {
  readonly sandbox: Pick<SandboxApi, 'pay' | 'createCustomer' | 'saveMethod'>;
  /** The secret key of the gateway, which is the shop's as well as ours. */
  readonly key: string;
};

/**
 * The orders as the shop sends them after its customers have checked out: one has authorised a
 * payment for all that its order comes to, another has saved a card.
 */
export const checkOut = (
  orders: readonly SentOrder[],
  checkout: Checkout,
): ResultAsync<readonly SentOrder[], CliFailure> =>
  ResultAsync.combine(
    orders.map((order) =>
      isOfV1(order)
        ? okAsync(order)
        : paymentOf(order, checkout).map((payment): SentOrder => ({ ...order, payment })),
    ),
  );

const paymentOf = (order: Content, { sandbox, key }: Checkout) =>
  safeTry<Content['payment'], CliFailure>(async function* () {
    const { payment, orderId, currency, expectedTotalMinor: amountMinor = 0 } = order;
    if (payment.type === 'authorised') {
      const stripe = yield* toStripeCharge({ amountMinor, currency }).mapErr(({ reason }) =>
        misused(reason),
      );
      const form = { ...stripe, method: METHOD, captureMethod: 'manual', order: orderId } as const;
      const { id } = yield* sandbox.pay(form, key);
      return ok({ ...payment, payment: id });
    }
    if (payment.type === 'saved') {
      const customer = yield* sandbox.createCustomer(key);
      const paymentMethod = yield* sandbox.saveMethod({ method: METHOD, customer }, key);
      return ok({ ...payment, customer, paymentMethod });
    }
    return ok(payment);
  });
