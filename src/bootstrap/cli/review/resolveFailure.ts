import { isForceable } from '../../../application/review/contradictions.ts';
import type { ResolveError } from '../../../application/review/resolveReview.ts';
import * as Order from '../../../domain/order/index.ts';
import { resolutionText } from '../common/eventTexts.ts';
import { failureOf, failed, misused, type CliFailure } from '../common/failure.ts';
import { unknownOrder } from '../common/history.ts';
import { notSentFailure } from '../common/send.ts';
import { adoptCommand } from '../common/text.ts';
import { contradictionText, gatewayText } from './text.ts';

export const notInReview = (
  what: string,
  { orderId, state, status = Order.statusOf(state) }: Standing,
): CliFailure =>
  failed(
    'NotInReview',
    `${what} is not in review: ${status}`,
    state.payment.status === 'captured'
      ? [`Refunds made at the gateway itself are recorded by ${adoptCommand(orderId)}.`]
      : [],
  );

type Standing = {
  readonly orderId: string;
  readonly state: Order.State;
  /** The status of a part of the order; otherwise that of the order. */
  readonly status?: string;
};

/** The reason why nothing was decided or, for `NotSent` alone, why no worker was notified of it. */
export const resolveFailure = (
  error: ResolveError,
  { orderId, refundId }: { readonly orderId: string; readonly refundId?: string },
): CliFailure => {
  switch (error.type) {
    case 'InvalidDecision':
      return misused('this is no decision; nothing was recorded', error.reasons);
    case 'UnknownOrder':
      return unknownOrder(orderId);
    case 'UnknownRefund':
      return failed(error.type, `the order ${orderId} has no such refund`, [
        error.refundIds.length === 0 ? 'It has none.' : `It has: ${error.refundIds.join(', ')}.`,
      ]);
    case 'NotInReview': {
      const { state } = error;
      const refund = state.refunds.find((other) => other.refundId === refundId);
      return refund === undefined
        ? notInReview(`the payment of ${orderId}`, { orderId, state })
        : notInReview(`the refund ${refund.refundId} of ${orderId}`, {
            orderId,
            state,
            status: refund.status,
          });
    }
    case 'DecidedOtherwise':
      return failed(error.type, 'it was decided otherwise before, and stays so', [
        resolutionText(error.resolved),
      ]);
    case 'Contradicted':
      return failed(error.type, 'something speaks against it; nothing was recorded', [
        ...error.against.map(contradictionText),
        `The gateway says now: ${gatewayText(error.gateway)}.`,
        isForceable(error.against)
          ? 'If it is right nevertheless: --force --reason TEXT, which is recorded.'
          : 'This cannot be forced: a number that was taken must have its document, an ' +
            'authorisation its end, and no reason makes this order’s money of what is not.',
      ]);
    case 'ReferenceNeeded':
      return failed(error.type, 'the gateway’s name of the money is needed: --reference REF', [
        `The gateway says now: ${gatewayText(error.gateway)}.`,
      ]);
    case 'ConflictsExhausted':
      return failed(error.type, 'the order is being written by others; run it again');
    case 'NotSent':
      return notSentFailure(error, 'it is decided');
    case 'Conflict':
    case 'Uncertain':
    case 'CommitTooLarge':
    case 'CorruptStream':
    case 'Unavailable':
    case 'Misconfigured':
      return failureOf(error);
  }
};
