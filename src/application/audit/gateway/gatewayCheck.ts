import { err, ok, okAsync, type Result } from 'neverthrow';
import { mapConcurrent } from '../../log/mapConcurrent.ts';
import type { GatewayLedger, LedgerEntry } from '../../ports/gatewayLedger.ts';
import type { AuditError, AuditCheck, CheckDependencies, Finding } from '../check.ts';
import { createAttribution, evidenceOf, type ForeignPolicy } from './attribution.ts';
import {
  createKnownMoves,
  createUnrecorded,
  findingOf,
  type LedgerMovement,
} from './knownMoves.ts';
import { differenceOf, verdictOn, movesIn, type GatewayVerdict } from './verdict.ts';
import {
  deploymentIn,
  eventsOf,
  loadOrder,
  orderIn,
  type DecodedOrder,
} from '../decodedStreams.ts';

export type GatewayCheckOptions = {
  /** Compares only what the gateway created, and what the log requested, since then. */
  readonly since?: number | undefined;
  readonly foreign: ForeignPolicy;
  /** For this long after its request, an outcome that is missing in the log is no finding. */
  readonly openMs: number;
};

export type GatewayTotals = {
  readonly payments: number;
  readonly refunds: number;
  /** Others moved them, according to their metadata, so that they were not judged. */
  readonly foreign: number;
  /** The log has not recorded them, but they are in review, or all their money was refunded. */
  readonly explained: number;
  /** Their order cannot be read, which is a finding of its own. */
  readonly notCompared: number;
  /** The log has them, perhaps from before the time from which the gateway was listed. */
  readonly before: number;
};

export type GatewayCheck = Required<AuditCheck> & { readonly totals: () => GatewayTotals };

type FindingsResult = Result<readonly Finding[], AuditError>;

/**
 * Compares the gateway's list with the log, both ways. The scan of the log collects what has moved
 * by the log. The gateway is listed after that, so that the list contains everything that was
 * recorded by then. An order that lacked an entry is loaded once more: only what it still lacks is
 * a finding.
 */
export const createGatewayCheck = (
  { ledger, store, clock }: CheckDependencies & { readonly ledger: GatewayLedger },
  { since, foreign, openMs }: GatewayCheckOptions,
): GatewayCheck => {
  const known = createKnownMoves(since);
  const unrecorded = createUnrecorded();
  const totals = { payments: 0, refunds: 0, foreign: 0, explained: 0, notCompared: 0 };
  let inProgress = 0;
  let deployment = '';

  const { orderIdOf, stranger, other, isOthers } = createAttribution(
    { known, unrecorded, totals },
    { foreign, deployment: () => deployment },
  );

  const judgeOne = async (entry: LedgerMovement): Promise<FindingsResult> => {
    const move = known.see(entry);
    if (move !== undefined) return ok(compared(entry, move));
    if (entry.status !== 'moved') return ok([]);
    const orderId = orderIdOf(entry);
    if (orderId === undefined) return ok(foreign === 'apart' ? other(entry) : stranger(entry));
    if (isOthers(entry, undefined)) return ok(other(entry));
    return loadOrder(store, orderId).map((order) => {
      if (order === undefined) {
        totals.notCompared += 1;
        return [];
      }
      if (isOthers(entry, order)) return other(entry);
      const moves = movesIn(order)[entry.kind === 'payment' ? 'payments' : 'refunds'];
      const recorded = moves.find(({ reference }) => reference === entry.reference);
      if (recorded !== undefined) return compared(entry, recorded);
      const verdict = verdictOn(entry, order.state, { now: clock.now(), openMs });
      if (verdict.type === 'InProgress') inProgress += 1;
      if (verdict.type === 'Explained') totals.explained += 1;
      return unrecorded.add(
        entry,
        verdict.type === 'Wrong' ? wrong(entry, order, verdict) : undefined,
      );
    });
  };

  return {
    proves: ['gateway'],
    visit: (stream) => {
      deployment = idIn(deploymentIn(stream)) ?? deployment;
      const order = stream.again ? undefined : orderIn(stream);
      return okAsync(order === undefined ? [] : known.keep(order));
    },
    async *conclude(signal) {
      const listing = { ...(since !== undefined && { since }), ...(signal && { signal }) };
      for await (const page of ledger.list(listing)) {
        if (page.isErr()) return yield err(page.error);
        const judged = await judgePage(page.value, { judgeOne, totals, signal });
        yield judged;
        if (judged.isErr()) return;
      }
      // Entries behind the point where an interrupted list stopped are not missing.
      if (signal?.aborted === true) return;
      for (const finding of unrecorded.left()) yield ok([finding]);
      for (const finding of known.unseen()) yield ok([finding]);
    },
    inProgress: () => inProgress,
    totals: () => ({
      ...totals,
      explained: totals.explained + unrecorded.refundedInFull(),
      before: known.before(),
    }),
  };
};

const judgePage = async (
  entries: readonly LedgerEntry[],
  {
    judgeOne,
    totals,
    signal,
  }: {
    readonly judgeOne: (entry: LedgerMovement) => PromiseLike<FindingsResult>;
    readonly totals: { payments: number; refunds: number };
    readonly signal: AbortSignal | undefined;
  },
): Promise<FindingsResult> => {
  const payments: readonly LedgerMovement[] = entries.filter((entry) => entry.kind === 'payment');
  const refunds: readonly LedgerMovement[] = entries.filter((entry) => entry.kind === 'refund');
  totals.payments += payments.length;
  totals.refunds += refunds.length;
  const findings = entries.flatMap(unreadable);
  for (const some of [payments, refunds]) {
    const judged = await mapConcurrent(some, judgeOne, signal);
    if (judged.isErr()) return err(judged.error);
    findings.push(...judged.value.flat());
  }
  return ok(findings);
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

/** The first identity that a deployment was given is valid for ever. */
const idIn = (stream: ReturnType<typeof deploymentIn>): string | undefined =>
  stream === undefined
    ? undefined
    : eventsOf(stream).find((event) => event.type === 'DeploymentIdentified')?.data.id;

const remedyOf = (entry: LedgerMovement, { id, state }: DecodedOrder): string | undefined => {
  if (entry.kind === 'refund' && state.payment.status === 'captured') {
    return `paidonce review adopt ${id} --by WHO --reason TEXT`;
  }
  return entry.kind === 'payment' && state.version === 0
    ? 'after `paidonce restored` have the order sent again: its payment is found and not made again'
    : undefined;
};

const compared = (
  entry: LedgerMovement,
  move: Parameters<typeof differenceOf>[1],
): readonly Finding[] => {
  const why = differenceOf(entry, move);
  if (why === undefined) return [];
  const { orderId, amountMinor, currency } = move;
  const evidence = { ...evidenceOf(entry), logSays: `${amountMinor} ${currency} of ${orderId}` };
  return [findingOf(move, why, evidence)];
};

const unreadable = (entry: LedgerEntry): Finding[] => {
  if (entry.kind !== 'unreadable') return [];
  const { reference } = entry;
  const why = `the gateway’s entry ${entry.why}`;
  return [{ invariant: 'gateway', streamId: reference, why, evidence: { reference } }];
};
