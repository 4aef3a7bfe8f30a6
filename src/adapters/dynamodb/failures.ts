import type {
  Dependency,
  Misconfiguration,
  Unavailable,
} from '../../application/ports/failures.ts';
import type { Ambiguous } from '../eventStore/commitTable.ts';

type DynamoDbFailure = Unavailable | Misconfiguration | Ambiguous;

/** By the error names of a request, and the codes of a batch's entries. */
const THROTTLES: ReadonlySet<string> = new Set([
  'LimitExceededException',
  'ProvisionedThroughputExceeded',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingError',
  'ThrottlingException',
]);

/** The request cannot have left this machine. */
const NOT_CONNECTED: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
]);

/**
 * Errors before or without an answer with a status: an entry of a batch, or no credentials to sign
 * with.
 */
const MISTAKES: ReadonlySet<string> = new Set([
  'AccessDenied',
  'CredentialsProviderError',
  'ResourceNotFound',
  'TokenProviderError',
  'ValidationError',
]);

/**
 * Refusals of this one item; any other item would be accepted. A table with other keys is not among
 * these.
 */
const ABOUT_ITEM = /^(ItemCollectionSizeLimitExceeded|RequestEntityTooLarge)/u;
const ABOUT_SIZE = /size .*has exceeded|exceed(s|ed) .*size|size of (hashkey|rangekey)|item size/iu;

export const isAboutItem = (error: unknown): boolean => {
  const { name, cause } = factsOf(error);
  return ABOUT_ITEM.test(name) || (name.startsWith('Validation') && ABOUT_SIZE.test(cause));
};

/** Another write to the same item caused the refusal, and the next try may succeed. */
const COLLIDED = /^(ReplicatedWriteConflict|TransactionConflict|TransactionInProgress)/u;

/**
 * The meaning of an error for a write. Any error that is not known to leave the table unchanged is
 * `Ambiguous`, including unknown ones.
 */
export const writeFailure = (dependency: Dependency, error: unknown): DynamoDbFailure => {
  const { name, code, status, cause } = factsOf(error);
  if (THROTTLES.has(name) || status === 429) return unavailable(dependency, cause, true);
  if (NOT_CONNECTED.has(code)) return unavailable(dependency, cause, false);
  if (MISTAKES.has(name) || isClientFault(name, status)) {
    return { type: 'Misconfigured', dependency, cause };
  }
  return { type: 'Ambiguous', cause };
};

/**
 * For a read, or a write that may be repeated freely, `Ambiguous` means the same as unavailable.
 */
export const repeatableFailure = (
  dependency: Dependency,
  error: unknown,
): Unavailable | Misconfiguration => {
  const failure = writeFailure(dependency, error);
  return failure.type === 'Ambiguous' ? unavailable(dependency, failure.cause, false) : failure;
};

export const nameOf = (error: unknown): string => factsOf(error).name;

const unavailable = (dependency: Dependency, cause: string, throttled: boolean): Unavailable => ({
  type: 'Unavailable',
  dependency,
  cause,
  throttled,
});

// A refusal by the service itself. 408 is a time-out, and writers that collide may not collide
// again.
const isClientFault = (name: string, status: number): boolean =>
  status >= 400 && status < 500 && status !== 408 && !COLLIDED.test(name);

type SdkErrorFacts = {
  readonly name: string;
  readonly code: string;
  readonly status: number;
  readonly cause: string;
};

const factsOf = (error: unknown): SdkErrorFacts => {
  const name = textOf(error, 'name') || textOf(error, 'Code') || 'UnknownError';
  const code = textOf(error, 'code');
  const message = textOf(error, 'message') || textOf(error, 'Message') || code;
  const status = Number(partOf(partOf(error, '$metadata'), 'httpStatusCode') ?? 0);
  return { name, code, status, cause: message === '' ? name : `${name}: ${message}` };
};

const textOf = (value: unknown, key: string): string => {
  const part = partOf(value, key);
  return typeof part === 'string' ? part : '';
};

const partOf = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
