/** The kinds of requests that a fault can be shown to. */
export type RequestKind = 'charge' | 'refund' | 'look-up';

const POSTS: readonly RequestKind[] = ['charge', 'refund'];
const ALL: readonly RequestKind[] = [...POSTS, 'look-up'];

/** What can go wrong between a gateway and its client, and with which requests (docs/sandbox.md). */
export const FAULTS = {
  /** 429 with Retry-After, before anything else. */
  'rate-limited': ALL,
  /** The connection is cut before anything is done. */
  dropped: ALL,
  /** 409, as if another request with the key were under way. */
  conflict: POSTS,
  /** Refused for what is in it, by a part of the gateway that is wrong; the key keeps nothing. */
  refused: POSTS,
  /** The connection is cut, and the request carried out some time later. */
  'captured-late': POSTS,
  /** Not carried out; the key, if there is one, answers 500 for ever. */
  'server-error': ALL,
  /** Carried out; the key answers 500 for ever. */
  'server-error-executed': POSTS,
  /** Carried out; the connection is cut. */
  'answer-lost': ['charge'],
  'refund-lost': ['refund'],
  /** Carried out; the connection is cut, and the key soon forgotten. */
  'key-forgotten': POSTS,
  /** Carried out; the answer is cut in the middle, also when it is given again. */
  'garbage-body': ALL,
  /** Another amount is captured than was asked for. */
  'wrong-amount': ['charge'],
  /** Search finds the payment only after a while. */
  'search-lag': ['charge'],
  /** The refund ends as failed, and the money stays. */
  'refund-fails': ['refund'],
} as const satisfies Readonly<Record<string, readonly RequestKind[]>>;

export type Fault = keyof typeof FAULTS;

export const FAULT_NAMES = Object.keys(FAULTS) as readonly Fault[];

export const isFault = (name: string): name is Fault => Object.hasOwn(FAULTS, name);
