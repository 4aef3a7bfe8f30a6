import type { StripeAnswer } from './errors.ts';
import { isFault, type Fault } from './faultNames.ts';
import { intentIn, type StoredIntent } from './intents.ts';
import { isRefund, type StoredRefundObject } from './refunds.ts';

/** The embedded key's where it is left out, as in journals of earlier releases. */
export type AccountRecord = { readonly account?: string };

/** A request that was carried out, with what was answered to it. */
export type StoredResult = StripeAnswer &
  AccountRecord & {
    readonly type: 'Result';
    readonly key?: string;
    readonly path: string;
    readonly fingerprint: string;
    readonly atMs: number;
    /** What was done, where the answer hides it. */
    readonly made?: StoredIntent | StoredRefundObject;
    /** The answer is given cut in the middle. */
    readonly garbled?: boolean;
    /** The key is forgotten so long after `atMs`, and not after the key window. */
    readonly forgetMs?: number;
    /** Search finds what was made only so long after `atMs`. */
    readonly searchLagMs?: number;
    /** The refund that was made is pending so long after `atMs`, and has succeeded then. */
    readonly settleMs?: number;
    /** The postponed request that this was. */
    readonly postponed?: string;
  };

/** A payment method's fault that the key has been shown: it comes once. */
type ShownFault = AccountRecord & {
  readonly type: 'Shown';
  readonly key: string;
  readonly fault: Fault;
};

/** A request whose client was hung up on, and which is carried out later. */
export type PostponedRequest = AccountRecord & {
  readonly type: 'Postponed';
  readonly id: string;
  readonly path: string;
  readonly body: string;
  readonly key?: string;
  readonly dueMs: number;
};

/** A postponed request that came to nothing, since its key had been used meanwhile. */
type Idle = { readonly type: 'Idle'; readonly postponed: string };

export type StoredRecord = StoredResult | ShownFault | PostponedRequest | Idle;

/** What was done, in an answer that does not hide it. */
export const madeIn = (body: object): StoredIntent | StoredRefundObject | undefined =>
  isRefund(body) ? body : intentIn(body);

export const isRecord = (record: unknown): record is StoredRecord => {
  const { type, key, body, fault, id, postponed } = Object(record) as Record<string, unknown>;
  switch (type) {
    case 'Result':
      return typeof body === 'object';
    case 'Shown':
      return typeof key === 'string' && typeof fault === 'string' && isFault(fault);
    case 'Postponed':
      return typeof id === 'string' && typeof body === 'string';
    case 'Idle':
      return typeof postponed === 'string';
    default:
      return false;
  }
};
