import type * as Notification from '../../../domain/notification/index.ts';
import { illegalInOrder } from '../../log/eventStreams.ts';
import { NO_FINDINGS, type AuditCheck, type Finding } from '../check.ts';
import { noticeIn, orderIn, type DecodedOrder, type DecodedStream } from '../decodedStreams.ts';

/**
 * S8: every event of an order or a notice may stand where it stands. Each stream has at most one
 * finding.
 */
export const createLegalCheck = (): AuditCheck => ({
  proves: ['legal'],
  visit: (stream) => {
    const order = orderIn(stream);
    const notice = noticeIn(stream);
    const found = (order && inOrder(order)) ?? (notice && inNotice(notice));
    if (found === undefined) return NO_FINDINGS;
    return [{ invariant: 'legal', streamId: stream.streamId, evidence: {}, ...found }];
  },
});

type LegalityFinding = Pick<Finding, 'version' | 'why'> & Partial<Pick<Finding, 'evidence'>>;

const inOrder = ({ id, located, state }: DecodedOrder): LegalityFinding | undefined => {
  const illegal = illegalInOrder(id, located);
  const named = state.placed?.orderId;
  const evidence = named !== undefined && named !== id ? { evidence: { orderId: named } } : {};
  return illegal && { ...illegal, ...evidence };
};

/** A notice is claimed, perhaps again after a lease, and then sent; nothing follows that. */
const inNotice = ({ located }: DecodedStream<Notification.Event>): LegalityFinding | undefined => {
  const [first] = located;
  if (first?.event.type === 'NotificationSent') {
    return { version: first.version, why: 'NotificationSent: nobody claimed it' };
  }
  let isSent = false;
  for (const { event, version } of located) {
    if (isSent && event.type === 'NotificationClaimed') {
      return { version, why: 'NotificationClaimed: it was sent before' };
    }
    isSent ||= event.type === 'NotificationSent';
  }
  return undefined;
};
