import { SingleBar } from 'cli-progress';
import type { Output } from './output.ts';

export type Progress = {
  /** `facts` is said beside the number; `total` corrects what was known of the end. */
  update(done: number, about?: { readonly facts?: string; readonly total?: number }): void;
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
    update: (done, { facts = '', total: known = total } = {}) => {
      if (Date.now() - toldAt < LINE_EVERY_MS) return;
      toldAt = Date.now();
      output.note(`${done}${known === undefined ? '' : ` of ${known}`} ${unit} ${facts}`.trimEnd());
    },
    stop: () => undefined,
  };
};

/** A total that is only roughly known must not keep the bar from running on; without one it runs ahead. */
const createBar = (total: number | undefined, unit: string): Progress => {
  const bar = new SingleBar({
    format: ` {bar} {value}{ofTotal} ${unit} {facts}`,
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
    // It would else take the signals that are the command's own to handle.
    gracefulExit: false,
  });
  const words = (facts: string, known: number | undefined) => ({
    facts,
    ofTotal: known === undefined ? '' : ` of ${known}`,
  });
  bar.start(total ?? 1, 0, words('', total));
  return {
    update: (done, { facts = '', total: known = total } = {}) => {
      bar.setTotal(Math.max(known ?? 2 ** Math.ceil(Math.log2(done + 1)), done, 1));
      bar.update(done, words(facts, known));
    },
    stop: () => bar.stop(),
  };
};
