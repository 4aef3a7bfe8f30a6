import { err, ok, type Result } from 'neverthrow';
import { cancel, capture, parseCancel, parseCapture } from './authorisations.ts';
import type { StripeObjects } from './objects.ts';
import { confirmOnSession, parseConfirmation } from './confirmations.ts';
import { attachMethod, createCustomer } from './customers.ts';
import { noSuch, notFound, type StripeAnswer } from './errors.ts';
import { FAULTS, type Fault, type RequestKind } from './faultSettings.ts';
import { confirm, type StoredIntent } from './intents.ts';
import { isOffSession, parseCreateIntent } from './createIntent.ts';
import { noSuchMethod, type Parameters } from './parameters.ts';
import { behaviourOf, refundBehaviourOf, type Behaviour } from './paymentMethods.ts';
import { refundCharge, parseCreateRefund } from './refunds.ts';

/** A valid request that is ready to be executed. */
export type Job = {
  /** Jobs on one object are executed one after the other. */
  readonly object?: string;
  run(atMs: number, faults: ReadonlySet<Fault>): StripeAnswer;
};

/** A request as an operation sees it. `id` is what its path names, or empty. */
export type OperationRequest = { readonly id: string; readonly parameters: Parameters };

/** The faults that a request can meet between the gateway and Paidonce. */
export type FaultyRequest = {
  readonly kind: Exclude<RequestKind, 'look-up'>;
  /** The fault that the payment method causes, whatever was sent. */
  readonly behaviour: Behaviour | undefined;
  /** The answer as if the object that the request names did not exist. */
  readonly refusal: StripeAnswer;
};

/** A kind of request that changes something, so that the rules of idempotency apply. */
export type StripeOperation = {
  /** `:id` stands for the id of an object. */
  readonly path: string;
  parse(asked: OperationRequest, objects: StripeObjects): Result<Job, StripeAnswer>;
  /** Undefined for what a shop does at its checkout, which meets no fault. */
  faulty(asked: OperationRequest, objects: StripeObjects): FaultyRequest | undefined;
};

const charges: StripeOperation = {
  path: '/v1/payment_intents',
  parse: ({ parameters }, objects) =>
    parseCreateIntent(parameters, objects).map((create) => ({
      run: (atMs, faults) => confirm(create, { atMs, wrongAmount: faults.has('wrong-amount') }),
    })),
  faulty: ({ parameters }, objects) => {
    const method = String(parameters['payment_method']);
    const behaviour = behaviourOf(objects.sourceOf(method));
    const refusal = noSuchMethod(method);
    return isOffSession(parameters) ? { kind: 'charge', behaviour, refusal } : undefined;
  },
};

type PaymentAct = (intent: StoredIntent, atMs: number, faults: ReadonlySet<Fault>) => StripeAnswer;

/** The job of a request about one payment, which it reads when its turn comes. */
const onPayment = (id: string, objects: StripeObjects, act: PaymentAct): Job | undefined => {
  const found = objects.intent(id, 0);
  return (
    found && {
      object: id,
      run: (atMs, faults) => act(objects.intent(id, atMs) ?? found, atMs, faults),
    }
  );
};

/** A capture or release also meets what the sandbox's own methods show. */
const ofPayment = (
  path: string,
  kind: 'capture' | 'cancel',
  parse: (parameters: Parameters) => Result<PaymentAct, StripeAnswer>,
): StripeOperation => ({
  path,
  parse: ({ id, parameters }, objects) =>
    parse(parameters).andThen((act) => {
      const job = onPayment(id, objects, act);
      return job === undefined ? err(notFound('payment_intent', id)) : ok(job);
    }),
  faulty: ({ id }, objects) => {
    const behaviour = behaviourOf(objects.methodOf(id) ?? '');
    const kinds: readonly RequestKind[] =
      behaviour?.type === 'Show' ? FAULTS[behaviour.fault] : [kind];
    const refusal = notFound('payment_intent', id);
    return { kind, behaviour: kinds.includes(kind) ? behaviour : undefined, refusal };
  },
});

const captures = ofPayment('/v1/payment_intents/:id/capture', 'capture', (parameters) =>
  parseCapture(parameters).map(
    (asked) => (intent, _atMs, faults) =>
      capture(asked, intent, { wrongAmount: faults.has('wrong-amount') }),
  ),
);

const cancellations = ofPayment('/v1/payment_intents/:id/cancel', 'cancel', (parameters) =>
  parseCancel(parameters).map((reason) => (intent, atMs) => cancel(reason, intent, atMs)),
);

/** A confirmation meets the same faults as a charge. */
const confirmations: StripeOperation = {
  path: '/v1/payment_intents/:id/confirm',
  parse: ({ id, parameters }, objects) =>
    parseConfirmation(parameters).andThen((asked) => {
      if (behaviourOf(objects.sourceOf(asked.paymentMethod)) === undefined) {
        return err(noSuchMethod(asked.paymentMethod));
      }
      const job = onPayment(id, objects, (intent) => confirmOnSession(asked, intent));
      return job === undefined ? err(notFound('payment_intent', id)) : ok(job);
    }),
  faulty: ({ id }) => ({
    kind: 'charge',
    behaviour: undefined,
    refusal: notFound('payment_intent', id),
  }),
};

const refunds: StripeOperation = {
  path: '/v1/refunds',
  parse: ({ parameters }, objects) =>
    parseCreateRefund(parameters).andThen((create) => {
      const { paymentIntent: id } = create;
      const job = onPayment(id, objects, (intent, atMs, faults) =>
        refundCharge(
          create,
          {
            intent,
            method: objects.methodOf(id),
            earlier: objects.refundsOf(id, atMs),
            disputes: objects.disputesOf(id, atMs),
          },
          { atMs, fails: faults.has('refund-fails') },
        ),
      );
      return job === undefined ? err(noSuch('payment_intent', id)) : ok(job);
    }),
  faulty: ({ parameters }, objects) => {
    const id = String(parameters['payment_intent']);
    const behaviour = refundBehaviourOf(objects.methodOf(id));
    return { kind: 'refund', behaviour, refusal: noSuch('payment_intent', id) };
  },
};

const customers: StripeOperation = {
  path: '/v1/customers',
  parse: ({ parameters }) => createCustomer(parameters).map((run) => ({ run })),
  faulty: () => undefined,
};

const attachments: StripeOperation = {
  path: '/v1/payment_methods/:id/attach',
  parse: ({ id, parameters }, objects) =>
    attachMethod(id, parameters, objects).map((run) => ({ run })),
  faulty: () => undefined,
};

export const OPERATIONS: readonly StripeOperation[] = [
  charges,
  captures,
  cancellations,
  confirmations,
  refunds,
  customers,
  attachments,
];

/** The operation of a request that was put off, and the id that its path names. */
export const operationAt = (
  path: string,
): { readonly operation: StripeOperation; readonly id: string } | undefined => {
  for (const operation of OPERATIONS) {
    const [before = '', after = ''] = operation.path.split(':id');
    const id = operation.path === path ? '' : path.slice(before.length, path.length - after.length);
    if (operation.path.replace(':id', () => id) === path) return { operation, id };
  }
  return undefined;
};
