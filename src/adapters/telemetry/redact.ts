import type { TelemetryRecord } from '../../application/ports/telemetry.ts';

/*
 * Records are typed to hold scalars only, but an error's text may quote what a customer sent. So every
 * sink passes each text of a record through here. Lengths in the patterns are bounded, so that no text
 * can make them slow.
 */
const MAIL_ADDRESS = /[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]{1,256}(?:@|%40)[\p{L}\p{N}.-]{1,255}/giu;
/** Stripe's tokens and keys; codes such as `card_declined` are no secrets and stay. */
const TOKEN = /(?<![A-Za-z0-9])(?:pm|tok|src|sk|rk|pk|whsec)_\w+/g;
/** 13 to 19 digits, alone or in groups, in the ranges that card schemes use (none begins with 0, 1 or 9). */
const DIGIT_RUN = /(?<!\d)[2-8](?:[ -]?\d){12,18}(?!\d)/g;

export const redactText = (text: string): string =>
  text
    .replace(MAIL_ADDRESS, '[mail address]')
    .replace(TOKEN, '[token]')
    .replace(DIGIT_RUN, (run) => (passesLuhn(run.replace(/\D/g, '')) ? '[card number]' : run));

export const redact = (record: TelemetryRecord): TelemetryRecord => {
  const texts = (
    ['orderId', 'correlationId', 'causationId', 'messageId', 'outcome'] as const
  ).flatMap((name) => {
    const text = record[name];
    return text === undefined ? [] : [[name, redactText(text)] as const];
  });
  return {
    ...record,
    ...Object.fromEntries(texts),
    ...(record.facts === undefined ? {} : { facts: redactFacts(record.facts) }),
  };
};

type Facts = NonNullable<TelemetryRecord['facts']>;

const redactFacts = (facts: Facts): Facts =>
  Object.fromEntries(
    Object.entries(facts).map(([name, fact]) => [
      name,
      typeof fact === 'string' ? redactText(fact) : fact,
    ]),
  );

/** ISO/IEC 7812-1: every second digit from the right is doubled; the digits sum to a multiple of ten. */
const passesLuhn = (digits: string): boolean => {
  const sum = Array.from(digits, Number)
    .toReversed()
    .map((digit, index) => (index % 2 === 0 ? digit : digit * 2))
    .reduce((total, value) => total + (value > 9 ? value - 9 : value), 0);
  return sum % 10 === 0;
};
