import type { AuditReport } from '../../src/application/audit/audit.ts';
import type { Finding } from '../../src/application/audit/check.ts';
import {
  createLogChecks,
  type LogChecksDependencies,
  type WaitingReport,
} from '../../src/application/audit/logChecks.ts';
import type { EventStore } from '../../src/application/ports/eventStore.ts';
import type { AuditedQueues } from '../../src/application/audit/queues.ts';
import { auditInShares, type AuditInSharesOptions } from './auditInShares.ts';
import { GIVE_UP_MS } from './orderContext.ts';
import type { Shop } from './shop.ts';

export const GRACE_MS = 15 * 60_000;

/** What an audit of a log concludes in which all is well and over, but for when it was made. */
export const NOTHING_FOUND = {
  commits: 9,
  findings: 0,
  unchecked: [],
  open: 0,
  openSince: 0,
  unknown: 0,
  unknownSince: 0,
  inReview: 0,
  inReviewSince: 0,
  disputes: 0,
  disputesDueBy: 0,
  manifestSha256: '',
} as const;

export type Audited = {
  readonly findings: readonly Finding[];
  /** Invariant, stream and version of each, sorted. */
  readonly named: readonly string[];
  readonly report: AuditReport;
  readonly waiting: WaitingReport;
};

/** A shop, or one whose parts are somewhere else. */
type AuditedRecords = Pick<Shop, 'store' | 'invoices' | 'clock' | 'ids'> & AuditedQueues;

type Options = Pick<AuditInSharesOptions, 'shares' | 'keyOf' | 'onShare'> & {
  readonly queues?: boolean;
  readonly rows?: boolean;
  readonly heldMax?: number;
  readonly seals?: LogChecksDependencies['seals'];
  readonly segments?: number;
  /** Stands before the log, such as one that shows streams in pieces. */
  readonly store?: Pick<EventStore, 'scan' | 'load' | 'size'>;
};

export const auditShop = async (shop: AuditedRecords, options: Options = {}): Promise<Audited> => {
  const { queues = true, rows = true, heldMax, seals, segments = 3, ...others } = options;
  const { store = shop.store, ...inShares } = others;
  const { clock, ids, invoices, paymentsDlq, notificationsDlq, countPayments } = shop;
  const deps: LogChecksDependencies = {
    store,
    clock,
    ids,
    ...(rows ? { invoices } : {}),
    ...(seals === undefined ? {} : { seals }),
    ...(queues ? { queues: { paymentsDlq, notificationsDlq, countPayments } } : {}),
  };
  const make = () =>
    createLogChecks(deps, {
      graceMs: GRACE_MS,
      giveUpMs: GIVE_UP_MS,
      ...(heldMax === undefined ? {} : { heldMax }),
    });
  const { findings, report, made } = await auditInShares(
    { store, clock },
    { make, segments, ...inShares },
  );
  const named = findings.map(({ invariant, streamId, version }) =>
    nameOf(invariant, streamId, version),
  );
  return { findings, named: named.toSorted(), report, waiting: made.waiting() };
};

export const nameOf = (
  invariant: Finding['invariant'],
  streamId: string,
  version?: number,
): string => `${invariant} ${streamId}${version === undefined ? '' : ` @${version}`}`;
