import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { err, ok, type Result } from 'neverthrow';
import { isJsonObject } from '../../../application/ports/json.ts';
import { full, invalid, notFound, type ObjectKind, type StripeAnswer } from './errors.ts';
import { newId } from './ids.ts';
import { operationAt } from './operations.ts';
import { DISPUTE_REASONS, type DisputeReason } from './outcomes.ts';
import { amountInDispute, changed, type OutsideChange, type PaymentState } from './paymentState.ts';
import { react, send } from './replies.ts';
import type { Requests } from './requests.ts';
import type { Store } from './store.ts';

type Route = { Params: { readonly id: string }; Body: unknown };

export type ControlsOptions = {
  readonly store: Store;
  readonly requests: Requests;
  readonly now: () => number;
};

/**
 * Adds what customers, banks and people at Stripe's dashboard do. It needs no key, has no metadata,
 * and meets no fault on its way.
 */
export const addOutsideControls = (scope: FastifyInstance, options: ControlsOptions): void => {
  scope.post<Route>('/sandbox/payments/:id/refund', (request, reply) =>
    refund(request, reply, options),
  );
  scope.post<Route>('/sandbox/payments/:id/capture', (request, reply) =>
    endHold('capture', request, reply, options),
  );
  scope.post<Route>('/sandbox/payments/:id/cancel', (request, reply) =>
    endHold('cancel', request, reply, options),
  );
  scope.post<Route>('/sandbox/payments/:id/dispute', async (request, reply) =>
    send(reply, await dispute(request, options)),
  );
  scope.post<Route>('/sandbox/disputes/:id/close', async (request, reply) =>
    send(reply, await closeDispute(request, options)),
  );
  scope.post<Route>('/sandbox/settle/:id', async (request, reply) =>
    send(reply, await settle(request, options)),
  );
};

type ControlRequest = Pick<FastifyRequest<Route>, 'params' | 'body'>;

const refund = (
  { params: { id }, body }: ControlRequest,
  reply: FastifyReply,
  options: ControlsOptions,
): Promise<FastifyReply> | FastifyReply =>
  parseRefundByHand(body).match(
    ({ amount }) => {
      const form = { payment_intent: id, ...(amount === undefined ? {} : { amount }) };
      return operate({ id, path: '/v1/refunds', form }, reply, options);
    },
    (refusal) => send(reply, refusal),
  );

const endHold = (
  act: 'capture' | 'cancel',
  { params: { id }, body }: ControlRequest,
  reply: FastifyReply,
  options: ControlsOptions,
): Promise<FastifyReply> | FastifyReply =>
  parseNothing(body).match(
    () => operate({ id, path: `/v1/payment_intents/${id}/${act}` }, reply, options),
    (refusal) => send(reply, refusal),
  );

const dispute = async (
  { params: { id }, body }: ControlRequest,
  options: ControlsOptions,
): Promise<StripeAnswer> =>
  parseDispute(body).match(
    ({ amount, reason = 'fraudulent', isInquiry = false }) =>
      happen({ id, kind: 'payment_intent' }, options, (state) =>
        amountInDispute(state, amount)
          .map((disputed): OutsideChange => {
            const opening = { id: newId('du'), amount: disputed, reason, isInquiry };
            return { type: 'Disputed', ...opening };
          })
          .mapErr((why) => invalid(why)),
      ),
    async (refusal) => refusal,
  );

const closeDispute = async (
  { params: { id }, body }: ControlRequest,
  options: ControlsOptions,
): Promise<StripeAnswer> =>
  parseClose(body).match(
    ({ isWon }) =>
      happen({ id, kind: 'dispute' }, options, (state) =>
        state.disputes.some(({ object }) => object.id === id)
          ? ok({ type: 'DisputeClosed', id, isWon })
          : err(notFound('dispute', id)),
      ),
    async (refusal) => refusal,
  );

const settle = async (
  { params: { id }, body }: ControlRequest,
  options: ControlsOptions,
): Promise<StripeAnswer> => {
  const kind = id.startsWith('re_') ? 'refund' : 'payment_intent';
  return parseSettle(body).match(
    ({ fails = false }) =>
      happen({ id, kind }, options, () =>
        ok({ type: 'Ended', id, status: fails ? 'failed' : 'succeeded' }),
      ),
    async (refusal) => refusal,
  );
};

/** Does by hand what a request of Stripe's own API does. */
const operate = async (
  asked: { readonly id: string; readonly path: string; readonly form?: object },
  reply: FastifyReply,
  { store, requests, now }: ControlsOptions,
): Promise<FastifyReply> => {
  const { id, path, form = {} } = asked;
  const account = store.find(id, now())?.account;
  const found = operationAt(path);
  if (account === undefined || found === undefined) {
    return send(reply, notFound('payment_intent', id));
  }
  const body = new URLSearchParams(form as Record<string, string>).toString();
  const request = { path, id: found.id, body, key: undefined, account, isByHand: true };
  return react(reply, await requests.post(found.operation, request));
};

/** Answers with what became of the object, by its own turn on the payment. */
const happen = async (
  { id, kind }: { readonly id: string; readonly kind: ObjectKind },
  { store, requests, now }: ControlsOptions,
  makeChange: (state: PaymentState) => Result<OutsideChange, StripeAnswer>,
): Promise<StripeAnswer> => {
  const found = store.find(id, now());
  if (found === undefined) return notFound(kind, id);
  if (store.isFull()) return full;
  const { account, payment } = found;
  return requests.inTurn(payment, async () => {
    const atMs = now();
    const state = store.of(account).payment(payment, atMs) ?? found.state;
    const change = makeChange(state);
    if (change.isErr()) return change.error;
    const after = changed(state, change.value, atMs);
    if (after === undefined) return invalid(`Nothing of ${id} is left to end like that.`);
    const record = { type: 'Outside', account, payment, atMs, change: change.value } as const;
    await store.append(record);
    return { status: 200, body: objectIn(after, change.value.id) ?? {} };
  });
};

const objectIn = ({ intent, refunds, disputes }: PaymentState, id: string): object | undefined =>
  [intent, ...refunds, ...disputes].find(({ object }) => object.id === id)?.object;

type SettingCheck = (value: unknown) => boolean;

const isAmount: SettingCheck = (value) =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 1e12;
const isFlag: SettingCheck = (value) => typeof value === 'boolean';

/** The settings of a control; whatever is not one of them is refused. */
const parse = <T>(
  body: unknown,
  checks: Readonly<Record<string, SettingCheck>>,
): Result<T, StripeAnswer> => {
  const given = body ?? {};
  if (!isJsonObject(given)) return err(invalid('a control takes one JSON object'));
  for (const [name, value] of Object.entries(given)) {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (check === undefined) {
      return err(invalid(`Received unknown parameter: ${name}`, name, 'parameter_unknown'));
    }
    if (!check(value)) return err(invalid(`Invalid ${name}`, name));
  }
  return ok(given as T);
};

const parseRefundByHand = (body: unknown) =>
  parse<{ readonly amount?: number }>(body, { amount: isAmount });

const parseNothing = (body: unknown) =>
  parse<Readonly<Record<string, string | number | boolean>>>(body, {});

const parseDispute = (body: unknown) =>
  parse<{
    readonly amount?: number;
    readonly reason?: DisputeReason;
    readonly isInquiry?: boolean;
  }>(body, {
    amount: isAmount,
    reason: (value) => DISPUTE_REASONS.some((reason) => reason === value),
    isInquiry: isFlag,
  });

const parseClose = (body: unknown): Result<{ readonly isWon: boolean }, StripeAnswer> =>
  parse<{ readonly isWon?: boolean }>(body, { isWon: isFlag }).andThen(({ isWon }) =>
    isWon === undefined ? err(invalid('Missing required param: isWon.', 'isWon')) : ok({ isWon }),
  );

const parseSettle = (body: unknown) => parse<{ readonly fails?: boolean }>(body, { fails: isFlag });
