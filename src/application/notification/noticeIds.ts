import * as Order from '../../domain/order/index.ts';

/** The id before any correction of the address: the kind, and for a refund also its id. */
export type PlainNoticeId = Exclude<Order.NoticeSubject['kind'], RefundNotice> | RefundNoticeId;

type RefundNotice = Extract<Order.NoticeSubject, { readonly refundId: string }>['kind'];
type RefundNoticeId = `${RefundNotice}#${string}`;

export const creditNoticeId = (refundId: string): `credit#${string}` => `credit#${refundId}`;

export const refundFailedNoticeId = (refundId: string): `refund-failed#${string}` =>
  `refund-failed#${refundId}`;

/** The id after corrections: each repeats every notice as one of its own, `receipt@2`. */
export const repeatedNoticeId = (id: string, corrections = 0): string =>
  corrections === 0 ? id : `${id}@${corrections + 1}`;

/** The id of the notice about a fact, at the customer's newest address. */
export const noticeIdOf = (notice: Order.NoticeSubject, { corrections }: Order.State): string =>
  repeatedNoticeId(plainNoticeId(notice), corrections?.length);

const plainNoticeId = (notice: Order.NoticeSubject): PlainNoticeId => {
  if (notice.kind === 'credit') return creditNoticeId(notice.refundId);
  return notice.kind === 'refund-failed' ? refundFailedNoticeId(notice.refundId) : notice.kind;
};

/**
 * The ids of all notices that an order may have: one for each refund, made or not, and after each
 * correction of the customer's address every notice but "received" once more.
 */
export const noticeIdsOf = ({ refunds, corrections = [] }: Order.State): readonly string[] => {
  const repeated = [
    'pending',
    'authentication',
    'receipt',
    'declined',
    'failed',
    'refused',
    ...refunds.flatMap((refund) => {
      if (Order.isMade(refund)) return [creditNoticeId(refund.refundId)];
      return refund.status === 'failed' && refund.cause === 'command'
        ? [refundFailedNoticeId(refund.refundId)]
        : [];
    }),
    'cancelled',
  ];
  const repetitions = [0, ...corrections.map((_, before) => before + 1)];
  return [
    'received',
    ...repetitions.flatMap((times) => repeated.map((id) => repeatedNoticeId(id, times))),
  ];
};

export const messageTypeOf = (noticeId: string): string => {
  const [kind] = noticeId.split('@');
  if (kind === 'pending') return 'PaymentUnderWay';
  if (kind === 'authentication') return 'AuthenticationWanted';
  if (noticeId.startsWith(creditNoticeId(''))) return 'RefundCredited';
  return noticeId.startsWith(refundFailedNoticeId('')) ? 'RefundNotMade' : 'OrderSettled';
};
