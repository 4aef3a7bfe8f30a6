import { createHash } from 'node:crypto';
import { isJsonObject } from '../../../application/ports/json.ts';
import type { StripeAnswer } from './errors.ts';
import { isFault, type Fault } from './faultSettings.ts';
import type { LaterChange } from './paymentMethods.ts';
import { intentIn, type StoredIntent } from './intents.ts';
import { isCustomer, isMethod, type StoredCustomer, type StoredMethod } from './customers.ts';
import type { OutsideChange } from './paymentState.ts';
import { isRefund, type StoredRefundObject } from './refunds.ts';

/** As at Stripe, each key belongs to one account; here every key has its own. */
export const accountOf = (authorization = ''): string =>
  `acct_${createHash('sha256').update(authorization).digest('hex').slice(0, 16)}`;

/** The account of records in journals of earlier releases, which name none: the embedded key's. */
export const FIRST_ACCOUNT = accountOf('Bearer sk_test_embedded');

/** Absent in journals of earlier releases: then it is the embedded key's account. */
export type AccountRecord = { readonly account?: string };

/** A request that was executed, with its answer. */
export type StoredResult = StripeAnswer &
  AccountRecord & {
    readonly type: 'Result';
    readonly key?: string;
    readonly path: string;
    readonly fingerprint: string;
    readonly atMs: number;
    /** The created object, where the answer hides it. */
    readonly made?: StoredObject;
    /** The answer is cut in the middle. */
    readonly garbled?: boolean;
    /** The key is forgotten this long after `atMs`, and not after the key window. */
    readonly forgetMs?: number;
    /** Search finds the created object only this long after `atMs`. */
    readonly searchLagMs?: number;
    /** The changes that time alone brings to the created object. */
    readonly later?: readonly LaterChange[];
    /** In journals of earlier releases: the refund succeeds this long after `atMs`. */
    readonly settleMs?: number;
    /** The postponed request that this record executes. */
    readonly postponed?: string;
  };

/** A payment method's fault that has occurred for the key: it occurs once. */
type ShownFault = AccountRecord & {
  readonly type: 'Shown';
  readonly key: string;
  readonly fault: Fault;
};

/** A request whose connection was cut, and which is executed later. */
export type PostponedRequest = AccountRecord & {
  readonly type: 'Postponed';
  readonly id: string;
  readonly path: string;
  readonly body: string;
  readonly key?: string;
  readonly dueMs: number;
};

/** A postponed request without an effect, since its key had been used meanwhile. */
type Idle = { readonly type: 'Idle'; readonly postponed: string };

/** An authorisation that was made to expire, as most do by themselves after a week. */
type Expiry = AccountRecord & {
  readonly type: 'Expired';
  readonly payment: string;
  readonly atMs: number;
};

/** A change of a payment without a request of the API. */
type Outside = AccountRecord & {
  readonly type: 'Outside';
  readonly payment: string;
  readonly atMs: number;
  readonly change: OutsideChange;
};

export type StoredRecord = StoredResult | ShownFault | PostponedRequest | Idle | Expiry | Outside;

type StoredObject = StoredIntent | StoredRefundObject | StoredCustomer | StoredMethod;

/** The object that was created or changed, in an answer that does not hide it. */
export const madeIn = (body: object): StoredObject | undefined =>
  isRefund(body) || isCustomer(body) || isMethod(body) ? body : intentIn(body);

/** The changes that time alone brings to what a request has made. */
export const laterIn = ({ later, settleMs }: StoredResult): readonly LaterChange[] =>
  later ?? (settleMs === undefined ? [] : [{ afterMs: settleMs, status: 'succeeded' }]);

const OUTSIDE: readonly unknown[] = [
  'Ended',
  'Disputed',
  'DisputeClosed',
] satisfies readonly OutsideChange['type'][];

const isOutsideChange = (change: unknown): boolean =>
  isJsonObject(change) && OUTSIDE.includes(change['type']);

export const isRecord = (record: unknown): record is StoredRecord => {
  const { type, key, body, fault, id, postponed, payment, change } = Object(record) as Record<
    string,
    unknown
  >;
  switch (type) {
    case 'Result':
      return typeof body === 'object';
    case 'Shown':
      return typeof key === 'string' && typeof fault === 'string' && isFault(fault);
    case 'Postponed':
      return typeof id === 'string' && typeof body === 'string';
    case 'Idle':
      return typeof postponed === 'string';
    case 'Expired':
      return typeof payment === 'string';
    case 'Outside':
      return typeof payment === 'string' && isOutsideChange(change);
    default:
      return false;
  }
};
