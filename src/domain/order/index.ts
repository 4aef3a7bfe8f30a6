export { isOrderId, parse, type Content } from './content.ts';
export { containsCardNumber, maskCardNumbers } from './cardNumber.ts';
export { codec, type StreamEvent } from './codec.ts';
export { evolve, fold, initialState, type Payment, type State } from './state.ts';
export { decide, paymentKey, type Command, type Evidence, type Rejection } from './decide.ts';
export { nextStep } from './nextStep.ts';
