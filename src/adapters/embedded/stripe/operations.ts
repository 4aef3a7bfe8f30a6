import { err, ok, type Result } from 'neverthrow';
import type { StripeBooks } from './books.ts';
import { invalid, type StripeAnswer } from './errors.ts';
import type { Fault } from './faultSettings.ts';
import { type Parameters, noSuchMethod, parseCreateIntent } from './parameters.ts';
import { confirm } from './intents.ts';
import { behaviourOf, refundBehaviourOf, type Behaviour } from './paymentMethods.ts';
import { giveBack, parseCreateRefund } from './refunds.ts';

/** A valid request that is ready to be executed. */
export type Job = {
  /** Jobs on one object are executed one after the other. */
  readonly object?: string;
  run(atMs: number, faults: ReadonlySet<Fault>): StripeAnswer;
};

/** A kind of request that moves money, so that the rules of idempotency apply. */
export type MoneyOperation = {
  readonly path: string;
  readonly kind: 'charge' | 'refund';
  /** The fault that the payment method causes, whatever was sent. */
  behaviour(parameters: Parameters, books: StripeBooks): Behaviour | undefined;
  parse(parameters: Parameters, books: StripeBooks): Result<Job, StripeAnswer>;
  /** As if the object that the request names did not exist. */
  refusal(parameters: Parameters): StripeAnswer;
};

const charges: MoneyOperation = {
  path: '/v1/payment_intents',
  kind: 'charge',
  behaviour: ({ payment_method: method }) => behaviourOf(String(method)),
  parse: (parameters) =>
    parseCreateIntent(parameters).map((create) => ({
      run: (atMs, faults) => confirm(create, { atMs, wrongAmount: faults.has('wrong-amount') }),
    })),
  refusal: ({ payment_method: method }) => noSuchMethod(String(method)),
};

const refunds: MoneyOperation = {
  path: '/v1/refunds',
  kind: 'refund',
  behaviour: ({ payment_intent: id }, books) =>
    refundBehaviourOf(books.intent(String(id))?.payment_method ?? null),
  parse: (parameters, books) =>
    parseCreateRefund(parameters).andThen((create) => {
      const { paymentIntent } = create;
      const intent = books.intent(paymentIntent);
      if (intent === undefined) return err(noSuchPayment(paymentIntent));
      return ok({
        object: intent.id,
        run: (atMs: number, faults: ReadonlySet<Fault>) =>
          giveBack(
            create,
            { intent, earlier: books.refundsOf(intent.id, atMs) },
            { atMs, fails: faults.has('refund-fails') },
          ),
      });
    }),
  refusal: ({ payment_intent: id }) => noSuchPayment(String(id)),
};

export const OPERATIONS: readonly MoneyOperation[] = [charges, refunds];

const noSuchPayment = (id: string): StripeAnswer =>
  invalid(`No such payment_intent: '${id}'`, 'payment_intent', 'resource_missing');
