import { err, ok, type Result } from 'neverthrow';
import { mapConcurrent } from '../../log/mapConcurrent.ts';
import { orderStreamId } from '../../log/eventStreams.ts';
import type { GatewayLedger, LedgerDispute, LedgerEntry } from '../../ports/gatewayLedger.ts';
import {
  NO_FINDINGS,
  type AuditError,
  type AuditCheck,
  type CheckDependencies,
  type Finding,
} from '../check.ts';
import { deploymentIn, loadOrder, orderIn } from '../decodedStreams.ts';
import { identityIn } from '../identity.ts';
import { createAttribution, type ForeignPolicy } from './attribution.ts';
import { createDisputeJudge, createKnownDisputes, type KnownDisputes } from './disputes.ts';
import { createHeldMoney, type HeldMoney } from './held.ts';
import {
  createKnownMoves,
  createUnrecorded,
  type KnownMoves,
  type LedgerMovement,
  type UnrecordedMoves,
} from './knownMoves.ts';
import { createMovementJudge } from './movementJudge.ts';

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

type GatewayCheckDependencies = CheckDependencies & {
  /** Absent for one share of an audit, which only keeps what the list is compared with. */
  readonly ledger?: GatewayLedger | undefined;
};

export type GatewayCheck = Required<AuditCheck> & { readonly totals: () => GatewayTotals };

type FindingsResult = Result<readonly Finding[], AuditError>;

/**
 * Compares the gateway's list with the log, both ways. The scan of the log collects what has moved
 * according to the log. The gateway is listed after that, so that the list contains everything that
 * was recorded by then. An order that lacked an entry is loaded once more: only what it still lacks
 * is a finding.
 */
export const createGatewayCheck = (
  { ledger, store, clock }: GatewayCheckDependencies,
  { since, foreign, openMs }: GatewayCheckOptions,
): GatewayCheck => {
  const known = createKnownMoves(since);
  const unrecorded = createUnrecorded();
  const disputes = createKnownDisputes();
  const held = createHeldMoney();
  const counts = createCounts();
  let deployment = '';
  const { totals } = counts;
  const attribution = createAttribution({
    known,
    unrecorded,
    totals,
    foreign,
    deployment: () => deployment,
  });
  const judgeMovement = createMovementJudge(
    { store, clock, known, unrecorded, held, attribution, counts },
    { foreign, openMs },
  );
  const onYoung = (orderId: string): void => {
    counts.inProgress += 1;
    held.leave(orderStreamId(orderId));
  };
  const judgeDispute = createDisputeJudge(
    { store, clock, disputes, orderOf: known.orderOf, otherDispute: attribution.otherDispute },
    { openMs, onYoung },
  );
  const parts = { store, known, unrecorded, disputes, held, counts, judgeMovement, judgeDispute };
  return {
    proves: ['gateway'],
    visit: (stream) => {
      deployment = identityIn(deploymentIn(stream))?.id ?? deployment;
      const order = stream.again ? undefined : orderIn(stream);
      if (order === undefined) return [];
      disputes.keep(order);
      held.keep(order);
      return known.keep(order);
    },
    async *conclude(signal) {
      if (ledger === undefined) return;
      for await (const judged of judgeList(ledger, { since, signal }, parts)) {
        yield judged;
        if (judged.isErr()) return;
      }
      // Entries behind the point where an interrupted list stopped are not missing.
      if (signal?.aborted === true) return;
      yield* judgeMissing(since, parts);
      yield* judgeHeld(parts);
    },
    inProgress: () => counts.inProgress,
    *part() {
      if (deployment !== '') yield { of: 'deployment', id: deployment };
      yield* known.items();
      yield* disputes.items();
      yield* held.items();
    },
    join: (item) => {
      if (item.of === 'deployment') deployment = item.id;
      if (item.of === 'dispute') disputes.join(item);
      if (item.of === 'held') held.join(item.payment, item.held);
      return item.of === 'move' ? known.join(item.kind, item.move) : NO_FINDINGS;
    },
    totals: () => ({
      ...totals,
      explained: totals.explained + unrecorded.gone(),
      before: known.before(),
    }),
  };
};

const createCounts = () => ({
  totals: { payments: 0, refunds: 0, disputes: 0, foreign: 0, explained: 0, notCompared: 0 },
  inProgress: 0,
});

type JudgeParts = Pick<CheckDependencies, 'store'> & {
  readonly known: KnownMoves;
  readonly unrecorded: UnrecordedMoves;
  readonly disputes: KnownDisputes;
  readonly held: HeldMoney;
  readonly counts: {
    readonly totals: { payments: number; refunds: number; disputes: number };
    inProgress: number;
  };
  readonly judgeMovement: (entry: LedgerMovement) => PromiseLike<FindingsResult>;
  readonly judgeDispute: (entry: LedgerDispute) => PromiseLike<FindingsResult>;
};

type ListBounds = {
  readonly since: number | undefined;
  readonly signal: AbortSignal | undefined;
};

/** Judges the list page by page. The sum of an order that has a finding is not judged. */
async function* judgeList(
  ledger: GatewayLedger,
  { since, signal }: ListBounds,
  parts: JudgeParts,
): AsyncGenerator<FindingsResult, void, void> {
  const { held } = parts;
  const listing = { ...(since !== undefined && { since }), ...(signal && { signal }) };
  for await (const page of ledger.list(listing)) {
    if (page.isErr()) return yield err(page.error);
    for (const entry of page.value) held.add(entry);
    const judged = await judgePage(page.value, signal, parts);
    for (const { streamId } of judged.unwrapOr([])) held.leave(streamId);
    yield judged;
  }
}

/** Payments go first, as the entries of their refunds and disputes are judged by them. */
const judgePage = async (
  entries: readonly LedgerEntry[],
  signal: AbortSignal | undefined,
  { judgeMovement, judgeDispute, counts: { totals } }: JudgeParts,
): Promise<FindingsResult> => {
  const payments: readonly LedgerMovement[] = entries.filter((entry) => entry.kind === 'payment');
  const refunds: readonly LedgerMovement[] = entries.filter((entry) => entry.kind === 'refund');
  const disputes = entries.filter((entry) => entry.kind === 'dispute');
  totals.payments += payments.length;
  totals.refunds += refunds.length;
  totals.disputes += disputes.length;
  const findings = entries.flatMap(unreadable);
  for (const some of [payments, refunds]) {
    const judged = await mapConcurrent(some, judgeMovement, signal);
    if (judged.isErr()) return err(judged.error);
    findings.push(...judged.value.flat());
  }
  return (await mapConcurrent(disputes, judgeDispute, signal)).map((judged) => [
    ...findings,
    ...judged.flat(),
  ]);
};

const unreadable = (entry: LedgerEntry): Finding[] => {
  if (entry.kind !== 'unreadable') return [];
  const { reference } = entry;
  const why = `the gateway’s entry ${entry.why}`;
  return [{ invariant: 'gateway', streamId: reference, why, evidence: { reference } }];
};

/** Reports the payments that the log lacks, and what it has that the gateway does not list. */
function* judgeMissing(
  since: number | undefined,
  { known, unrecorded, disputes, held }: JudgeParts,
): Generator<FindingsResult, void, void> {
  for (const finding of unrecorded.left()) yield ok([finding]);
  const isListed = (payment: string) => since === undefined || held.isListed(payment);
  for (const finding of [...known.unseen(), ...disputes.unseen(isListed)]) {
    held.leave(finding.streamId);
    yield ok([finding]);
  }
}

/**
 * Judges the sum that is held for each order. One that has changed since the scan is left out: the
 * list was made in between, and may or may not have the change.
 */
async function* judgeHeld({
  store,
  held,
  counts,
}: JudgeParts): AsyncGenerator<FindingsResult, void, void> {
  for (const { orderId, version, finding } of held.different()) {
    const order = await loadOrder(store, orderId);
    if (order.isErr()) return yield err(order.error);
    if (order.value?.state.version === version) yield ok([finding]);
    else counts.inProgress += 1;
  }
}
