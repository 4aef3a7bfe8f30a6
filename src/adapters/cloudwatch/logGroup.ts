import {
  CreateLogGroupCommand,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
  PutRetentionPolicyCommand,
  type CloudWatchLogsClient,
} from '@aws-sdk/client-cloudwatch-logs';
import { err, ok, safeTry, type ResultAsync } from 'neverthrow';
import type { DependencyError } from '../../application/ports/failures.ts';
import { onError } from '../aws/errors.ts';
import { unavailable } from '../failures.ts';
import type { LogEvent } from '../telemetry/readLine.ts';
import { logCall } from './putLogEvents.ts';

export type LogGroupError = DependencyError;

export type LogGroupState = {
  /** Without it the group keeps its events for ever. */
  readonly retentionDays?: number;
};

/** The retention that a new log group gets. */
export const LOG_RETENTION_DAYS = 30;
/** FilterLogEvents may answer with many pages without events before one that has some. */
const PAGES_MAX = 10_000;

/** The group with exactly this name; undefined if there is none. */
export const inspectLogGroup = (
  client: CloudWatchLogsClient,
  logGroup: string,
): ResultAsync<LogGroupState | undefined, LogGroupError> => {
  // The prefix itself is the first in the order of names, so that one page is enough.
  const describe = new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroup });
  return logCall(() => client.send(describe)).map(({ logGroups = [] }) => {
    const group = logGroups.find(({ logGroupName }) => logGroupName === logGroup);
    if (group === undefined) return undefined;
    return group.retentionInDays === undefined ? {} : { retentionDays: group.retentionInDays };
  });
};

/** Creates the group unless it exists. A retention that somebody has chosen is not changed. */
export const ensureLogGroup = (
  client: CloudWatchLogsClient,
  logGroup: string,
  retentionDays: number = LOG_RETENTION_DAYS,
): ResultAsync<'Created' | 'AlreadyThere', LogGroupError> => {
  const create = new CreateLogGroupCommand({ logGroupName: logGroup });
  const setRetention = new PutRetentionPolicyCommand({
    logGroupName: logGroup,
    retentionInDays: retentionDays,
  });
  return safeTry(async function* () {
    const made = yield* logCall(() =>
      client
        .send(create)
        .then(() => 'Created' as const, onError('ResourceAlreadyExistsException', 'AlreadyThere')),
    );
    // This also covers an earlier setup that ended between the two calls.
    const group = yield* inspectLogGroup(client, logGroup);
    if (group?.retentionDays === undefined) yield* logCall(() => client.send(setRetention));
    return ok(made);
  });
};

export type ReadLogOptions = {
  readonly logGroup: string;
  readonly startTime?: number;
  /** A pattern in CloudWatch's own syntax. */
  readonly filterPattern?: string;
  /** An additional filter, applied here and not by the service. */
  readonly isWanted?: (event: LogEvent) => boolean;
  readonly eventsMax: number;
  readonly pagesMax?: number;
  readonly signal?: AbortSignal;
};

/** The events of all streams of a group, by time, up to `eventsMax`. */
export const readLogEvents = (
  client: CloudWatchLogsClient,
  options: ReadLogOptions,
): ResultAsync<readonly LogEvent[], LogGroupError> => {
  const { logGroup, startTime, filterPattern, isWanted = () => true, signal } = options;
  const { eventsMax, pagesMax = PAGES_MAX } = options;
  const which = { logGroupName: logGroup, startTime, filterPattern };
  const page = (nextToken: string | undefined) =>
    logCall(() =>
      client.send(
        new FilterLogEventsCommand({ ...which, nextToken }),
        signal === undefined ? {} : { abortSignal: signal },
      ),
    );
  return safeTry(async function* () {
    const events: LogEvent[] = [];
    let nextToken: string | undefined;
    for (let pages = 0; pages < pagesMax; pages += 1) {
      const answer = yield* page(nextToken);
      for (const { timestamp = 0, logStreamName = '', message = '' } of answer.events ?? []) {
        const event = { timestamp, logStream: logStreamName, message };
        if (isWanted(event)) events.push(event);
      }
      nextToken = answer.nextToken;
      if (nextToken === undefined || events.length >= eventsMax)
        return ok(events.slice(0, eventsMax));
    }
    return err(unavailable('Telemetry', `no end after ${pagesMax} pages`));
  });
};
