/*
 * Frozen bodies of requests that move money: they are written once, and sent byte for byte.
 */

/** Form encoding like the SDK's (its utils.js): brackets stay as they are everywhere. */
export const encode = (parameters: Readonly<Record<string, string>>): string =>
  Object.entries(parameters)
    .map(([name, value]) => `${encodePart(name)}=${encodePart(value)}`)
    .join('&');

const encodePart = (part: string): string => (PLAIN.test(part) ? part : encodeSigns(part));

/** The characters that stay as they are: nearly all texts of a request have no others. */
const PLAIN = /^[\w.~[\]-]*$/;

const encodeSigns = (part: string): string =>
  encodeURIComponent(part.toWellFormed())
    .replace(/[!*()']/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%5B', '[')
    .replaceAll('%5D', ']');

/** Whether a frozen body is a form as `encode` writes it, and each name stands there once (G9). */
export const isForm = (body: string): boolean => {
  if (!FORM.test(body)) return false;
  const names = body.split('&').map((pair) => pair.slice(0, pair.indexOf('=')));
  return new Set(names).size === names.length;
};

/** No name has anything to escape, and an escaped one could be another name once more. */
const FORM_PAIR = String.raw`[\w.~[\]-]+=(?:[\w.~[\]-]|%[\dA-F]{2})*`;
const FORM = new RegExp(`^${FORM_PAIR}(?:&${FORM_PAIR})*$`);
