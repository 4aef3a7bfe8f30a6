import { err, ok, type Result, type ResultAsync } from 'neverthrow';
import { mapConcurrent } from '../../log/mapConcurrent.ts';
import { orderStreamId } from '../../log/eventStreams.ts';
import type { GatewayLedger, LedgerDispute, LedgerEntry } from '../../ports/gatewayLedger.ts';
import type { AuditError, AuditCheck, CheckDependencies, Finding } from '../check.ts';
import { createAttribution, evidenceOf, type ForeignPolicy } from './attribution.ts';
import { createDisputeJudge, createKnownDisputes, RECONCILE } from './disputes.ts';
import { createHeldMoney } from './held.ts';
import {
  createKnownMoves,
  createUnrecorded,
  findingOf,
  type LedgerMovement,
} from './knownMoves.ts';
import { differenceOf, verdictOn, movesIn, type GatewayVerdict, type Move } from './verdict.ts';
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
  readonly disputes: number;
  /** Others moved them, according to their metadata, so that they were not judged. */
  readonly foreign: number;
  /** The log has not recorded them, but they are in review, or none of their money is held. */
  readonly explained: number;
  /** Their order cannot be read, which is a finding of its own. */
  readonly notCompared: number;
  /** The log has them, perhaps from before the time from which the gateway was listed. */
  readonly before: number;
};

export type GatewayCheck = Required<AuditCheck> & { readonly totals: () => GatewayTotals };

type Findings = readonly Finding[];
type FindingsResult = Result<Findings, AuditError>;

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
  const disputes = createKnownDisputes();
  const held = createHeldMoney();
  const totals = {
    payments: 0,
    refunds: 0,
    disputes: 0,
    foreign: 0,
    explained: 0,
    notCompared: 0,
  };
  let inProgress = 0;
  let deployment = '';

  const { orderIdOf, stranger, other, otherDispute, isOthers } = createAttribution(
    { known, unrecorded, totals },
    { foreign, deployment: () => deployment },
  );

  /** What differs from the scan is compared once more with the order as it is now. */
  const comparedAgain = (entry: LedgerMovement, move: Move): ResultAsync<Findings, AuditError> =>
    loadOrder(store, move.orderId).map((order) =>
      compared(entry, (order && recordedIn(order, entry)) ?? move),
    );

  const judgeDispute = createDisputeJudge(
    { store, clock, disputes, orderOf: known.orderOf, otherDispute },
    {
      openMs,
      onYoung: (orderId) => {
        inProgress += 1;
        held.leave(orderStreamId(orderId));
      },
    },
  );

  const judgeOne = async (entry: LedgerMovement): Promise<FindingsResult> => {
    const move = known.see(entry);
    if (move !== undefined) {
      return differenceOf(entry, move) === undefined ? ok([]) : comparedAgain(entry, move);
    }
    if (entry.status !== 'moved') return ok([]);
    const orderId = orderIdOf(entry);
    if (orderId === undefined) return ok(foreign === 'apart' ? other(entry) : stranger(entry));
    if (isOthers(entry, undefined)) return ok(other(entry));
    return loadOrder(store, orderId).map((order) => {
      if (order === undefined) {
        totals.notCompared += 1;
        return unrecorded.add(entry);
      }
      if (isOthers(entry, order)) return other(entry);
      const recorded = recordedIn(order, entry);
      if (recorded !== undefined) return compared(entry, known.learn(recorded));
      const verdict = verdictOn(entry, order.state, { now: clock.now(), openMs });
      if (verdict.type === 'InProgress') inProgress += 1;
      if (verdict.type === 'Explained') totals.explained += 1;
      held.leave(orderStreamId(orderId));
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
      if (order === undefined) return [];
      disputes.keep(order);
      held.keep(order);
      return known.keep(order);
    },
    async *conclude(signal) {
      const listing = { ...(since !== undefined && { since }), ...(signal && { signal }) };
      for await (const page of ledger.list(listing)) {
        if (page.isErr()) return yield err(page.error);
        for (const entry of page.value) held.add(entry);
        const judged = await judgePage(page.value, { judgeOne, judgeDispute, totals, signal });
        yield judged;
        if (judged.isErr()) return;
        for (const { streamId } of judged.value) held.leave(streamId);
      }
      // Entries behind the point where an interrupted list stopped are not missing.
      if (signal?.aborted === true) return;
      for (const finding of unrecorded.left()) yield ok([finding]);
      const isListed = (payment: string) => since === undefined || held.isListed(payment);
      for (const finding of [...known.unseen(), ...disputes.unseen(isListed)]) {
        held.leave(finding.streamId);
        yield ok([finding]);
      }
      for (const { orderId, version, finding } of held.different()) {
        const order = await loadOrder(store, orderId);
        if (order.isErr()) return yield err(order.error);
        // What has changed since the scan was listed in between, or not.
        if (order.value?.state.version === version) yield ok([finding]);
        else inProgress += 1;
      }
    },
    inProgress: () => inProgress,
    totals: () => ({
      ...totals,
      explained: totals.explained + unrecorded.gone(),
      before: known.before(),
    }),
  };
};

const judgePage = async (
  entries: readonly LedgerEntry[],
  {
    judgeOne,
    judgeDispute,
    totals,
    signal,
  }: {
    readonly judgeOne: (entry: LedgerMovement) => PromiseLike<FindingsResult>;
    readonly judgeDispute: (entry: LedgerDispute) => PromiseLike<FindingsResult>;
    readonly totals: { payments: number; refunds: number; disputes: number };
    readonly signal: AbortSignal | undefined;
  },
): Promise<FindingsResult> => {
  const payments: readonly LedgerMovement[] = entries.filter((entry) => entry.kind === 'payment');
  const refunds: readonly LedgerMovement[] = entries.filter((entry) => entry.kind === 'refund');
  totals.payments += payments.length;
  const disputes = entries.filter((entry) => entry.kind === 'dispute');
  totals.refunds += refunds.length;
  totals.disputes += disputes.length;
  const findings = entries.flatMap(unreadable);
  for (const some of [payments, refunds]) {
    const judged = await mapConcurrent(some, judgeOne, signal);
    if (judged.isErr()) return err(judged.error);
    findings.push(...judged.value.flat());
  }
  return (await mapConcurrent(disputes, judgeDispute, signal)).map((judged) => [
    ...findings,
    ...judged.flat(),
  ]);
};

const recordedIn = (order: DecodedOrder, { kind, reference }: LedgerMovement): Move | undefined =>
  movesIn(order)[kind === 'payment' ? 'payments' : 'refunds'].find(
    (move) => move.reference === reference,
  );

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

const unreadable = (entry: LedgerEntry): Finding[] => {
  if (entry.kind !== 'unreadable') return [];
  const { reference } = entry;
  const why = `the gateway’s entry ${entry.why}`;
  return [{ invariant: 'gateway', streamId: reference, why, evidence: { reference } }];
};
