import { err, ok, type Result } from 'neverthrow';
import { isJsonObject } from '../../../application/ports/json.ts';

/** The kinds of requests that a fault can affect. */
export type RequestKind = 'charge' | 'capture' | 'cancel' | 'refund' | 'look-up';

const OF_PAYMENTS: readonly RequestKind[] = ['charge', 'capture', 'cancel'];
const POSTS: readonly RequestKind[] = [...OF_PAYMENTS, 'refund'];
const ALL: readonly RequestKind[] = [...POSTS, 'look-up'];

/** Faults between a gateway and its client, and the requests that each affects. */
export const FAULTS = {
  /** The answer is 429 with Retry-After, before anything else. */
  'rate-limited': ALL,
  /** The connection is cut before anything is done. */
  dropped: ALL,
  /** The answer is 409, as if another request with the key were under way. */
  conflict: POSTS,
  /** A broken part of the gateway refuses the request for its content; the key keeps nothing. */
  refused: POSTS,
  /** The connection is cut, and the request is executed some time later. */
  'captured-late': POSTS,
  /** The request is not executed; its key, if it has one, answers 500 for ever. */
  'server-error': ALL,
  /** The request is executed; its key answers 500 for ever. */
  'server-error-executed': POSTS,
  /** The request is executed; the connection is cut. */
  'answer-lost': OF_PAYMENTS,
  'refund-lost': ['refund'],
  /** The request is executed; the connection is cut, and the key is soon forgotten. */
  'key-forgotten': POSTS,
  /** The request is executed; the answer is cut in the middle, also when it is repeated. */
  'garbage-body': ALL,
  /** Another amount than the requested one is captured. */
  'wrong-amount': ['charge', 'capture'],
  /** Search finds the payment only after a while. */
  'search-lag': ['charge'],
  /** The refund ends as failed, and the money stays. */
  'refund-fails': ['refund'],
} as const satisfies Readonly<Record<string, readonly RequestKind[]>>;

export type Fault = keyof typeof FAULTS;

export const FAULT_NAMES = Object.keys(FAULTS) as readonly Fault[];

export const isFault = (name: string): name is Fault => Object.hasOwn(FAULTS, name);

/** The settings that `paidonce sandbox faults` sets through PUT /sandbox/faults. */
export type FaultSettings = {
  /** The share of the requests that the fault can affect. */
  readonly percent: Readonly<Partial<Record<Fault, number>>>;
  /** The seed of the random draws. */
  readonly seed: number;
  /** The time in milliseconds for which search misses a payment that `search-lag` affected. */
  readonly searchLagMs: number;
  /**
   * The time in milliseconds from the cut connection to the execution of a `captured-late` request.
   */
  readonly lateMs: number;
  /** The time in milliseconds for which a key that `key-forgotten` affected is kept. */
  readonly forgetMs: number;
};

export const NO_FAULTS: Omit<FaultSettings, 'seed'> = {
  percent: {},
  searchLagMs: 5_000,
  lateMs: 5_000,
  forgetMs: 0,
};

/** The maximum that can be set. */
export const FAULT_LIMITS = {
  seed: 999_999_999,
  searchLagMs: 3_600_000,
  lateMs: 60_000,
  forgetMs: 86_400_000,
} as const;

/** The mistake is described for the person who made it. */
export const parseFaultSettings = (value: unknown): Result<Partial<FaultSettings>, string> => {
  if (!isJsonObject(value)) return err('faults are set by one JSON object');
  const { percent = {}, ...numbers } = value;
  for (const [name, number] of Object.entries(numbers)) {
    if (!isLimit(name)) return err(`${JSON.stringify(name)} is no setting of faults`);
    if (!isWhole(number, FAULT_LIMITS[name])) {
      return err(`${name} is not a whole number from 0 to ${FAULT_LIMITS[name]}`);
    }
  }
  return parsePercent(percent).map((chosen) => ({ ...numbers, percent: chosen }));
};

const parsePercent = (value: unknown): Result<FaultSettings['percent'], string> => {
  if (!isJsonObject(value)) return err('percent is not one JSON object');
  for (const [name, number] of Object.entries(value)) {
    if (!isFault(name)) {
      return err(`no fault is called ${JSON.stringify(name)}; there are ${FAULT_NAMES.join(', ')}`);
    }
    if (!isWhole(number, 100)) {
      return err(`the share of ${name} is not a whole number from 0 to 100 percent`);
    }
  }
  return ok(value as FaultSettings['percent']);
};

const isLimit = (name: string): name is keyof typeof FAULT_LIMITS =>
  Object.hasOwn(FAULT_LIMITS, name);

export const isWhole = (value: unknown, max: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max;
