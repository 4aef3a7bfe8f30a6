import type { TelemetryRecord } from '../../application/ports/telemetry.ts';
import { isIdentifier, maskCardNumbers } from '../../domain/cardNumber/index.ts';

/*
 * Records are typed to hold scalars only, but an error's text may quote what a customer sent. So every
 * sink passes each text of a record through here. No pattern can be made slow by a long text.
 */
/** A run of what may stand in a mail address: where it has an @ inside, all of it goes. */
const ADDRESS_RUN = /[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~@-]+/gu;
const AT_INSIDE = /.(?:@|%40)./iu;
/** Stripe's tokens and keys; codes such as `card_declined` are no secrets and stay. */
const TOKEN = /(?<![A-Za-z0-9])(?:pm|tok|src|sk|rk|pk|whsec)_\w+/g;

export const redactText = (text: string): string => redactIdentifier(maskCardNumbers(text));

/** The digits of an identifier are nobody's card (ADR 0021); a mail address or a token may stand for one all the same. */
const redactIdentifier = (text: string): string =>
  text
    .replace(ADDRESS_RUN, (run) => (AT_INSIDE.test(run) ? '[mail address]' : run))
    .replace(TOKEN, '[token]');

/** What stands under a name: an identifier, or a text. */
export const redactNamed = (name: string, text: string): string =>
  name === 'subject' || isIdentifier(name, text) ? redactIdentifier(text) : redactText(text);

/** A text in which some identifiers are known to stand: what is around them is redacted, each by itself. */
export const redactAround = (
  text: string,
  [identifier, ...others]: readonly string[],
  redactPart: (text: string) => string = redactText,
): string => {
  if (identifier === undefined) return redactPart(text);
  // What is shorter, or has letters, is no card number by any reading.
  if (!/^\d{14,}$/.test(identifier)) return redactAround(text, others, redactPart);
  return text
    .split(identifier)
    .map((part) => redactAround(part, others, redactPart))
    .join(identifier);
};

export const redact = (record: TelemetryRecord): TelemetryRecord => {
  const texts = (
    ['orderId', 'correlationId', 'causationId', 'messageId', 'outcome'] as const
  ).flatMap((name) => {
    const text = record[name];
    return text === undefined ? [] : [[name, redactNamed(name, text)] as const];
  });
  return {
    ...record,
    ...Object.fromEntries(texts),
    ...(record.facts === undefined ? {} : { facts: redactFacts(record.facts) }),
  };
};

type RecordFacts = NonNullable<TelemetryRecord['facts']>;

const redactFacts = (facts: RecordFacts): RecordFacts =>
  Object.fromEntries(
    Object.entries(facts).map(([name, fact]) => [
      name,
      typeof fact === 'string' ? redactNamed(name, fact) : fact,
    ]),
  );
