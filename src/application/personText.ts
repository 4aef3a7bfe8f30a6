import { STEERING } from '../domain/plainText.ts';
import { containsCardNumber } from '../domain/cardNumber/index.ts';

export const BY_CHARACTERS_MAX = 64;

/** The mistakes in a text that a person gives for the record. They never repeat the text. */
export const textMistakes = (name: string, text: string, max: number): readonly string[] => [
  ...(text.length >= 1 && text.length <= max && text.trim() !== ''
    ? []
    : [`${name}: is not 1 to ${max} characters`]),
  ...(NOT_PLAIN.test(text) || !text.isWellFormed() ? [`${name}: has control characters`] : []),
  ...(containsCardNumber(text) ? [`${name}: holds a card number`] : []),
];

const NOT_PLAIN = new RegExp(`[${STEERING}]`, 'u');
