import type { TimelinePhase } from '../../application/trace/timeline.ts';
import { PHASES } from '../cli/trace/picture.ts';
import type { Output } from '../cli/common/output.ts';
import type { WorkerRecord } from './workers.ts';

/** Shows moments as they happen, each on a line with its time. */
export type MomentLines = {
  note(text: string): void;
  show(moment: DemoMoment): void;
};

export const createMomentLines = (output: Output, startedAt = Date.now()): MomentLines => {
  const time = () => `${((Date.now() - startedAt) / 1000).toFixed(1)} s`.padStart(7);
  return {
    note: (text) => output.line(`${time()}  ${text}`),
    show: ({ phase, orderId, text }) =>
      output.line(`${time()}  ${PHASES[phase].padEnd(9)}  ${orderId.padEnd(15)}  ${text}`),
  };
};

/** Something that happened to an order, in the words of the picture. */
type DemoMoment = {
  readonly phase: TimelinePhase;
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
const COMMITTED: Readonly<Record<string, readonly [TimelinePhase, string]>> = {
  'OrderPlaced+PaymentRequested': [2, 'intent is durable'],
  'PaymentCaptured+InvoiceIssued': [3, 'charged and invoiced'],
  'PaymentCaptured+InvoiceIssued+RefundRequested': [3, 'charged, invoiced, to refund'],
  CancellationRequested: [2, 'cancel is durable'],
  'CancellationRequested+RefundRequested': [2, 'cancelled, to refund'],
  RefundRequested: [2, 'refund is durable'],
  'RefundSucceeded+CreditNoteIssued': [3, 'refunded and credited'],
  'RefundSucceeded+CreditNoteIssued+OrderCancelled': [3, 'refunded, cancelled'],
};

const committed = ({ outcome = '' }: WorkerRecord, orderId: string): DemoMoment => {
  const [phase, text] = COMMITTED[outcome] ?? [3, outcome];
  return { phase, orderId, text };
};

const paymentHandled = (record: WorkerRecord, orderId: string): DemoMoment => {
  const { outcome, disposition, delayMs = 0 } = record;
  if (disposition === 'Acknowledge') {
    return { phase: 3, orderId, text: `${outcome}, message deleted` };
  }
  if (disposition === 'DeadLetter') {
    return { phase: 2, orderId, text: `dead letter: ${outcome}` };
  }
  const seconds = Math.ceil(delayMs / 1000);
  return { phase: 3, orderId, text: `${outcome}, again in ${seconds} s` };
};

const noticeHandled = (record: WorkerRecord, orderId: string): DemoMoment => ({
  phase: 4,
  orderId,
  text: record.disposition === 'Acknowledge' ? String(record.outcome) : `later: ${record.outcome}`,
});
