import type { TelemetryRecord } from '../../application/ports/telemetry.ts';
import { isIdentifier, maskCardNumbers } from '../../domain/cardNumber/index.ts';

/*
 * Records are typed to hold scalars only, but an error's text may quote a customer's input. So
 * every sink redacts each text of a record here. No pattern can become slow on a long text.
 */
/** A run of characters of a mail address: if it contains an @, the whole run is removed. */
const ADDRESS_RUN = /[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~@-]+/gu;
const AT_INSIDE = /.(?:@|%40)./iu;
/** Stripe's tokens and keys; codes such as `card_declined` are no secrets and stay. */
const TOKEN = /(?<![A-Za-z0-9])(?:pm|tok|src|sk|rk|pk|whsec)_\w+/g;

export const redactText = (text: string): string => redactIdentifier(maskCardNumbers(text));

/** An identifier's digits are no card (ADR 0021), but it may be a mail address or a token. */
const redactIdentifier = (text: string): string =>
  MAY_HOLD_EITHER.test(text) ? redactEither(text) : text;

/** A mail address has the first or the second, a token the third; most texts have none. */
const MAY_HOLD_EITHER = /@|%40|_/;

const redactEither = (text: string): string =>
  text
    .replace(ADDRESS_RUN, (run) => (AT_INSIDE.test(run) ? '[mail address]' : run))
    .replace(TOKEN, '[token]');

/** The value of a name: an identifier, or a text. */
export const redactNamed = (name: string, text: string): string =>
  name === 'subject' || isIdentifier(name, text) ? redactIdentifier(text) : redactText(text);

/** A text with known identifiers: what is around them is redacted, and each by itself. */
export const redactAround = (
  text: string,
  [identifier, ...others]: readonly string[],
  redactPart: (text: string) => string = redactText,
): string => {
  if (identifier === undefined) return redactPart(text);
  // A shorter value, or one that is not all digits, cannot be a card number.
  if (!/^\d{14,}$/.test(identifier)) return redactAround(text, others, redactPart);
  return text
    .split(identifier)
    .map((part) => redactAround(part, others, redactPart))
    .join(identifier);
};

/** A member of a record: only texts can hold what must not be logged. */
export const redactValue = <Value extends string | number | boolean>(
  name: string,
  value: Value,
): Value | string => (typeof value === 'string' ? redactNamed(name, value) : value);

/** A record for whoever shows it in a form of its own; `toLine` redacts while it writes. */
export const redact = (record: TelemetryRecord): TelemetryRecord => ({
  ...redactMembers(record),
  ...(record.facts && { facts: redactMembers(record.facts) }),
});

const redactMembers = <Members extends object>(members: Members): Members =>
  Object.fromEntries(
    Object.entries(members).map(([name, value]: [string, unknown]) => [
      name,
      typeof value === 'string' ? redactNamed(name, value) : value,
    ]),
  ) as Members;
