import { SingleBar } from 'cli-progress';
import stringWidth from 'string-width';
import type { TextStream } from './lifecycle.ts';
import type { Output } from './output.ts';
import { columnsOf, shortened } from './screen.ts';

export type Progress = {
  /** `facts` is said beside the number; `total` corrects what was known of the end. */
  update(done: number, about?: { readonly facts?: string; readonly total?: number }): void;
  stop(): void;
};

type ProgressOptions = {
  readonly total?: number;
  readonly unit: string;
  /** Shows the speed and the probable end; `from` is what was done before it was started. */
  readonly speed?: {
    readonly from: number;
    /** Whether the total is an estimate, or may never be known. */
    readonly rough: boolean;
  };
};

const LINE_EVERY_MS = 2_000;

/**
 * Shows a bar if a person watches, now and then a line if not, and nothing for machines; all on
 * stderr.
 */
export const createProgress = (output: Output, options: ProgressOptions): Progress => {
  if (output.json) return { update: () => undefined, stop: () => undefined };
  const words = createWords(options);
  if (output.stderr.isTTY === true) return createBar(output.stderr, options, words);
  let shownAt = Date.now();
  return {
    update: (done, { facts = '', total = options.total } = {}) => {
      if (Date.now() - shownAt < LINE_EVERY_MS) return;
      shownAt = Date.now();
      const { ofTotal, rest } = words(done, { facts, total });
      output.note(
        [`${done}${ofTotal} ${options.unit}`, rest].filter((text) => text !== '').join(', '),
      );
    },
    stop: () => undefined,
  };
};

/**
 * A total that is only roughly known must not keep the bar from running on; without one it runs
 * ahead.
 */
const createBar = (
  stream: TextStream,
  { total, unit }: ProgressOptions,
  words: Words,
): Progress => {
  const bar = new SingleBar({
    format: (
      _options,
      { progress, value },
      { ofTotal = '', rest = '' }: Partial<WordsOfProgress>,
    ) => barLine(progress, `${value}${ofTotal} ${unit}  ${rest}`, columnsOf(stream)),
    stream,
    hideCursor: true,
    clearOnComplete: true,
    // Otherwise it would take the signals that are the command's own to handle.
    gracefulExit: false,
  });
  bar.start(total ?? 1, 0, words(0, { facts: '', total }));
  return {
    update: (done, { facts = '', total: known = total } = {}) => {
      bar.setTotal(Math.max(known ?? 2 ** Math.ceil(Math.log2(done + 1)), done, 1));
      bar.update(done, words(done, { facts, total: known }));
    },
    stop: () => bar.stop(),
  };
};

const BAR_COLUMNS = 40;
const BAR_COLUMNS_MIN = 8;

/** The bar gets the room that the words leave, and is left out if they leave little. */
const barLine = (progress: number, words: string, columns: number): string => {
  const room = Math.min(BAR_COLUMNS, columns - stringWidth(words.trimEnd()) - 3);
  if (room < BAR_COLUMNS_MIN) return shortened(words.trimEnd(), columns - 1);
  const done = Math.round(room * Math.min(progress, 1));
  return ` ${'='.repeat(done)}${'-'.repeat(room - done)} ${words}`.trimEnd();
};

type WordsOfProgress = { readonly ofTotal: string; readonly rest: string };

type Words = (
  done: number,
  about: { readonly facts: string; readonly total: number | undefined },
) => WordsOfProgress;

/** Texts for the progress, the speed, and the time that is left. */
export const createWords = (
  { speed }: Pick<ProgressOptions, 'speed'>,
  now: () => number = Date.now,
): Words => {
  const startedAt = now();
  return (done, { facts, total }) => {
    if (speed === undefined) {
      return { ofTotal: total === undefined ? '' : ` of ${total}`, rest: facts };
    }
    const seconds = Math.max(now() - startedAt, 1) / 1_000;
    const rate = (done - speed.from) / seconds;
    const left =
      total === undefined || total <= done || rate === 0
        ? 'the end is not known'
        : `about ${durationOf((total - done) / rate)} left`;
    return {
      ofTotal:
        total === undefined || total < done ? '' : ` of ${speed.rough ? 'about ' : ''}${total}`,
      rest: [facts, `${Math.round(rate)}/s`, left].filter((text) => text !== '').join(', '),
    };
  };
};

const durationOf = (seconds: number): string => {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5_400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
};
