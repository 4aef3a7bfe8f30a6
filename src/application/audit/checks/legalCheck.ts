import { okAsync } from 'neverthrow';
import type * as Notification from '../../../domain/notification/index.ts';
import { illegalInOrder } from '../../log/eventStreams.ts';
import type { AuditCheck, Finding } from '../check.ts';
import { noticeIn, orderIn, type DecodedOrder, type DecodedStream } from '../decodedStreams.ts';

/** S8: every event of an order or a notice may stand where it stands. One finding a stream. */
export const createLegalCheck = (): AuditCheck => ({
  proves: ['legal'],
  visit: (stream) => {
    const order = orderIn(stream);
    const notice = noticeIn(stream);
    const found = (order && inOrder(order)) ?? (notice && inNotice(notice));
    if (found === undefined) return okAsync([]);
    return okAsync([{ invariant: 'legal', streamId: stream.streamId, evidence: {}, ...found }]);
  },
});

type LegalityFinding = Pick<Finding, 'version' | 'why'> & Partial<Pick<Finding, 'evidence'>>;

const inOrder = ({ id, commits, state }: DecodedOrder): LegalityFinding | undefined => {
  const illegal = illegalInOrder(
    id,
    commits.flatMap(({ events }) => events),
  );
  const named = state.placed?.orderId;
  const evidence = named !== undefined && named !== id ? { evidence: { orderId: named } } : {};
  return illegal && { ...illegal, ...evidence };
};

/** A notice is claimed, perhaps again after a lease, and then sent; nothing follows that. */
const inNotice = ({ commits }: DecodedStream<Notification.Event>): LegalityFinding | undefined => {
  const events = commits.flatMap((commit) => commit.events);
  for (const [index, { event, version }] of events.entries()) {
    const before = events.slice(0, index).map((earlier) => earlier.event.type);
    if (event.type === 'NotificationClaimed' && before.includes('NotificationSent')) {
      return { version, why: 'NotificationClaimed: it was sent before' };
    }
    if (event.type === 'NotificationSent' && before.length === 0) {
      return { version, why: 'NotificationSent: nobody claimed it' };
    }
  }
  return undefined;
};
