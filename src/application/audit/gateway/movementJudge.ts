import { okAsync } from 'neverthrow';
import { orderStreamId } from '../../log/eventStreams.ts';
import type { CheckDependencies, CheckResult, Finding } from '../check.ts';
import { loadOrder, type DecodedOrder } from '../decodedStreams.ts';
import { evidenceOf, type EntryAttribution, type ForeignPolicy } from './attribution.ts';
import { RECONCILE } from './disputes.ts';
import type { HeldMoney } from './held.ts';
import {
  findingOf,
  type KnownMoves,
  type LedgerMovement,
  type UnrecordedMoves,
} from './knownMoves.ts';
import { differenceOf, movesIn, verdictOn, type GatewayVerdict, type Move } from './verdict.ts';

type MovementParts = CheckDependencies & {
  readonly known: KnownMoves;
  readonly unrecorded: UnrecordedMoves;
  readonly held: Pick<HeldMoney, 'leave'>;
  readonly attribution: EntryAttribution;
  readonly counts: {
    readonly totals: { explained: number; notCompared: number };
    inProgress: number;
  };
};

type MovementOptions = {
  readonly foreign: ForeignPolicy;
  /** For this long after its request, an outcome that is missing in the log is no finding. */
  readonly openMs: number;
};

/** Judges a payment or refund that the gateway lists. */
export const createMovementJudge =
  (parts: MovementParts, options: MovementOptions) =>
  (entry: LedgerMovement): CheckResult => {
    const move = parts.known.see(entry);
    if (move === undefined) return judgeUnknown(entry, parts, options);
    return differenceOf(entry, move) === undefined
      ? okAsync([])
      : compareAgain(entry, move, parts.store);
  };

/** Compares a movement that differs from the scan once more, with the order as it is now. */
const compareAgain = (
  entry: LedgerMovement,
  move: Move,
  store: MovementParts['store'],
): CheckResult =>
  loadOrder(store, move.orderId).map((order) => {
    // The log has heard of it since the scan.
    if (order !== undefined && entry.status === 'failed' && hasReturned(order, entry)) return [];
    return compared(entry, (order && recordedIn(order, entry)) ?? move);
  });

const hasReturned = ({ state }: DecodedOrder, { reference }: LedgerMovement): boolean =>
  state.refunds.some((refund) => refund.status === 'returned' && refund.reference === reference);

/** Judges one that the scan of the log did not show. */
const judgeUnknown = (
  entry: LedgerMovement,
  parts: MovementParts,
  options: MovementOptions,
): CheckResult => {
  const { store, unrecorded, counts } = parts;
  const { orderIdOf, stranger, other, isOthers } = parts.attribution;
  if (entry.status !== 'moved') return okAsync([]);
  const orderId = orderIdOf(entry);
  if (orderId === undefined) {
    return okAsync(options.foreign === 'apart' ? other(entry) : stranger(entry));
  }
  if (isOthers(entry, undefined)) return okAsync(other(entry));
  return loadOrder(store, orderId).map((order) => {
    if (order !== undefined) return judgeByOrder(entry, order, parts, options);
    counts.totals.notCompared += 1;
    return unrecorded.add(entry);
  });
};

/** Judges one by the order that it names, as that is now. */
const judgeByOrder = (
  entry: LedgerMovement,
  order: DecodedOrder,
  { clock, known, unrecorded, held, attribution, counts }: MovementParts,
  { openMs }: MovementOptions,
): readonly Finding[] => {
  if (attribution.isOthers(entry, order)) return attribution.other(entry);
  const recorded = recordedIn(order, entry);
  if (recorded !== undefined) return compared(entry, known.learn(recorded));
  const verdict = verdictOn(entry, order.state, { now: clock.now(), openMs });
  if (verdict.type === 'InProgress') counts.inProgress += 1;
  if (verdict.type === 'Explained') counts.totals.explained += 1;
  held.leave(orderStreamId(order.id));
  return unrecorded.add(entry, verdict.type === 'Wrong' ? wrong(entry, order, verdict) : undefined);
};

const recordedIn = (order: DecodedOrder, { kind, reference }: LedgerMovement): Move | undefined =>
  movesIn(order)[kind === 'payment' ? 'payments' : 'refunds'].find(
    (move) => move.reference === reference,
  );

const compared = (entry: LedgerMovement, move: Move): readonly Finding[] => {
  const why = differenceOf(entry, move);
  if (why === undefined) return [];
  const { orderId, amountMinor, currency } = move;
  const logSays = `${amountMinor} ${currency} of ${orderId}`;
  const isReturned = entry.kind === 'refund' && entry.status === 'failed';
  const remedy = isReturned ? { remedy: RECONCILE } : {};
  const evidence = { ...evidenceOf(entry), logSays, ...remedy };
  return [findingOf(move, why, evidence)];
};

const wrong = (
  entry: LedgerMovement,
  order: DecodedOrder,
  { why, logSays }: Extract<GatewayVerdict, { type: 'Wrong' }>,
): Finding => {
  const remedy = remedyOf(entry, order);
  const evidence = { ...evidenceOf(entry), logSays, ...(remedy && { remedy }) };
  return findingOf({ orderId: order.id }, why, evidence);
};

const remedyOf = (entry: LedgerMovement, { id, state }: DecodedOrder): string | undefined => {
  if (entry.kind === 'refund' && state.payment.status === 'captured') {
    return `paidonce review adopt ${id} --by WHO --reason TEXT`;
  }
  return entry.kind === 'payment' && state.version === 0
    ? 'after `paidonce restored` have the order sent again: its payment is found and not made again'
    : undefined;
};
