import type { TelemetryRecord } from '../../application/ports/telemetry.ts';

/*
 * Records are typed to hold scalars only, but an error's text may quote what a customer sent. So every
 * sink passes each text of a record through here. No pattern can be made slow by a long text.
 */
/** A run of what may stand in a mail address: where it has an @ inside, all of it goes. */
const ADDRESS_RUN = /[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~@-]+/gu;
const AT_INSIDE = /.(?:@|%40)./iu;
/** Stripe's tokens and keys; codes such as `card_declined` are no secrets and stay. */
const TOKEN = /(?<![A-Za-z0-9])(?:pm|tok|src|sk|rk|pk|whsec)_\w+/g;
const DIGIT_GROUPS = /\d+(?:[ -]\d+)*/g;
const CARD_DIGITS_MAX = 19;
/** Card schemes use ranges that begin with neither 0, 1 nor 9. */
const CARD_DIGITS = /^[2-8]\d{12,18}$/;

export const redactText = (text: string): string =>
  text
    .replace(ADDRESS_RUN, (run) => (AT_INSIDE.test(run) ? '[mail address]' : run))
    .replace(TOKEN, '[token]')
    .replace(DIGIT_GROUPS, (run) => (holdsCardNumber(run.split(/[ -]/)) ? '[card number]' : run));

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

/** Whether some groups that follow each other are a card number, with whatever stands before and after. */
const holdsCardNumber = (groups: readonly string[]): boolean =>
  groups.some((_, start) => {
    let digits = '';
    for (const group of groups.slice(start, start + CARD_DIGITS_MAX)) {
      digits += group;
      if (CARD_DIGITS.test(digits) && passesLuhn(digits)) return true;
    }
    return false;
  });

/** ISO/IEC 7812-1: every second digit from the right is doubled; the digits sum to a multiple of ten. */
const passesLuhn = (digits: string): boolean => {
  const sum = Array.from(digits, Number)
    .toReversed()
    .map((digit, index) => (index % 2 === 0 ? digit : digit * 2))
    .reduce((total, value) => total + (value > 9 ? value - 9 : value), 0);
  return sum % 10 === 0;
};
