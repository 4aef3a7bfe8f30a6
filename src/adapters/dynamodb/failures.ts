import { err, ok, type Result, ResultAsync } from 'neverthrow';
import type { Dependency, DependencyError } from '../../application/ports/failures.ts';
import {
  isClientFault,
  isNotConnected,
  isWithoutAccess,
  readAwsError,
  type AwsError,
} from '../aws/errors.ts';
import type { Ambiguous } from '../eventStore/commitTable.ts';
import { misconfigured, unavailable } from '../failures.ts';

/** Mistakes that an entry of a batch has without a status. */
const MISTAKES: ReadonlySet<string> = new Set(['ResourceNotFound', 'ValidationError']);

/** Refusals of this one item alone. A table with other keys is not among these. */
const ABOUT_ITEM = /^(ItemCollectionSizeLimitExceeded|RequestEntityTooLarge)/u;
const ABOUT_SIZE = /size .*has exceeded|exceed(s|ed) .*size|size of (hashkey|rangekey)|item size/iu;

export const isAboutItem = (error: unknown): boolean => {
  const { name, cause } = readAwsError(error);
  return ABOUT_ITEM.test(name) || (name.startsWith('Validation') && ABOUT_SIZE.test(cause));
};

/** Another write to the same item caused the refusal, and the next try may succeed. */
const COLLIDED = /^(ReplicatedWriteConflict|TransactionConflict|TransactionInProgress)/u;

/** For a write, any error not known to leave the table unchanged is `Ambiguous`. */
export const writeFailure = (
  dependency: Dependency,
  thrown: unknown,
): DependencyError | Ambiguous => {
  const error = readAwsError(thrown);
  const { cause, throttled } = error;
  if (throttled || isNotConnected(error)) return unavailable(dependency, cause, throttled);
  return isMistake(error) ? misconfigured(dependency, cause) : { type: 'Ambiguous', cause };
};

const isMistake = (error: AwsError): boolean =>
  MISTAKES.has(error.name) ||
  isWithoutAccess(error) ||
  (isClientFault(error) && !COLLIDED.test(error.name));

/** For a read, or a write that may be repeated, `Ambiguous` means the same as unavailable. */
export const repeatableFailure = (dependency: Dependency, error: unknown): DependencyError => {
  const failure = writeFailure(dependency, error);
  return failure.type === 'Ambiguous' ? unavailable(dependency, failure.cause) : failure;
};

/** A call that may be repeated freely. An answer that cannot be read is an error of the call. */
export const repeatableCall = <T>(
  dependency: Dependency,
  call: () => Promise<T>,
): ResultAsync<T, DependencyError> => new ResultAsync(attempt(dependency, call));

const attempt = async <T>(
  dependency: Dependency,
  call: () => Promise<T>,
): Promise<Result<T, DependencyError>> => {
  try {
    return ok(await call());
  } catch (error) {
    return err(repeatableFailure(dependency, error));
  }
};
