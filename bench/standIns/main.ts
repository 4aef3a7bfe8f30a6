import type { Bill } from './bill.ts';
import type { Counts } from './server.ts';
import { endWithParent } from '../programs/measured.ts';
import { startOptionsOf, startStandIns } from './start.ts';

/**
 * The process of the stand-ins. Its parent starts it with its options, in the text of
 * `startArgument`, and gets the addresses.
 */

/**
 * Adds messages, and is answered when as many have been deleted in all: of orders, with their
 * notices where these are handled too, or of one kind.
 */
export type Question = {
  readonly deleted: number;
  readonly of?: 'payments' | 'notifications' | undefined;
  readonly add?: number;
};
/** Requests and bill so far, and how long each message took since the last answer. */
export type State = {
  readonly counts: Counts;
  readonly bill: Bill;
  readonly times: readonly number[];
};

const [, , options = '{}'] = process.argv;
const { urls, ...standIns } = await startStandIns(startOptionsOf(options));

const deleted = ({ deleted: count, of }: Question): Promise<void> => {
  if (of === undefined) return standIns.done(count);
  return of === 'payments' ? standIns.paid(count) : standIns.notified(count);
};

const answerWhen = async (question: Question): Promise<void> => {
  await deleted(question);
  const answer: State = {
    counts: standIns.counts(),
    bill: { ...standIns.bill },
    times: standIns.takeTimes(),
  };
  process.send?.(answer);
};

process.on('message', (asked: Question) => {
  standIns.add(asked.add ?? 0);
  void answerWhen(asked);
});
endWithParent();
process.send?.({ urls });
