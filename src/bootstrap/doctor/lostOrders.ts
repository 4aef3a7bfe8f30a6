import { orderStreamId } from '../../application/log/eventStreams.ts';
import type { EventStore } from '../../application/ports/eventStore.ts';
import type { GatewayLedger, LedgerPayment } from '../../application/ports/gatewayLedger.ts';
import { note, problem, type DoctorFinding } from './finding.ts';

/** Of the newest payments of the account, as many as a page has. */
const PAYMENTS_MAX = 10;

/**
 * A request for payment is in the log before it is sent, so that a payment of this deployment whose
 * order has no stream says that the log has lost its newest events, at any moment and however many
 * workers run. Looks at the newest payments alone; an audit looks at all of them.
 */
export const findLostOrders = async (
  {
    gatewayLedger,
    store,
  }: { readonly gatewayLedger: GatewayLedger; readonly store: Pick<EventStore, 'tip'> },
  { id, restoredAt }: { readonly id: string; readonly restoredAt?: number | undefined },
): Promise<readonly DoctorFinding[]> => {
  const stop = new AbortController();
  for await (const page of gatewayLedger.list({ signal: stop.signal })) {
    stop.abort();
    if (page.isErr()) return [note('gateway payments', `cannot be listed: ${page.error.cause}`)];
    const own = page.value
      .filter((entry): entry is LedgerPayment => entry.kind === 'payment')
      .filter(({ deployment }) => deployment === id)
      .slice(0, PAYMENTS_MAX);
    for (const { orderId = '', reference, at } of own) {
      const tip = await store.tip(orderStreamId(orderId));
      if (tip.isErr() || tip.value !== undefined) continue;
      const lacks = `lacks order ${orderId}, which the gateway has as ${reference}`;
      return restoredAt !== undefined && at <= restoredAt
        ? [note('log', `${lacks}: have it sent again`)]
        : [problem('log', lacks, RESTORED)];
    }
    break;
  }
  return [];
};

const RESTORED =
  'It was restored, or is another one: start no worker before docs/operations.md, “Restore the ' +
  'events”.';
