import { ResultAsync } from 'neverthrow';
import type { Clock } from '../ports/clock.ts';
import type { EventStore } from '../ports/eventStore.ts';
import type { Ids } from '../ports/ids.ts';
import type { InvoiceView } from '../ports/invoiceView.ts';
import type { Seals } from '../ports/seals.ts';
import { createThrottlingRetry, type ThrottlingRetry } from '../log/retryThrottled.ts';
import type { AuditCheck } from './check.ts';
import { createLegalCheck } from './checks/legalCheck.ts';
import { createMoneyCheck } from './checks/moneyCheck.ts';
import { createNumbersCheck } from './checks/numbersCheck.ts';
import { createPrintsCheck } from './checks/printsCheck.ts';
import { createObligationsCheck } from './checks/obligationsCheck.ts';
import type { WaitingList } from './oldestN.ts';
import { createReadQueues, type AuditedQueues } from './queues.ts';
import { createRowsCheck } from './checks/rowsCheck.ts';
import { createSealsCheck } from './checks/sealsCheck.ts';
import { createNotifiedCheck } from './checks/notifiedCheck.ts';
import { createUnknownCheck } from './checks/unknownCheck.ts';

export type LogChecksDependencies = {
  readonly store: Pick<EventStore, 'load'>;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'fingerprint'>;
  /** Without it rows are not checked. */
  readonly invoices?: Pick<InvoiceView, 'get' | 'list'> | undefined;
  /** Without them nothing is said of open orders, and no dead letter explains what a customer was not told. */
  readonly queues?: AuditedQueues | undefined;
  /** Without them nothing is said of seals. */
  readonly seals?: Pick<Seals, 'isSeal'> | undefined;
};

export type LogChecksOptions = {
  /** What is younger is in progress, and no finding. */
  readonly graceMs: number;
  /** From its intent, when a request without an outcome is one by the rules (ADR 0011); the grace comes on top. */
  readonly giveUpMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Entries that each comparison keeps at most. */
  readonly heldMax?: number;
};

/** What waits, by age: for people to look at, and no finding by itself. */
export type WaitingReport = {
  readonly unknown: WaitingList;
  readonly open: WaitingList;
  readonly inReview: WaitingList;
};

/** Of each list. */
const LISTED_MAX = 1_000;

/** Every check that needs the log and what is derived from it. Each is for one audit. */
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
    }),
  };
};

/** What is read again, in the midst of a scan, waits as the scan does where the table is asked for too much. */
export const patient = (
  store: Pick<EventStore, 'load'>,
  patiently: ThrottlingRetry,
): Pick<EventStore, 'load'> => ({
  load: (...asked) => new ResultAsync(patiently(() => store.load(...asked))),
});
