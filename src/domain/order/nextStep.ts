import type { MoneyMovement } from './events.ts';
import type { Observation, Evidence } from './evidence.ts';
import type { DecisionContext } from './context.ts';
import { drivePayment } from './payment.ts';
import { driveRefunds } from './refunds.ts';
import type { State } from './state.ts';
import type { OrderStep } from './step.ts';

/**
 * What a process that drives this order must do next, whatever message brought it here (R11). Read the clock
 * right before: a step that sends may be carried out at once only.
 */
export const nextStep = (state: State, evidence: Evidence, facts: DecisionContext): OrderStep => {
  const { payment, placed } = state;
  const contradiction = contradictionIn(state, evidence);
  if (contradiction !== undefined) {
    return { type: 'DeadLetter', reason: contradiction, isContradiction: true };
  }
  // Without an order there is at most a cancellation that came first.
  if (placed === undefined) return { type: 'Settled' };
  switch (payment.status) {
    case 'requested':
    case 'review':
      return drivePayment(payment, placed, { state, evidence, facts });
    case 'captured':
      return driveRefunds(payment, placed, { state, evidence, facts });
    case 'none':
    case 'declined':
    case 'failed':
      return { type: 'Settled' };
  }
};

/**
 * Money that moved under a request of which the opposite is recorded. Only a broken assumption leads here (a
 * request that lived longer, or a look-up that lagged more, than was taken for the longest), and no event
 * would be legal: a person must compare the books with the gateway's.
 */
const contradictionIn = ({ payment, refunds }: State, evidence: Evidence): string | undefined => {
  for (const [subject, { answer }] of evidence) {
    const moved = movedIn(answer);
    if (moved.length === 0) continue;
    const [kind, id] = [
      subject.slice(0, subject.indexOf('#')),
      subject.slice(subject.indexOf('#') + 1),
    ];
    const recorded =
      kind === 'payment'
        ? recordedPayment(payment, Number(id))
        : refunds.find(({ refundId }) => refundId === id);
    const isOpen =
      recorded?.status === 'requested' ||
      recorded?.status === 'pending' ||
      recorded?.status === 'review';
    if (isOpen) continue;
    const known =
      recorded?.status === 'captured' || recorded?.status === 'succeeded' ? recorded.reference : '';
    const other = moved.find(({ reference }) => reference !== known);
    if (other !== undefined) {
      return `contradiction: ${subject} moved money as ${other.reference}, and is recorded as ${recorded?.status ?? 'failed'}`;
    }
  }
  return undefined;
};

const movedIn = (answer: Observation | undefined): readonly MoneyMovement[] => {
  if (answer?.type === 'Moved') return [answer];
  return answer?.type === 'Several' ? answer.found : [];
};

/** An attempt before the current one was given up on proof that it never moved anything. */
const recordedPayment = (payment: State['payment'], attempt: number) =>
  payment.status !== 'none' && payment.attempt === attempt ? payment : undefined;
