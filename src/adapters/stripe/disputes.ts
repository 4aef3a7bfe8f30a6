import { err, ok, type Result } from 'neverthrow';
import type { ListedDispute, UnknownOutcome } from '../../application/ports/paymentGateway.ts';
import { fromStripeAmount } from './amounts.ts';
import { codeOf, fieldsOf, textOf, unknown } from './rows.ts';

type DisputeRow = Pick<ListedDispute, 'stage' | 'status'> & {
  readonly when: string;
  /** Stripe's word. */
  readonly word: string;
};

const row = (
  word: string,
  stage: DisputeRow['stage'],
  status: DisputeRow['status'],
  when: string,
): DisputeRow => ({ word, stage, status, when });

/** https://docs.stripe.com/api/disputes/object#dispute_object-status */
export const DISPUTE_TABLE: readonly DisputeRow[] = [
  row('warning_needs_response', 'inquiry', 'open', 'the bank asks; nothing is withdrawn'),
  row('warning_under_review', 'inquiry', 'open', 'the bank looks at the answer'),
  row('warning_closed', 'inquiry', 'warning closed', 'the bank has asked, and no more'),
  row('prevented', 'inquiry', 'prevented', 'it was settled before it became a dispute'),
  row('needs_response', 'chargeback', 'open', 'evidence may be submitted'),
  row('under_review', 'chargeback', 'open', 'the bank looks at the evidence'),
  row('appeal_needs_response', 'appeal', 'open', 'it goes on, and evidence may be submitted'),
  row('appeal_under_review', 'appeal', 'open', 'it goes on, and the evidence is looked at'),
  row('won', 'chargeback', 'won', 'the money comes back'),
  row('lost', 'chargeback', 'lost', 'the money does not come back'),
];

/** Stripe's reasons are short words; what is stored is one, whatever the answer holds. */
const reasonOf = (reason: unknown): string =>
  (codeOf(reason) ?? 'unknown').toLowerCase().replaceAll(/[^a-z0-9_]/g, '_');

/**
 * A dispute as Stripe lists it (https://docs.stripe.com/api/disputes/object). A status that nobody
 * knows is an error: it could be any.
 */
export const readDispute = (answer: unknown): Result<ListedDispute, UnknownOutcome> => {
  const fields = fieldsOf(answer);
  const { object, id, status, amount, currency, reason, evidence_details: evidence } = fields;
  const known = DISPUTE_TABLE.find(({ word }) => word === status);
  if (
    object !== 'dispute' ||
    typeof id !== 'string' ||
    typeof amount !== 'number' ||
    typeof currency !== 'string'
  ) {
    return err(unknown('unreadable answer'));
  }
  if (known === undefined) return err(unknown(`dispute status ${codeOf(status) ?? '?'}`));
  const money = fromStripeAmount({ amount, currency });
  const funds = money && fundsOf(fields['balance_transactions'], money);
  if (money === undefined || funds === undefined) return err(unknown('unreadable amount'));
  const { due_by: dueBy } = fieldsOf(evidence);
  return ok({
    dispute: id,
    stage: known.stage,
    status: known.status,
    reason: reasonOf(reason),
    ...money,
    dueBy: typeof dueBy === 'number' ? dueBy * 1_000 : 0,
    ...funds,
  });
};

type DisputedMoney = { readonly amountMinor: number; readonly currency: string };
type MovedFunds = Pick<ListedDispute, 'withdrawnMinor' | 'reinstatedMinor'>;

/**
 * The money that left the balance for a dispute and that came back to it, without the fee. An
 * account that settles in another currency has them in that one: then they are the disputed amount.
 */
const fundsOf = (transactions: unknown, disputed: DisputedMoney): MovedFunds | undefined => {
  if (!Array.isArray(transactions)) return undefined;
  const moved = transactions.map((each) => {
    const { amount, currency } = fieldsOf(each);
    const money =
      typeof amount === 'number' && textOf(currency) !== undefined
        ? fromStripeAmount({ amount, currency: String(currency) })
        : undefined;
    if (money === undefined) return undefined;
    return money.currency === disputed.currency
      ? money.amountMinor
      : Math.sign(money.amountMinor) * disputed.amountMinor;
  });
  const amounts = moved.filter((amountMinor) => amountMinor !== undefined);
  if (amounts.length < moved.length) return undefined;
  const sumOf = (sign: 1 | -1): number =>
    amounts.reduce((sum, amountMinor) => sum + Math.max(0, sign * amountMinor), 0);
  return { withdrawnMinor: sumOf(-1), reinstatedMinor: sumOf(1) };
};
