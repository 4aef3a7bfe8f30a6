import { err, ok, type Result } from 'neverthrow';
import { isJsonObject } from '../../../application/ports/json.ts';
import { invalid, type StripeAnswer } from './errors.ts';
import { DISPUTE_REASONS, type DisputeReason } from './outcomes.ts';

type Value = string | number | boolean;
type SettingCheck = (value: unknown) => boolean;

const isAmount: SettingCheck = (value) =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 1e12;
const isFlag: SettingCheck = (value) => typeof value === 'boolean';

/** The settings of a control; whatever is not one of them is refused. */
const parse = <T>(
  body: unknown,
  checks: Readonly<Record<string, SettingCheck>>,
): Result<T, StripeAnswer> => {
  const given = body ?? {};
  if (!isJsonObject(given)) return err(invalid('a control takes one JSON object'));
  for (const [name, value] of Object.entries(given)) {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (check === undefined) {
      return err(invalid(`Received unknown parameter: ${name}`, name, 'parameter_unknown'));
    }
    if (!check(value)) return err(invalid(`Invalid ${name}`, name));
  }
  return ok(given as T);
};

export const parseRefundByHand = (body: unknown) =>
  parse<{ readonly amount?: number }>(body, { amount: isAmount });

export const parseNothing = (body: unknown) => parse<Readonly<Record<string, Value>>>(body, {});

export const parseDispute = (body: unknown) =>
  parse<{
    readonly amount?: number;
    readonly reason?: DisputeReason;
    readonly isInquiry?: boolean;
  }>(body, {
    amount: isAmount,
    reason: (value) => DISPUTE_REASONS.some((reason) => reason === value),
    isInquiry: isFlag,
  });

export const parseClose = (body: unknown): Result<{ readonly isWon: boolean }, StripeAnswer> =>
  parse<{ readonly isWon?: boolean }>(body, { isWon: isFlag }).andThen(({ isWon }) =>
    isWon === undefined ? err(invalid('Missing required param: isWon.', 'isWon')) : ok({ isWon }),
  );

export const parseSettle = (body: unknown) =>
  parse<{ readonly fails?: boolean }>(body, { fails: isFlag });
