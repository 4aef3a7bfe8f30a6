import logUpdate from 'log-update';
import { type Output, tableOf } from '../cli/common/output.ts';
import type { WorkerRecord } from './workers.ts';

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

/** The five phases of the picture in the README. */
const PHASES = ['1 ingest', '2 consume', '3 pay', '4 notify', '5 observe'] as const;
type DemoPhase = (typeof PHASES)[number];

/** Something that happened to an order, in the words of the picture. */
type DemoMoment = {
  readonly phase: DemoPhase;
  readonly orderId: string;
  readonly text: string;
};

/** The moment that a worker's record is about; undefined if it is about no order. */
export const momentOf = (record: WorkerRecord): DemoMoment | undefined => {
  const { event, orderId, service } = record;
  if (orderId === undefined) return undefined;
  if (event === 'order.committed') return committed(record, orderId);
  if (event !== 'message.handled') return undefined;
  return service === 'payments' ? paymentHandled(record, orderId) : noticeHandled(record, orderId);
};

/** The commits that most orders consist of, in fewer words than their events have. */
const COMMITTED: Readonly<Record<string, readonly [DemoPhase, string]>> = {
  'OrderPlaced+PaymentRequested': ['2 consume', 'intent is durable'],
  'PaymentCaptured+InvoiceIssued': ['3 pay', 'charged and invoiced'],
  'PaymentCaptured+InvoiceIssued+RefundRequested': ['3 pay', 'charged, invoiced, to refund'],
  CancellationRequested: ['2 consume', 'cancel is durable'],
  'CancellationRequested+RefundRequested': ['2 consume', 'cancelled, to refund'],
  RefundRequested: ['2 consume', 'refund is durable'],
  'RefundSucceeded+CreditNoteIssued': ['3 pay', 'refunded and credited'],
  'RefundSucceeded+CreditNoteIssued+OrderCancelled': ['3 pay', 'refunded, cancelled'],
};

const committed = ({ outcome = '' }: WorkerRecord, orderId: string): DemoMoment => {
  const [phase, text] = COMMITTED[outcome] ?? ['3 pay', outcome];
  return { phase, orderId, text };
};

const paymentHandled = (record: WorkerRecord, orderId: string): DemoMoment => {
  const { outcome, disposition, delayMs = 0 } = record;
  if (disposition === 'Acknowledge') {
    return { phase: '3 pay', orderId, text: `${outcome}, message deleted` };
  }
  if (disposition === 'DeadLetter') {
    return { phase: '2 consume', orderId, text: `dead letter: ${outcome}` };
  }
  const seconds = Math.ceil(delayMs / 1000);
  return { phase: '3 pay', orderId, text: `${outcome}, again in ${seconds} s` };
};

const noticeHandled = (record: WorkerRecord, orderId: string): DemoMoment => ({
  phase: '4 notify',
  orderId,
  text: record.disposition === 'Acknowledge' ? String(record.outcome) : `later: ${record.outcome}`,
});
