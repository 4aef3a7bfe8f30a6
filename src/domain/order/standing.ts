import { DISPUTES_MAX, disputeEvents } from './disputes.ts';
import type { StreamEvent, Subject } from './events.ts';
import { knownOf, type Evidence, type PaymentStanding } from './evidence.ts';
import { isKnownHint } from './hints.ts';
import type { OrderView } from './openRequest.ts';
import { differenceIn, returnIn } from './outside.ts';
import { isRefusedAsDisputed } from './refundEvidence.ts';
import { isOpen, type CapturedPayment } from './state.ts';
import { append, deadLetter, retryLater, type OrderStep } from './step.ts';

/**
 * Asks how the payment stands, after an event of the gateway or a refusal for a dispute, and
 * records what is new. The answer counts for that version of the order alone, and it is asked again
 * until nothing in it is new (R18, hole 30).
 */
export const driveStanding = (payment: CapturedPayment, view: OrderView): readonly OrderStep[] => {
  const { state, evidence } = view;
  if (!isToBeAsked(payment, view)) return [];
  const subject = standingAt(state.version);
  const { standing, answer } = knownOf(evidence, subject);
  if (standing !== undefined) return standingSteps(standing, view);
  return answer?.type === 'LookUpFailed'
    ? [retryLater(subject, 'how the payment stands could not be asked')]
    : [{ type: 'LookUp', subject, of: { type: 'Standing', paymentReference: payment.reference } }];
};

const standingAt = (version: number): Subject => `standing#${version}`;

const isToBeAsked = ({ reference }: CapturedPayment, view: OrderView): boolean => {
  const { state, evidence, context } = view;
  const { hint } = context;
  if (state.refunds.some((refund) => isOpen(refund) && isRefusedAsDisputed(refund, view))) {
    return true;
  }
  if (hint?.payment !== reference) return false;
  return (wasAsked(evidence) || !isKnownHint(hint, state)) && !isBeingCompared(view);
};

/**
 * Whether it was asked. It goes on until nothing is new, although the event itself is known by now.
 */
const wasAsked = (evidence: Evidence): boolean =>
  [...evidence.values()].some(({ standing }) => standing !== undefined);

/** Whether a refund that was found a moment ago is to be credited first. */
const isBeingCompared = ({ state: { comparison }, evidence }: OrderView): boolean =>
  comparison?.isFound === true &&
  knownOf(evidence, standingAt(comparison.version - 1)).standing !== undefined;

/**
 * The steps in their order: disputes, in one commit; a refund that came back; one that others have
 * made.
 */
const standingSteps = (
  { refunds, disputes }: PaymentStanding,
  view: OrderView,
): readonly OrderStep[] => {
  const { state, context } = view;
  const [first, ...rest] = disputeEvents(disputes, state, context.now);
  if (first !== undefined) return [withinMax([first, ...rest], view)];
  const back = returnIn(refunds, view);
  if (back !== undefined) return [append(back)];
  const { hint } = context;
  const step = hint && state.comparison === undefined && differenceIn(refunds, hint, view);
  return step ? [step] : [];
};

const withinMax = (
  events: readonly [StreamEvent, ...StreamEvent[]],
  { state: { disputes = [] } }: OrderView,
): OrderStep => {
  const all = new Set(disputes.map(({ dispute }) => dispute));
  for (const { type, data } of events) if (type === 'DisputeOpened') all.add(data.dispute);
  return all.size > DISPUTES_MAX
    ? deadLetter(`more than ${DISPUTES_MAX} disputes of one payment`)
    : append(...events);
};
