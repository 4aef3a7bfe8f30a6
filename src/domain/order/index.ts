export { isOrderId, parse, type Content, type InvalidOrder } from './content.ts';
export { containsCardNumber, maskCardNumbers } from './cardNumber.ts';
export type { Event } from './events.ts';
export { codec, type StreamEvent } from './codec.ts';
export { evolve, fold, initialState, type Payment, type Placed, type State } from './state.ts';
export { decide, paymentKey, type Command, type Evidence, type Rejection } from './decide.ts';
export { nextStep, type Step } from './nextStep.ts';
