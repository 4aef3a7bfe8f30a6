/** The kinds of requests that a fault can affect. */
export type RequestKind = 'charge' | 'refund' | 'look-up';

const POSTS: readonly RequestKind[] = ['charge', 'refund'];
const ALL: readonly RequestKind[] = [...POSTS, 'look-up'];

/**
 * Faults between a gateway and its client, and the requests that each affects (docs/sandbox.md).
 */
export const FAULTS = {
  /** 429 with Retry-After, before anything else. */
  'rate-limited': ALL,
  /** The connection is cut before anything is done. */
  dropped: ALL,
  /** 409, as if another request with the key were under way. */
  conflict: POSTS,
  /** A broken part of the gateway refuses the request for its content; the key keeps nothing. */
  refused: POSTS,
  /** The connection is cut, and the request is executed some time later. */
  'captured-late': POSTS,
  /** Not executed; the key, if there is one, answers 500 for ever. */
  'server-error': ALL,
  /** Executed; the key answers 500 for ever. */
  'server-error-executed': POSTS,
  /** Executed; the connection is cut. */
  'answer-lost': ['charge'],
  'refund-lost': ['refund'],
  /** Executed; the connection is cut, and the key is soon forgotten. */
  'key-forgotten': POSTS,
  /** Executed; the answer is cut in the middle, also when it is repeated. */
  'garbage-body': ALL,
  /** Another amount than the requested one is captured. */
  'wrong-amount': ['charge'],
  /** Search finds the payment only after a while. */
  'search-lag': ['charge'],
  /** The refund ends as failed, and the money stays. */
  'refund-fails': ['refund'],
} as const satisfies Readonly<Record<string, readonly RequestKind[]>>;

export type Fault = keyof typeof FAULTS;

export const FAULT_NAMES = Object.keys(FAULTS) as readonly Fault[];

export const isFault = (name: string): name is Fault => Object.hasOwn(FAULTS, name);
