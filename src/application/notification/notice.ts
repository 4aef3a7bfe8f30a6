import { err, ok, type Result } from 'neverthrow';
import type * as Notification from '../../domain/notification/index.ts';
import type * as Order from '../../domain/order/index.ts';
import { ERASED } from '../../domain/personal/index.ts';
import type { NotYet } from '../delivery/handler.ts';
import type { NotificationMessage } from '../messages/index.ts';
import type { Mail } from '../ports/notifier.ts';
import {
  cancelledMail,
  creditNoteMail,
  declinedMail,
  failedMail,
  receiptMail,
  receivedMail,
  refundNotMadeMail,
  refusedMail,
} from './mails.ts';
import { creditNoticeId, refundFailedNoticeId, repeatedNoticeId } from './noticeIds.ts';

/** `id`: the kind, and for a notice about a refund the refund's id too. */
export type Notice = {
  readonly kind: Notification.Kind;
  readonly id: string;
  /** To `ERASED` it is never sent. */
  readonly mail: Mail;
};

/** Whether nobody can be notified any more: the address was erased with its person. */
export const isWithheld = ({ mail: { to } }: Notice): boolean => to === ERASED;

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

/** The content comes from the stream; the message only says that it is time to send it. */
export const noticeOf = (
  message: NotificationMessage,
  state: Order.State,
): Result<Notice, NotYet> => {
  if (isOrderOutcome(message)) {
    return settledNotice(message, state).map((notice) => atItsAddress(notice, state));
  }
  const { orderId, customer } = message;
  const mail = receivedMail({ orderId, to: customer.email });
  return ok({ kind: 'received', id: 'received', mail });
};

/**
 * Sends the notice to the customer's newest address. The mail carries its notice's id, by which
 * copies are recognized. A refusal happened before the order was placed, so that its notice goes to
 * the address in the refused message, once.
 */
const atItsAddress = (notice: Notice, { placed, corrections }: Order.State): Notice => {
  if (placed === undefined || corrections === undefined || notice.kind === 'refused') return notice;
  const id = repeatedNoticeId(notice.id, corrections.length);
  return { ...notice, id, mail: { ...notice.mail, dedupeKey: `${placed.orderId}:${id}` } };
};

const settledNotice = (
  message: OrderOutcomeMessage,
  { placed, payment, invoice, cancelled, refunds, refused }: Order.State,
): Result<Notice, NotYet> => {
  const { orderId } = message;
  const tooEarly = err(notYet(orderId, 'the order is not settled', UNSETTLED_RETRY_MS));
  const isRefusal = message.type === 'OrderSettled' && message.outcome === 'refused';
  const to = isRefusal ? refused?.email : placed?.customer.email;
  if (to === undefined || to === '') return tooEarly;
  const addressed = { orderId, to };
  const document = invoice.status === 'issued' ? invoice.document : undefined;
  if (message.type === 'RefundCredited') {
    const { refundId } = message;
    const creditNote = document?.creditNotes.find((note) => note.refundId === refundId);
    if (document === undefined || creditNote === undefined) return tooEarly;
    const mail = creditNoteMail(addressed.to, document, creditNote);
    return ok({ kind: 'credit', id: creditNoticeId(refundId), mail });
  }
  if (message.type === 'RefundNotMade') {
    const { refundId } = message;
    const refund = refunds.find((one) => one.refundId === refundId);
    if (refund?.status !== 'failed') return tooEarly;
    const mail = refundNotMadeMail(addressed, refund);
    return ok({ kind: 'refund-failed', id: refundFailedNoticeId(refundId), mail });
  }
  switch (message.outcome) {
    case 'paid':
      return document === undefined
        ? tooEarly
        : ok({ kind: 'receipt', id: 'receipt', mail: receiptMail(addressed.to, document) });
    case 'declined':
      return payment.status === 'declined'
        ? ok({ kind: 'declined', id: 'declined', mail: declinedMail(addressed) })
        : tooEarly;
    case 'failed':
      return payment.status === 'failed'
        ? ok({ kind: 'failed', id: 'failed', mail: failedMail(addressed, payment) })
        : tooEarly;
    case 'refused':
      return ok({ kind: 'refused', id: 'refused', mail: refusedMail(addressed) });
    case 'cancelled': {
      const wasCharged = document !== undefined;
      return cancelled
        ? ok({ kind: 'cancelled', id: 'cancelled', mail: cancelledMail(addressed, { wasCharged }) })
        : tooEarly;
    }
  }
};
