import { err, ok, type Result } from 'neverthrow';
import type { CreditNote, InvoiceDocument } from '../../domain/invoice/document.ts';
import type * as Order from '../../domain/order/index.ts';
import { ERASED } from '../../domain/personal/index.ts';
import type { NotYet } from '../delivery/handler.ts';
import type { NotificationMessage } from '../messages/index.ts';
import { creditNoticeId, refundFailedNoticeId, repeatedNoticeId } from './noticeIds.ts';

/** Whether nobody can be notified any more: the address was erased with its person. */
export const isWithheld = ({ to }: Notice): boolean => to === ERASED;

export const notYet = (orderId: string, why: string, retryAfterMs: number): NotYet => ({
  type: 'NotYet',
  orderId,
  why,
  retryAfterMs,
});

/** A message can arrive before its order is settled only if another system sent it. */
const UNSETTLED_RETRY_MS = 5_000;

type OrderOutcomeMessage = Exclude<NotificationMessage, { type: 'OrderReceived' }>;

export const isOrderOutcome = (message: NotificationMessage): message is OrderOutcomeMessage =>
  message.type !== 'OrderReceived';

/** The subject of the notice is over: the customer gets the notice of its outcome. */
export type Overtaken = { readonly type: 'Overtaken'; readonly id: string };

/**
 * The notice for a message. The content comes from the stream; the message only says that it is
 * time to send it.
 */
export const noticeOf = (
  message: NotificationMessage,
  state: Order.State,
): Result<Notice, NotYet | Overtaken> => {
  if (isOver(state)) {
    if (message.type === 'PaymentUnderWay') return err({ type: 'Overtaken', id: 'pending' });
    if (message.type === 'AuthenticationWanted') {
      return err({ type: 'Overtaken', id: 'authentication' });
    }
  }
  if (isOrderOutcome(message)) {
    return settledNotice(message, state).map((notice) => atItsAddress(notice, state));
  }
  const { orderId, customer } = message;
  const language = 'language' in customer ? customer.language : '';
  return ok({ kind: 'received', id: 'received', orderId, to: customer.email, language });
};

/** Whether a payment has an outcome, or is to have none any more. */
const isOver = ({ payment, cancellation }: Order.State): boolean =>
  cancellation !== undefined || ['captured', 'declined', 'failed'].includes(payment.status);

/**
 * Sends the notice to the customer's newest address. The mail carries its notice's id, by which
 * copies are recognized. A refusal happened before the order was placed, so that its notice goes to
 * the address in the refused message, once.
 */
const atItsAddress = (notice: Notice, { placed, corrections }: Order.State): Notice => {
  if (placed === undefined || corrections === undefined || notice.kind === 'refused') return notice;
  return { ...notice, id: repeatedNoticeId(notice.id, corrections.length) };
};

const settledNotice = (
  message: OrderOutcomeMessage,
  state: Order.State,
): Result<Notice, NotYet> => {
  const { orderId } = message;
  const { placed, refused } = state;
  const tooEarly = err(notYet(orderId, 'the order is not settled', UNSETTLED_RETRY_MS));
  const isRefusal = message.type === 'OrderSettled' && message.outcome === 'refused';
  const to = isRefusal ? refused?.email : placed?.customer.email;
  if (to === undefined || to === '') return tooEarly;
  const found = factsOf(message, state);
  if (found === undefined) return tooEarly;
  return ok({ orderId, to, language: placed?.customer.language ?? '', ...found });
};

/** The facts of a notice; undefined while the order's log does not have them yet. */
const factsOf = (
  message: OrderOutcomeMessage,
  { payment, invoice, cancelled, refunds }: Order.State,
): (NoticeFacts & { readonly id: string }) | undefined => {
  const document = invoice.status === 'issued' ? invoice.document : undefined;
  if (message.type === 'RefundCredited') {
    const { refundId } = message;
    const creditNote = document?.creditNotes.find((note) => note.refundId === refundId);
    if (document === undefined || creditNote === undefined) return undefined;
    return { kind: 'credit', id: creditNoticeId(refundId), invoice: document, creditNote };
  }
  if (message.type === 'RefundNotMade') {
    const { refundId } = message;
    const refund = refunds.find((one) => one.refundId === refundId);
    if (refund?.status !== 'failed') return undefined;
    const { amountMinor, currency } = refund;
    return { kind: 'refund-failed', id: refundFailedNoticeId(refundId), amountMinor, currency };
  }
  if (message.type === 'PaymentUnderWay') {
    const isUnderWay = 'pending' in payment && payment.pending !== undefined;
    return isUnderWay ? { kind: 'pending', id: 'pending' } : undefined;
  }
  if (message.type === 'AuthenticationWanted') {
    const link = 'authentication' in payment ? payment.authentication?.link : undefined;
    return link === undefined ? undefined : { kind: 'authentication', id: 'authentication', link };
  }
  switch (message.outcome) {
    case 'paid':
      return document && { kind: 'receipt', id: 'receipt', invoice: document };
    case 'declined': {
      if (payment.status !== 'declined') return undefined;
      return { kind: 'declined', id: 'declined', code: payment.code };
    }
    case 'failed':
      if (payment.status !== 'failed') return undefined;
      return { kind: 'failed', id: 'failed', proof: payment.proof };
    case 'refused':
      return { kind: 'refused', id: 'refused' };
    case 'cancelled': {
      const wasCharged = document !== undefined;
      return cancelled ? { kind: 'cancelled', id: 'cancelled', wasCharged } : undefined;
    }
  }
};

/**
 * One notice to one customer, before it is written. `id` is the kind; a notice about a refund also
 * has the refund's id in it, and a repetition its count.
 */
export type Notice = {
  readonly id: string;
  readonly orderId: string;
  readonly to: string;
  /** The customer's language, as BCP 47 writes it; empty where nobody said. */
  readonly language: string;
} & NoticeFacts;

export type NoticeFacts =
  | { readonly kind: 'received' | 'pending' | 'refused' }
  /** The bank wants the payment authenticated, by this link. */
  | { readonly kind: 'authentication'; readonly link: string }
  | { readonly kind: 'receipt'; readonly invoice: InvoiceDocument }
  | {
      readonly kind: 'credit';
      readonly invoice: InvoiceDocument;
      readonly creditNote: CreditNote;
    }
  /** The gateway's code of the decline. */
  | { readonly kind: 'declined'; readonly code: string }
  /** The proof that nothing was charged: the gateway refused it, or a person said so. */
  | { readonly kind: 'failed'; readonly proof: string }
  | {
      readonly kind: 'refund-failed';
      readonly amountMinor: number;
      readonly currency: string;
    }
  | { readonly kind: 'cancelled'; readonly wasCharged: boolean };
