import {
  CreateLogStreamCommand,
  PutLogEventsCommand,
  type CloudWatchLogsClient,
} from '@aws-sdk/client-cloudwatch-logs';
import { err, errAsync, ok, okAsync, ResultAsync } from 'neverthrow';
import type { PendingLine, Rejections } from './batching.ts';
import type { Misconfiguration, Unavailable } from '../../application/ports/failures.ts';

/** Errors that no retry fixes, by the names of the service or the SDK. */
const NEEDS_A_PERSON = new Set([
  'ResourceNotFoundException',
  'InvalidParameterException',
  'LimitExceededException',
  'AccessDeniedException',
  'UnrecognizedClientException',
  'InvalidSignatureException',
  'ExpiredTokenException',
  'IncompleteSignature',
  'MissingAuthenticationTokenException',
  'CredentialsProviderError',
]);
const THROTTLED = new Set(['ThrottlingException', 'TooManyRequestsException', 'Throttling']);

export const isNamed = (error: unknown, name: string): boolean =>
  error instanceof Error && error.name === name;

export const failureOf = (error: unknown): Unavailable | Misconfiguration => {
  const name = error instanceof Error ? error.name : 'NotAnError';
  const cause = String(error);
  return NEEDS_A_PERSON.has(name)
    ? { type: 'Misconfigured', dependency: 'Telemetry', cause }
    : { type: 'Unavailable', dependency: 'Telemetry', cause, throttled: THROTTLED.has(name) };
};

/** The service will never accept this batch, but may accept others. */
type BatchRefused = { readonly type: 'BatchRefused'; readonly cause: string };

type PutEventsError = BatchRefused | Unavailable | Misconfiguration;

export const putErrorOf = (error: unknown): PutEventsError =>
  isNamed(error, 'InvalidParameterException')
    ? { type: 'BatchRefused', cause: String(error) }
    : failureOf(error);

export type PutLogEvents = (
  batch: readonly PendingLine[],
  signal: AbortSignal,
) => ResultAsync<Rejections, PutEventsError>;

/**
 * Creates the log stream if it is missing. `setup` creates the group, since a person decides about
 * it.
 */
export const createPutLogEvents = (
  client: CloudWatchLogsClient,
  place: { readonly logGroup: string; readonly logStream: string },
): PutLogEvents => {
  const names = { logGroupName: place.logGroup, logStreamName: place.logStream };
  const send = ResultAsync.fromThrowable(
    (batch: readonly PendingLine[], signal: AbortSignal) => {
      const logEvents = batch.map(({ timestamp, message }) => ({ timestamp, message }));
      return client.send(new PutLogEventsCommand({ ...names, logEvents }), { abortSignal: signal });
    },
    (error) => error,
  );
  const createStream = ResultAsync.fromThrowable(
    (signal: AbortSignal) =>
      client.send(new CreateLogStreamCommand(names), { abortSignal: signal }),
    (error) => error,
  );
  const ensureStream = (signal: AbortSignal) =>
    createStream(signal).orElse((error) =>
      isNamed(error, 'ResourceAlreadyExistsException') ? ok(undefined) : err(error),
    );

  return (batch, signal) =>
    send(batch, signal)
      .orElse((error) =>
        isNamed(error, 'ResourceNotFoundException')
          ? ensureStream(signal).andThen(() => send(batch, signal))
          : errAsync(error),
      )
      .map((answer) => answer.rejectedLogEventsInfo ?? {})
      .orElse(acceptedOrError);
};

const acceptedOrError = (error: unknown): ResultAsync<Rejections, PutEventsError> =>
  // The service does not send this any more; it meant that exactly this batch is stored.
  isNamed(error, 'DataAlreadyAcceptedException') ? okAsync({}) : errAsync(putErrorOf(error));
