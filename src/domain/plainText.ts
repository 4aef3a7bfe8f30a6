/**
 * Characters that steer whoever shows a text, as a class of a regular expression with the flag `u`:
 * controls, line and paragraph separators, and those that change the direction of the text behind
 * them (Unicode Standard Annex 9), with which a text can be made to look like another.
 */
export const STEERING = String.raw`\p{Cc}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069`;

const EACH = new RegExp(`[${STEERING}]`, 'gu');

/** Removes such characters from a text that was stored before they were refused, to show it. */
export const withoutSteering = (text: string): string => text.replaceAll(EACH, ' ');

/** Unicode's notation of a code point: `U+5C71`. */
export const codePointText = (codePoint: number): string =>
  `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
