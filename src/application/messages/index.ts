export * from './bridgedEvent.ts';
export * from './decode.ts';
export { encodeGatewayEvent, GatewayEventV1, type GatewayEventMessage } from './gatewayEvent.ts';
export {
  NotificationMessages,
  PaymentMessages,
  type NotificationMessage,
  type PaymentMessage,
} from './schemas.ts';
export * from './envelope.ts';
export {
  cloudEventSchema,
  encodeOrderEvent,
  idOf,
  ORDER_EVENT_KINDS,
  schemaIdOf,
  typeOf,
  type OrderEvent,
  type OrderEventKind,
} from './orderEvents.ts';
export { creditRequestOf, type SentCredit } from './sentCredit.ts';
export { issueText } from './issueText.ts';
export { BODY_BYTES_MAX, WRAPPED_BYTES_MAX } from './limits.ts';
export { readOrderId, removedBody, whyNotKept } from './removed.ts';
