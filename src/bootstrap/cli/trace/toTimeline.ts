import { commitBytes } from '../../../adapters/eventlog/commitBytes.ts';
import { itemBytes } from '../../../adapters/eventlog/itemBytes.ts';
import { redactText } from '../../../adapters/telemetry/redact.ts';
import { buildTimeline } from '../../../application/books/trace/build.ts';
import type { Collected } from '../../../application/books/trace/collected.ts';
import type { Timeline } from '../../../application/books/trace/timeline.ts';
import { whatHappened } from '../order/events.ts';
import { statusOf } from '../order/summary.ts';

/** In the words that the other commands have for events and states, with costs by what the tables hold. */
export const toTimeline = (collected: Collected): Timeline =>
  buildTimeline(
    collected,
    { event: whatHappened, status: statusOf, redact: redactText },
    { commit: commitBytes, row: (row) => itemBytes({ ...row }) },
  );
