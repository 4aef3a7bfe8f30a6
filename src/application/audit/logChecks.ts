import type { Clock } from '../ports/clock.ts';
import type { EventStore } from '../ports/eventStore.ts';
import type { Ids } from '../ports/ids.ts';
import type { InvoiceView } from '../ports/invoiceView.ts';
import type { Seals } from '../ports/seals.ts';
import { createThrottlingRetry, type ThrottlingRetry } from '../log/rateLimit.ts';
import type { AuditCheck } from './check.ts';
import { createClaimsCheck } from './checks/claimsCheck.ts';
import { createLegalCheck } from './checks/legalCheck.ts';
import { createMoneyCheck } from './checks/moneyCheck.ts';
import { createNumbersCheck } from './checks/numbersCheck.ts';
import { createPrintsCheck } from './checks/printsCheck.ts';
import { createObligationsCheck } from './checks/obligationsCheck.ts';
import { createReadQueues, type AuditedQueues } from './queues.ts';
import { createRowsCheck } from './checks/rowsCheck.ts';
import { createSealsCheck } from './checks/sealsCheck.ts';
import { createNotifiedCheck } from './checks/notifiedCheck.ts';
import { createUnknownCheck } from './checks/unknownCheck.ts';
import type { WaitingList } from './waiting.ts';

export type LogChecksDependencies = {
  readonly store: Pick<EventStore, 'load'>;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'fingerprint'>;
  /** Without it rows are not checked. */
  readonly invoices?: Pick<InvoiceView, 'get' | 'list'> | undefined;
  /** Without them open orders are not judged, and no dead letter explains a missing notice. */
  readonly queues?: AuditedQueues | undefined;
  /** Without them seals are not checked. */
  readonly seals?: Pick<Seals, 'isSeal'> | undefined;
};

export type LogChecksOptions = {
  /** Younger facts are in progress, and no finding. */
  readonly graceMs: number;
  /**
   * The time from a request without an outcome to its review, by the rules (ADR 0011), without
   * grace.
   */
  readonly giveUpMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly heldMax?: number;
};

/** The facts that wait, by age. They are for people to read, and no findings by themselves. */
export type WaitingReport = {
  readonly unknown: WaitingList;
  readonly open: WaitingList;
  readonly inReview: WaitingList;
  /** Open disputes. They are the merchant's matter, and no findings. */
  readonly disputes: WaitingList;
  /** Overdue disputes, each since the end of the time for evidence. */
  readonly disputesOverdue: WaitingList;
  /** When the next one is due, in milliseconds since the epoch; 0 where none is. */
  readonly disputesDueBy: number;
};

const LISTED_MAX = 1_000;

/** Every check that needs the log and what is derived from it. Each check serves one audit. */
export const createLogChecks = (
  { store, clock, ids, invoices, queues, seals }: LogChecksDependencies,
  { graceMs, giveUpMs, signal, heldMax }: LogChecksOptions,
): { readonly checks: readonly AuditCheck[]; readonly waiting: () => WaitingReport } => {
  const reading = {
    store: patient(store, createThrottlingRetry({ clock, signal })),
    clock,
    ...(queues === undefined ? {} : { readQueues: createReadQueues(queues, { clock, signal }) }),
  };
  const bounds = { graceMs, listedMax: LISTED_MAX, ...(heldMax === undefined ? {} : { heldMax }) };
  const obligations = createObligationsCheck(reading, bounds);
  const unknown = createUnknownCheck(reading, { ...bounds, overdueMs: giveUpMs + graceMs });
  return {
    checks: [
      createLegalCheck(),
      createClaimsCheck(reading),
      ...(seals === undefined ? [] : [createSealsCheck({ store: reading.store, seals })]),
      createMoneyCheck(),
      createNumbersCheck(reading, bounds),
      createPrintsCheck(),
      ...(invoices === undefined ? [] : [createRowsCheck({ ...reading, invoices, ids }, bounds)]),
      createNotifiedCheck(reading, bounds),
      unknown,
      obligations,
    ],
    waiting: () => ({
      unknown: unknown.unknown(),
      open: obligations.open(),
      inReview: obligations.inReview(),
      disputes: obligations.disputes(),
      disputesOverdue: obligations.disputesOverdue(),
      disputesDueBy: obligations.disputesDueBy(),
    }),
  };
};

/** A read during the scan waits like the scan where the table throttles. */
export const patient = (
  store: Pick<EventStore, 'load'>,
  patiently: ThrottlingRetry,
): Pick<EventStore, 'load'> => ({
  load: (...asked) => patiently(() => store.load(...asked)),
});
