import {
  CreateLogStreamCommand,
  PutLogEventsCommand,
  type CloudWatchLogsClient,
} from '@aws-sdk/client-cloudwatch-logs';
import { ResultAsync } from 'neverthrow';
import type { DependencyError } from '../../application/ports/failures.ts';
import { isWithoutAccess, nameOf, onError, readAwsError } from '../aws/errors.ts';
import { misconfigured, unavailable } from '../failures.ts';
import type { PendingLine, Rejections } from './batching.ts';

/** Errors that no retry fixes, beside those of missing access. */
const NEEDS_A_PERSON: ReadonlySet<string> = new Set([
  'ResourceNotFoundException',
  'InvalidParameterException',
  'LimitExceededException',
]);

const failureOf = (thrown: unknown): DependencyError => {
  const error = readAwsError(thrown);
  return NEEDS_A_PERSON.has(error.name) || isWithoutAccess(error)
    ? misconfigured('Telemetry', error.cause)
    : unavailable('Telemetry', error.cause, error.throttled);
};

/** A call whose failure concerns the log group as a whole. */
export const logCall = <T>(call: () => Promise<T>): ResultAsync<T, DependencyError> =>
  ResultAsync.fromThrowable(call, failureOf)();

/** The service will never accept this batch, but may accept others. */
type BatchRefused = { readonly type: 'BatchRefused'; readonly cause: string };

type PutEventsError = BatchRefused | DependencyError;

export const putErrorOf = (error: unknown): PutEventsError =>
  nameOf(error) === 'InvalidParameterException'
    ? { type: 'BatchRefused', cause: readAwsError(error).cause }
    : failureOf(error);

export type PutLogEvents = (
  batch: readonly PendingLine[],
  signal: AbortSignal,
) => ResultAsync<Rejections, PutEventsError>;

/** Creates a missing log stream. `setup` creates the group, since a person decides about it. */
export const createPutLogEvents = (
  client: CloudWatchLogsClient,
  place: { readonly logGroup: string; readonly logStream: string },
): PutLogEvents => {
  const names = { logGroupName: place.logGroup, logStreamName: place.logStream };

  const put = async (batch: readonly PendingLine[], signal: AbortSignal): Promise<Rejections> => {
    const options = { abortSignal: signal };
    const logEvents = batch.map(({ timestamp, message }) => ({ timestamp, message }));
    const send = () => client.send(new PutLogEventsCommand({ ...names, logEvents }), options);
    const first = await send().catch(onError('ResourceNotFoundException', undefined));
    if (first !== undefined) return first.rejectedLogEventsInfo ?? {};
    await client
      .send(new CreateLogStreamCommand(names), options)
      .catch(onError('ResourceAlreadyExistsException', undefined));
    return (await send()).rejectedLogEventsInfo ?? {};
  };

  // The service does not send this error any more; it meant that exactly this batch is stored.
  return ResultAsync.fromThrowable(
    (batch, signal) => put(batch, signal).catch(onError('DataAlreadyAcceptedException', {})),
    putErrorOf,
  );
};
