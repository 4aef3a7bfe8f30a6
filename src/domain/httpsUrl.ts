/**
 * An address without blanks, quotes, angle brackets or backslashes can stand in any text as it is.
 */
const PLAIN = /^https:\/\/[A-Za-z0-9.[\]:-]+(?:[/?][A-Za-z0-9\-._~:/?[\]@!$&()*+,;=%]*)?$/;

/** Whether a text is an https address in plain characters. */
export const isHttpsUrl = (text: string): boolean =>
  PLAIN.test(text) && URL.canParse(text) && new URL(text).protocol === 'https:';
