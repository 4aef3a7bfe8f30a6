import { SingleBar } from 'cli-progress';
import type { Output } from './output.ts';

export type Progress = {
  /** `facts` is said beside the number. */
  update(done: number, facts?: string): void;
  stop(): void;
};

const LINE_EVERY_MS = 2_000;

/** A bar where a person watches, now and then a line where not, nothing for machines; all on stderr. */
export const createProgress = (
  output: Output,
  { total, unit }: { readonly total?: number; readonly unit: string },
): Progress => {
  if (output.json) return { update: () => undefined, stop: () => undefined };
  if (process.stderr.isTTY) return createBar(total, unit);
  let toldAt = Date.now();
  return {
    update: (done, facts = '') => {
      if (Date.now() - toldAt < LINE_EVERY_MS) return;
      toldAt = Date.now();
      output.note(`${done}${total === undefined ? '' : ` of ${total}`} ${unit} ${facts}`.trimEnd());
    },
    stop: () => undefined,
  };
};

/** Where the end is not known, the bar runs ahead of the count. */
const createBar = (total: number | undefined, unit: string): Progress => {
  const ofTotal = total === undefined ? '' : ' of {total}';
  const bar = new SingleBar({
    format: ` {bar} {value}${ofTotal} ${unit} {facts}`,
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
    // It would else take the signals that are the command's own to handle.
    gracefulExit: false,
  });
  bar.start(total ?? 1, 0, { facts: '' });
  return {
    update: (done, facts = '') => {
      if (total === undefined) bar.setTotal(Math.max(1, 2 ** Math.ceil(Math.log2(done + 1))));
      bar.update(done, { facts });
    },
    stop: () => bar.stop(),
  };
};
