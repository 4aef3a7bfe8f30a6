import * as Order from '../../../domain/order/index.ts';
import type { Timeline } from '../../../application/trace/timeline.ts';
import { commitBytes, itemBytes } from '../../../adapters/eventStore/storedCommit.ts';
import { redactAround } from '../../../adapters/telemetry/redact.ts';
import { buildTimeline } from '../../../application/trace/buildTimeline.ts';
import type { TraceInput } from '../../../application/trace/traceInput.ts';
import { withoutSteering } from '../../../domain/plainText.ts';
import { whatHappened } from '../common/eventTexts.ts';

/**
 * The timeline in the words that the other commands have for events and states, with costs by what
 * the tables hold.
 */
export const toTimeline = (collected: TraceInput): Timeline =>
  buildTimeline(
    collected,
    { event: whatHappened, status: Order.statusOf, redact: textOf(collected) },
    { commit: commitBytes, row: (row) => itemBytes({ ...row }) },
  );

/**
 * No text is trusted to be clean; the ids of the order and its refunds are what the picture is
 * about.
 */
const textOf = ({ orderId, state: { refunds } }: TraceInput) => {
  const ids = [orderId, ...refunds.map(({ refundId }) => refundId)];
  return (text: string): string => withoutSteering(redactAround(text, ids));
};
