import { err, ok, type Result } from 'neverthrow';
import type { ErasurePreview } from '../../../application/erasure/erasePerson.ts';
import type { OpenOrders } from '../../../application/erasure/openOrders.ts';
import type { Owner } from '../../../domain/personal/index.ts';
import type { Services } from '../../tokens.ts';
import type { Session } from '../common/command.ts';
import { failed, failureOf, type CliFailure } from '../common/failure.ts';
import type { ScanFlags } from '../common/options.ts';
import { createProgress } from '../common/progress.ts';
import { eraseFailure } from './failure.ts';

type Search = ScanFlags & {
  readonly owner: Owner;
  readonly preview: ErasurePreview;
  /** With it nothing is closed, so that orders may come that are not found. */
  readonly dryRun: boolean;
};

/** The customer's orders whose invoices the erasure would leave without their buyer. */
export const findOpenOrders = async (
  session: Session,
  { erasePerson, findOpenOrders: find }: Pick<Services, 'erasePerson' | 'findOpenOrders'>,
  { owner, preview, dryRun, segments, maxRcu }: Search,
): Promise<Result<OpenOrders, CliFailure>> => {
  const { output } = session;
  const signal = session.untilStopped();
  const stopped = () => err(failed('Aborted', 'stopped before the end; nothing was erased'));
  if (!dryRun) {
    output.note('Whatever comes from here on is encrypted with another key; waiting until it is.');
    const closed = await erasePerson.close(owner, preview, signal);
    if (closed.isErr()) return err(eraseFailure(closed.error));
    if (signal.aborted) return stopped();
  }
  const progress = createProgress(output, { unit: 'commits read' });
  const found = await find(owner, {
    keys: preview.keys.map(({ name }) => name),
    segments,
    readUnitsPerSecond: maxRcu,
    signal,
    onProgress: ({ commits, found: count, commitsTotal: total }) =>
      progress.update(commits, {
        facts: `${count} open orders`,
        ...(total !== undefined && { total }),
      }),
    onUnreadable: (stream) => output.failure(failureOf(stream)),
  });
  progress.stop();
  if (found.isErr()) return err(eraseFailure(found.error));
  // A scan that is stopped ends without an error, and short.
  return signal.aborted ? stopped() : ok(found.value);
};

/** Whether the erasure would leave an invoice without its buyer, or this cannot be known. */
export const hasOpenOrders = ({ count, unreadable }: OpenOrders): boolean => count + unreadable > 0;

export const openOrdersText = ({ orders, count, unreadable }: OpenOrders): string =>
  [
    ...orders.map(({ orderId, status }) => `${orderId}: ${status}`),
    ...(count > orders.length ? [`and ${count - orders.length} more`] : []),
    ...(unreadable > 0 ? [`${unreadable} streams cannot be read: orders in them are unknown`] : []),
  ].join('\n');

export const WHAT_INVOICES_SAY =
  'Each invoice that is issued for these orders will name “erased” for its buyer, without an ' +
  'address or a VAT id, and nobody can add them later.';

export const openOrdersFailure = ({ count, unreadable }: OpenOrders): CliFailure =>
  failed(
    'OpenOrders',
    count === 0
      ? `${unreadable} streams cannot be read, so that open orders may be in them; ` +
          'nothing was erased'
      : `${count} orders of the customer are to be invoiced yet; nothing was erased`,
    [
      'Run it again when they are settled: their invoices then name the buyer as long as the law',
      'wants. `paidonce review` decides those in review, `paidonce cancel` ends one at once.',
      `With --with-open-orders it erases at once. ${WHAT_INVOICES_SAY}`,
    ],
  );
