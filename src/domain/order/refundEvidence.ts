import { knownOf, type ListedRefund, type Observation, type RequestKnowledge } from './evidence.ts';
import { bare, type OrderView } from './openRequest.ts';
import type { OpenRefund } from './state.ts';
import { isDisputed } from './sums.ts';

/**
 * The knowledge about a refund. For a refund that the shop makes itself, the shop's word is the
 * evidence; it has no name at the gateway.
 */
export const refundKnown = (refund: OpenRefund, view: OrderView): RequestKnowledge => {
  const { body, amountMinor, currency } = refund;
  const known = knownInAll(refund, view);
  return body === ''
    ? {
        ...known,
        answer: { type: 'MoneyMoved', source: 'shop', reference: '', amountMinor, currency },
      }
    : known;
};

/**
 * The knowledge about the refund, and where that is no outcome, its entry in the list of its
 * payment.
 */
const knownInAll = (refund: OpenRefund, { state, evidence }: OrderView): RequestKnowledge => {
  const known = knownOf(evidence, `refund#${refund.refundId}`);
  const isOutcome =
    known.answer?.type === 'MoneyMoved' ||
    known.answer?.type === 'MultipleFound' ||
    known.answer?.type === 'Declined';
  const { standing } = knownOf(evidence, `standing#${state.version}`);
  const found = standing?.refunds.filter((listed) => isItself(listed, refund)) ?? [];
  const [one, ...more] = found;
  // Several that could be it prove nothing, so that it is looked up by itself.
  return isOutcome || one === undefined || more.length > 0
    ? known
    : { ...known, answer: answerIn(one) };
};

const isItself = (
  { refundId, deployment = '', reference }: ListedRefund,
  refund: OpenRefund,
): boolean =>
  reference === refund.pending?.reference ||
  (refundId === refund.refundId && deployment === refund.deployment);

const answerIn = ({ status, code = 'failed', ...listed }: ListedRefund): Observation => {
  const { reference } = listed;
  switch (status) {
    case 'moved':
      return { type: 'MoneyMoved', source: 'look-up', ...bare(listed) };
    case 'failed':
      return { type: 'Declined', code, reference };
    case 'open':
      return { type: 'UnderWay', ...bare(listed) };
  }
};

/** The gateway's word for a refund that it refuses because of a dispute. */
const DISPUTED_CODE = 'charge_disputed';

/**
 * Whether it was refused for a dispute that the log does not have. The dispute is asked about
 * first.
 */
export const isRefusedAsDisputed = (
  { refundId, stopped }: OpenRefund,
  { state, evidence }: OrderView,
): boolean => {
  const { answer } = knownOf(evidence, `refund#${refundId}`);
  const isRefused = answer?.type === 'Refused' && answer.code === DISPUTED_CODE;
  return isRefused && stopped === undefined && !isDisputed(state);
};
