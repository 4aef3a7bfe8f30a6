import logUpdate from 'log-update';
import type { Output } from '../cli/shared/output.ts';
import { tableOf } from '../cli/shared/output.ts';
import { PHASES, type DemoMoment, type DemoPhase } from './phases.ts';

/** Shows moments as they happen: a board that fills on a terminal, plain lines elsewhere. */
export type Board = {
  note(text: string): void;
  show(moment: DemoMoment): void;
  close(): void;
};

export const createBoard = (output: Output, startedAt = Date.now()): Board =>
  output.stdout.isTTY === true && !output.json ? liveBoard(output) : plainLines(output, startedAt);

const plainLines = (output: Output, startedAt: number): Board => {
  const time = () => `${((Date.now() - startedAt) / 1000).toFixed(1)} s`.padStart(7);
  return {
    note: (text) => output.line(`${time()}  ${text}`),
    show: ({ phase, orderId, text }) =>
      output.line(`${time()}  ${phase.padEnd(9)}  ${orderId.padEnd(15)}  ${text}`),
    close: () => undefined,
  };
};

const CELL_WIDTH = 28;
const NOTES_SHOWN = 4;

const liveBoard = ({ colours }: Output): Board => {
  const orders = new Map<string, Map<DemoPhase, string>>();
  const notes: string[] = [];
  const clip = (text: string): string =>
    text.length > CELL_WIDTH ? `${text.slice(0, CELL_WIDTH - 1)}…` : text;

  const draw = (): void => {
    const rows = [...orders].map(([orderId, cells]) => [
      orderId,
      ...PHASES.map((phase) => clip(cells.get(phase) ?? colours.dim('·'))),
    ]);
    const head = ['order', ...PHASES].map((title) => colours.bold(title));
    logUpdate([tableOf(head, rows), '', ...notes.slice(-NOTES_SHOWN)].join('\n'));
  };

  return {
    note: (text) => {
      notes.push(colours.dim(text));
      draw();
    },
    show: ({ phase, orderId, text }) => {
      const cells = orders.get(orderId) ?? new Map<DemoPhase, string>();
      orders.set(orderId, cells.set(phase, text));
      draw();
    },
    close: () => logUpdate.done(),
  };
};
