export {
  decodeNotificationMessage,
  decodePaymentMessage,
  type PlaceOrderCommand,
} from './decode.ts';
export {
  NotificationMessages,
  OrderReceivedV1,
  OrderSettledV1,
  PaymentMessages,
  PlaceOrderV1,
  type OrderReceived,
  type OrderSettled,
  type PlaceOrder,
} from './schemas.ts';
export { correlationOf, encodeMessage, type Correlation } from './envelope.ts';
