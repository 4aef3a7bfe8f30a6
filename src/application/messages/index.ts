export { decodeNotificationMessage, decodePaymentMessage } from './decode.ts';
export {
  NotificationMessages,
  PaymentMessages,
  type OrderReceived,
  type OrderSettled,
} from './schemas.ts';
export { correlationOf, encodeMessage, type Correlation } from './envelope.ts';
export { unwrap } from './snsEnvelope.ts';
