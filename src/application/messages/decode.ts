import { err, ok, type Result } from 'neverthrow';
import * as z from 'zod';
import * as CardNumber from '../../domain/cardNumber/index.ts';
import { isMailAddress } from '../../domain/mailAddress.ts';
import * as Order from '../../domain/order/index.ts';
import type { InvalidOrder, MalformedMessage } from '../delivery/handler.ts';
import { isJsonObject, parseJson, type Json, type JsonObject } from '../ports/json.ts';
import { decodeGatewayEvent, type GatewayEventMessage } from './gatewayEvent.ts';
import { issuesIn, issueText } from './issueText.ts';
import { atMost, BODY_BYTES_MAX, malformed, tooLong } from './limits.ts';
import { whyRemoved } from './removed.ts';
import type { SentCredit } from './sentCredit.ts';
import {
  CancelOrderV1,
  CorrectEmailV1,
  OrderReceivedV1,
  OrderReceivedV2,
  OrderSettledV1,
  PaymentUnderWayV1,
  AuthenticationWantedV1,
  RefundCreditedV1,
  RefundNotMadeV1,
  RefundPaymentV1,
  RefundPaymentV2,
  ResumeOrderV1,
  type NotificationMessage,
  type RefundMessage,
} from './schemas.ts';

/** A command to the payment service that has passed the domain's own rules. */
export type PaymentCommand =
  | ({ readonly orderId: string } & Extract<
      Order.Command,
      { readonly type: 'CancelOrder' | 'CorrectEmail' }
    >)
  | { readonly type: 'PlaceOrder'; readonly orderId: string; readonly order: Order.SentOrder }
  | {
      readonly type: 'RefundPayment';
      readonly orderId: string;
      readonly refundId: string;
      readonly wanted: SentCredit;
    }
  | { readonly type: 'ResumeOrder'; readonly orderId: string };

export type OrderDraft = {
  readonly orderId: string;
  readonly customer: Order.Customer;
  /**
   * What distinguishes the order from another one with its id. It is the text of the body, since a
   * refused value may have no canonical form. For a body that holds a card number, it is only the
   * parts that are kept anyway.
   */
  readonly content: Json;
};

/** The order of a refused message; undefined where it is no PlaceOrder, or names no order. */
export const draftIn = (body: string): OrderDraft | undefined => {
  const json: JsonObject = parseBody(body).unwrapOr({});
  const { type } = json;
  const orderId = orderIdIn(json);
  if (type !== 'PlaceOrder' || orderId === undefined) return undefined;
  const customer = Order.customerIn(json);
  // If a name occurs twice, the value has only the last one, but the text has both.
  const holdsCardNumber = CardNumber.holdsCardNumber(json) || CardNumber.containsCardNumber(body);
  const content = holdsCardNumber ? { orderId, customer } : body.toWellFormed();
  return { orderId, customer, content };
};

export const namesOrder = (body: string): boolean =>
  orderIdIn(parseBody(body).unwrapOr({})) !== undefined;

const orderIdIn = ({ orderId }: JsonObject): string | undefined =>
  Order.isOrderId(orderId) ? orderId : undefined;

const parseBody = (body: string): Result<JsonObject, MalformedMessage> => {
  const refused = tooLong(body, BODY_BYTES_MAX);
  if (refused !== undefined) return err(refused);
  const value = parseJson(body);
  if (value.isErr()) return err(CardNumber.holdsCardNumber(body) ? HOLDS_CARD_NUMBER : NOT_JSON);
  if (!isJsonObject(value.value)) return err(malformed('message: is not an object'));
  const removed = whyRemoved(value.value);
  return removed === undefined ? ok(value.value) : err(malformed(removed));
};

const NOT_JSON = malformed('message: is not JSON');
const HOLDS_CARD_NUMBER = malformed('message: holds a card number');

/**
 * Refuses a card number in a message without an order. An order reports it with its other mistakes.
 */
const withoutCardNumber = (
  json: Record<string, unknown>,
): Result<Record<string, unknown>, MalformedMessage> =>
  CardNumber.holdsCardNumber(json) ? err(HOLDS_CARD_NUMBER) : ok(json);

type DecodeRefusal = MalformedMessage | InvalidOrder;

/**
 * Decodes a message of the payments queue: a command about an order, or a hint of the gateway's.
 */
export const decodePaymentMessage = (
  body: string,
): Result<PaymentCommand | GatewayEventMessage, DecodeRefusal> =>
  parseBody(body).andThen((json): Result<PaymentCommand | GatewayEventMessage, DecodeRefusal> =>
    json['type'] === 'GatewayEvent'
      ? withoutCardNumber(json).andThen(decodeGatewayEvent)
      : readCommand(json),
  );

export const decodeCommand = (body: string): Result<PaymentCommand, DecodeRefusal> =>
  parseBody(body).andThen(readCommand);

const readCommand = (json: JsonObject): Result<PaymentCommand, DecodeRefusal> =>
  json['type'] === 'PlaceOrder' ? decodeOrder(json) : withoutCardNumber(json).andThen(commandOf);

/**
 * Decodes an order. The domain checks shape and values in one pass, so that every mistake is
 * reported at once. A test checks that the published schema takes whatever the domain takes.
 */
const decodeOrder = (json: Record<string, unknown>): Result<PaymentCommand, DecodeRefusal> => {
  const { type, v, ...draft } = json;
  if (v !== 1 && v !== 2) {
    return err(malformed(`message: is not a ${String(type)} of version 1 or 2`));
  }
  const order: Result<Order.SentOrder, Order.InvalidContent> =
    v === 1 ? Order.parseV1(draft) : Order.parse(draft);
  if (order.isErr()) return err(refusedOrder(draft['orderId'], order.error.reasons));
  const { orderId } = order.value;
  return ok({ type: 'PlaceOrder', orderId, order: order.value });
};

const UNKNOWN_TYPE = 'is of no message that this queue takes';

const Command = z.discriminatedUnion(
  'type',
  [CancelOrderV1, RefundPaymentV1, CorrectEmailV1, ResumeOrderV1],
  { error: UNKNOWN_TYPE },
);

const commandOf = (json: Record<string, unknown>): Result<PaymentCommand, DecodeRefusal> => {
  const isRefundV2 = json['type'] === 'RefundPayment' && json['v'] === 2;
  const schema = isRefundV2 ? RefundPaymentV2 : Command;
  const message = schema.safeParse(json, { error: issueText });
  if (!message.success) return err(malformed(...atMost(issuesIn(message.error))));
  const { data } = message;
  const { orderId } = data;
  if (!Order.isOrderId(orderId)) return err(malformed('orderId: is not an order id'));
  switch (data.type) {
    case 'CancelOrder':
      return ok({ type: data.type, orderId, reason: data.reason });
    case 'RefundPayment': {
      const { refundId } = data;
      return Order.isRefundId(refundId)
        ? ok({ type: data.type, orderId, refundId, wanted: wantedOf(data) })
        : err(malformed('refundId: is not a refund id'));
    }
    case 'CorrectEmail': {
      const { email, by, reason } = data;
      return isMailAddress(email)
        ? ok({ type: data.type, orderId, email, by, reason })
        : err(malformed('email: is not one plain mail address that takes mail'));
    }
    case 'ResumeOrder':
      return ok({ type: data.type, orderId });
  }
};

const wantedOf = (message: RefundMessage): SentCredit => {
  if (message.v === 2) return { type: 'Lines', lines: message.lines };
  const { amountMinor, lines } = message;
  if (amountMinor !== undefined) return { type: 'Amount', amountMinor };
  return lines === undefined ? { type: 'Rest' } : { type: 'Lines', lines };
};

const refusedOrder = (
  orderId: unknown,
  reasons: readonly string[],
): MalformedMessage | InvalidOrder =>
  Order.isOrderId(orderId)
    ? { type: 'InvalidOrder', orderId, reasons: atMost(reasons) }
    : malformed(...atMost(reasons));

const Notification = z.discriminatedUnion(
  'type',
  [
    OrderReceivedV1,
    OrderSettledV1,
    PaymentUnderWayV1,
    AuthenticationWantedV1,
    RefundCreditedV1,
    RefundNotMadeV1,
  ],
  { error: UNKNOWN_TYPE },
);

export const decodeNotificationMessage = (
  body: string,
): Result<NotificationMessage, MalformedMessage> =>
  parseBody(body)
    .andThen(withoutCardNumber)
    .andThen((json) => {
      const isReceivedV2 = json['type'] === 'OrderReceived' && json['v'] === 2;
      const schema = isReceivedV2 ? OrderReceivedV2 : Notification;
      const message = schema.safeParse(json, { error: issueText });
      if (!message.success) return err(malformed(...atMost(issuesIn(message.error))));
      return Order.isOrderId(message.data.orderId)
        ? ok(message.data)
        : err(malformed('orderId: is not an order id'));
    });
