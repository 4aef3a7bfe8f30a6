export { containsCardNumber, maskCardNumbers } from './cardNumber.ts';
export { holdsCardNumber, isIdentifier, wasMasked } from './holdsCardNumber.ts';
