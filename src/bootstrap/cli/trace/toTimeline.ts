import { commitBytes } from '../../../adapters/eventlog/commitBytes.ts';
import { itemBytes } from '../../../adapters/eventlog/itemBytes.ts';
import { redactAround } from '../../../adapters/telemetry/redact.ts';
import { buildTimeline } from '../../../application/books/trace/build.ts';
import type { Collected } from '../../../application/books/trace/collected.ts';
import type { Timeline } from '../../../application/books/trace/timeline.ts';
import { withoutSteering } from '../../../domain/plainText.ts';
import { whatHappened } from '../order/events.ts';
import { statusOf } from '../order/summary.ts';

/** In the words that the other commands have for events and states, with costs by what the tables hold. */
export const toTimeline = (collected: Collected): Timeline =>
  buildTimeline(
    collected,
    { event: whatHappened, status: statusOf, redact: textOf(collected) },
    { commit: commitBytes, row: (row) => itemBytes({ ...row }) },
  );

/** No text is trusted to be clean; the ids of the order and its refunds are what the picture is about. */
const textOf = ({ orderId, state: { refunds } }: Collected) => {
  const ids = [orderId, ...refunds.map(({ refundId }) => refundId)];
  return (text: string): string => withoutSteering(redactAround(text, ids));
};
