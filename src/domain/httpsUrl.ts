/** No blanks, quotes, angle brackets or backslashes: it can stand in any text as it is. */
const PLAIN = /^https:\/\/[A-Za-z0-9.[\]:-]+(?:[/?][A-Za-z0-9\-._~:/?[\]@!$&()*+,;=%]*)?$/;

/** Whether it is an address of the web that is encrypted on its way, in plain characters. */
export const isHttpsUrl = (text: string): boolean =>
  PLAIN.test(text) && URL.canParse(text) && new URL(text).protocol === 'https:';
