export {
  decodeNotificationMessage,
  decodePaymentMessage,
  draftIn,
  namesOrder,
  type Draft,
  type PaymentCommand,
} from './decode.ts';
export {
  NotificationMessages,
  PaymentMessages,
  type NotificationMessage,
  type PaymentMessage,
} from './schemas.ts';
export { correlationOf, encodeMessage, placeOrderMessage, type Correlation } from './envelope.ts';
export { unwrap } from './snsEnvelope.ts';
