import * as Order from '../order/index.ts';
import type { AwaitedNumber } from './events.ts';

/** The verdict of an order's stream on a number that the series allocated to it. */
type NumberVerdict =
  | { readonly type: 'Documented' }
  /** Whoever drives the order finds the number, and documents it. */
  | { readonly type: 'Undocumented' }
  /** Nothing that may still be appended to the stream makes it right: a person must look. */
  | { readonly type: 'Contradicted'; readonly why: string };

/** A document's order and refund, if any. No order id has a `#`; a refund's may. */
export const subjectOf = (id: string): { readonly orderId: string; readonly refundId?: string } => {
  const at = id.indexOf('#');
  return at === -1 ? { orderId: id } : { orderId: id.slice(0, at), refundId: id.slice(at + 1) };
};

/** C8: a number is for ever, and on exactly one document, which shows it. */
export const verdictOn = (
  {
    id,
    year,
    number,
    seriesVersion,
    label = '',
  }: Omit<AwaitedNumber, 'date'> & {
    /** The print of the number by its series; '' where that is not known. */
    readonly label?: string;
  },
  series: string,
  events: readonly Order.StreamEvent[],
): NumberVerdict => {
  const { refundId } = subjectOf(id);
  if (events.length === 0) return contradicted('there is no such order');
  const [document, ...more] = documentsOf(events, refundId);
  if (document === undefined) {
    const status = statusOf(Order.fold(events), refundId);
    return OPEN.has(status) ? { type: 'Undocumented' } : contradicted(`nothing moved: ${status}`);
  }
  if (more.length > 0) return contradicted(`it has ${more.length + 1} documents`);
  const isThat =
    document.series === series &&
    document.year === year &&
    document.number === number &&
    document.seriesVersion === seriesVersion &&
    (label === '' || document.label === label);
  return isThat ? { type: 'Documented' } : contradicted(`its document is ${document.label}`);
};

const contradicted = (why: string): NumberVerdict => ({ type: 'Contradicted', why });

type NumberedDocument = Omit<AwaitedNumber, 'id' | 'date'> & {
  readonly series: string;
  readonly label: string;
};

const documentsOf = (
  events: readonly Order.StreamEvent[],
  refundId: string | undefined,
): readonly NumberedDocument[] =>
  events.flatMap((event): readonly NumberedDocument[] => {
    if (event.type === 'InvoiceIssued') return refundId === undefined ? [event.data] : [];
    if (event.type !== 'CreditNoteIssued') return [];
    return event.data.refundId === refundId ? [event.data] : [];
  });

const OPEN: ReadonlySet<string> = new Set(['requested', 'pending', 'review']);

const statusOf = (
  { payment, refunds, comparison }: Order.State,
  refundId: string | undefined,
): string => {
  if (refundId === undefined) return payment.status;
  const refund = refunds.find((one) => one.refundId === refundId);
  // A refund that is found at the gateway is numbered first, and adopted in the same comparison.
  const isBeingAdopted = comparison !== undefined && refundId.startsWith('gateway#');
  return refund?.status ?? (isBeingAdopted ? 'pending' : 'none');
};
