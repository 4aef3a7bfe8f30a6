import type { ServicesOf } from '../../src/bootstrap/container.ts';
import { createContainer } from '../../src/bootstrap/container.ts';
import type { Config } from '../../src/bootstrap/config.ts';
import { reviewDesk } from '../../src/bootstrap/modules/application.ts';
import { awsReviewDesk } from '../../src/bootstrap/modules/aws.ts';
import type { Review } from '../../src/application/review/reviews.ts';
import { amountOf, type Ledger } from './books.ts';
import type { Sandbox } from './sandbox.ts';

type Desk = Pick<ServicesOf<typeof reviewDesk, ReturnType<typeof awsReviewDesk>>, 'resolveReview'>;
type Decision = Parameters<Desk['resolveReview']>[0];

/**
 * What a person does with each review, told by the gateway's own ledger: whether the money moved. A payment of
 * another amount is given back by hand and is none. The first few go through the command line, as a person's
 * would; the rest through what the command calls.
 */
export const resolveReviews = async (
  config: Config,
  {
    sandbox,
    throughCli,
    cli,
  }: {
    readonly sandbox: Sandbox;
    readonly throughCli: number;
    readonly cli: (args: readonly string[]) => Promise<{ readonly code: number }>;
  },
): Promise<{ readonly reasons: Readonly<Record<string, number>>; readonly failed: string[] }> => {
  const { get } = createContainer(reviewDesk, awsReviewDesk(config));
  const listed = (await get('listReviews')({ segments: 2 }))._unsafeUnwrap();
  const ledger = await sandbox.ledger();
  const reasons: Record<string, number> = {};
  const failed: string[] = [];
  for (const [index, review] of listed.reviews.entries()) {
    const kind = `${review.of.type}: ${review.reason}`;
    reasons[kind] = (reasons[kind] ?? 0) + 1;
    const decision = await decide(review, ledger, sandbox);
    if (index < throughCli) {
      const { code } = await cli(argumentsOf(decision));
      if (code !== 0) failed.push(`${review.orderId}: exit code ${code}`);
    } else {
      const done = await get('resolveReview')(decision);
      // A worker that drives the order on may find the evidence before the person does.
      if (done.isErr() && done.error.type !== 'NotInReview') {
        failed.push(`${review.orderId}: ${done.error.type}`);
      }
    }
  }
  return { reasons, failed };
};

const decide = async (
  { orderId, of, reason, asked }: Review,
  ledger: Ledger,
  sandbox: Sandbox,
): Promise<Decision> => {
  const base = { orderId, by: 'the fault script', evidence: `the ledger, ${reason}` };
  if (of.type === 'Refund') {
    const { refundId } = of;
    const found = ledger.refunds.find(
      (one) => one.order_id === orderId && one.refund_id === refundId && one.status === 'succeeded',
    );
    return found === undefined
      ? { ...base, refundId, moved: false }
      : { ...base, refundId, moved: true, reference: found.id };
  }
  const charges = ledger.charges.filter(
    (charge) => charge.order_id === orderId && charge.status === 'succeeded',
  );
  const [charge] = charges;
  if (charges.length === 1 && charge !== undefined && amountOf(charge) === asked.amountMinor) {
    return { ...base, moved: true, reference: charge.payment_intent };
  }
  for (const { payment_intent: id } of charges) await sandbox.giveBack(id, orderId);
  const forced = charges.length > 0 ? { forcedBecause: 'given back at the gateway by hand' } : {};
  return { ...base, moved: false, ...forced };
};

const argumentsOf = ({ orderId, refundId, moved, ...rest }: Decision): readonly string[] => [
  'review',
  'resolve',
  orderId,
  '--embedded',
  '--json',
  '--by',
  rest.by,
  '--evidence',
  rest.evidence,
  '--as',
  `${moved ? '' : 'not-'}${refundId === undefined ? 'captured' : 'refunded'}`,
  ...(refundId === undefined ? [] : ['--refund', refundId]),
  ...(rest.reference === undefined ? [] : ['--reference', rest.reference]),
  ...(rest.forcedBecause === undefined ? [] : ['--force', rest.forcedBecause]),
];
