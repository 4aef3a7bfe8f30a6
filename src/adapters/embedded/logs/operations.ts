import { err, ok, type Result } from 'neverthrow';
import { isJsonObject, parseJson } from '../../../application/ports/json.ts';
import {
  checkBatch,
  checkGroupName,
  checkStreamName,
  invalid,
  isEvents,
  isRetention,
  rejections,
  type ServiceError,
} from './rules.ts';
import type { LogGroup, LogStore, LogStream, StoredLogEvent } from './store.ts';

type Input = Readonly<Record<string, unknown>>;
type OperationResult = Result<Readonly<Record<string, unknown>>, ServiceError>;
type LogOperation = (store: LogStore, input: Input, now: number) => OperationResult;

/** A page of events ends at 10,000 events or 1 MB. */
const PAGE_EVENTS_MAX = 10_000;
const PAGE_BYTES_MAX = 1_048_576;
const NAMES_PAGE = 50;

const createLogGroup: LogOperation = (store, { logGroupName }, now) => {
  const wrong = checkGroupName(logGroupName);
  if (wrong !== undefined) return err(wrong);
  if (store.group(String(logGroupName)) !== undefined) return err(exists('log group'));
  store.createGroup(String(logGroupName), now);
  return ok({});
};

const createLogStream: LogOperation = (store, input, now) => {
  const wrong = checkGroupName(input['logGroupName']) ?? checkStreamName(input['logStreamName']);
  if (wrong !== undefined) return err(wrong);
  return groupOf(store, input).andThen((group) => {
    const name = String(input['logStreamName']);
    if (group.stream(name) !== undefined) return err(exists('log stream'));
    group.createStream(name, now);
    return ok({});
  });
};

const putRetentionPolicy: LogOperation = (store, input) =>
  groupOf(store, input).andThen((group) => {
    const { retentionInDays } = input;
    if (!isRetention(retentionInDays)) return err(invalid('Invalid value for retentionInDays.'));
    group.setRetention(retentionInDays);
    return ok({});
  });

const describeLogGroups: LogOperation = (store, { logGroupNamePrefix, limit, nextToken }) => {
  const prefix = typeof logGroupNamePrefix === 'string' ? logGroupNamePrefix : '';
  const found = store.groups().filter(({ name }) => name.startsWith(prefix));
  return page(found, { limit, nextToken }).map(({ items, token }) => ({
    logGroups: items.map((group) => ({
      logGroupName: group.name,
      creationTime: group.createdAt,
      retentionInDays: group.retentionDays,
    })),
    nextToken: token,
  }));
};

const putLogEvents: LogOperation = (store, input, now) => {
  const { logEvents } = input;
  if (!isEvents(logEvents)) {
    return err({ name: 'SerializationException', message: 'logEvents: a list of events' });
  }
  return groupOf(store, input).andThen((group) =>
    streamOf(group, input).andThen((stream) => {
      const wrong = checkBatch(logEvents, now);
      if (wrong !== undefined) return err(wrong);
      const info = rejections(logEvents, now, group.retentionDays);
      const start = info.expiredLogEventEndIndex ?? info.tooOldLogEventEndIndex ?? 0;
      const stored = logEvents.slice(start, info.tooNewLogEventStartIndex);
      if (stored.length > 0) stream.put(stored, now);
      return ok(Object.keys(info).length === 0 ? {} : { rejectedLogEventsInfo: info });
    }),
  );
};

/** A page is the part that was searched, so that a page without a match also has a token. */
const filterLogEvents: LogOperation = (store, input) =>
  groupOf(store, input).andThen((group) =>
    parseFilterPattern(input['filterPattern']).andThen((isMatch) => {
      const names = Array.isArray(input['logStreamNames']) ? input['logStreamNames'] : undefined;
      const streams = group.streams().filter(({ name }) => names?.includes(name) ?? true);
      return page(eventsOf(streams, input), {
        limit: input['limit'] ?? PAGE_EVENTS_MAX,
        nextToken: input['nextToken'],
      }).map(({ items, token }) => ({
        events: items.filter(({ message }) => isMatch(message)),
        searchedLogStreams: [],
        nextToken: token,
      }));
    }),
  );

export const OPERATIONS: ReadonlyMap<string, LogOperation> = new Map([
  ['CreateLogGroup', createLogGroup],
  ['CreateLogStream', createLogStream],
  ['PutRetentionPolicy', putRetentionPolicy],
  ['DescribeLogGroups', describeLogGroups],
  ['PutLogEvents', putLogEvents],
  ['FilterLogEvents', filterLogEvents],
]);

const missing = (what: string): ServiceError => ({
  name: 'ResourceNotFoundException',
  message: `The specified ${what} does not exist.`,
});

const exists = (what: string): ServiceError => ({
  name: 'ResourceAlreadyExistsException',
  message: `The specified ${what} already exists`,
});

const groupOf = (store: LogStore, { logGroupName }: Input): Result<LogGroup, ServiceError> => {
  const group = typeof logGroupName === 'string' ? store.group(logGroupName) : undefined;
  return group === undefined ? err(missing('log group')) : ok(group);
};

const streamOf = (group: LogGroup, { logStreamName }: Input): Result<LogStream, ServiceError> => {
  const stream = typeof logStreamName === 'string' ? group.stream(logStreamName) : undefined;
  return stream === undefined ? err(missing('log stream')) : ok(stream);
};

/** The events from startTime, inclusive, to endTime, exclusive, by time and then by arrival. */
const eventsOf = (streams: readonly LogStream[], input: Input): readonly StoredLogEvent[] => {
  const { startTime, endTime } = input;
  const start = typeof startTime === 'number' ? startTime : 0;
  const end = typeof endTime === 'number' ? endTime : Infinity;
  return streams
    .flatMap((stream) => [...stream.events()])
    .filter(({ timestamp }) => timestamp >= start && timestamp < end)
    .toSorted((a, b) => a.timestamp - b.timestamp || a.ingestionTime - b.ingestionTime);
};

type LogPage<Item> = {
  readonly items: readonly Item[];
  readonly token: string | undefined;
};

const page = <Item>(
  all: readonly Item[],
  {
    limit = NAMES_PAGE,
    nextToken = '0',
  }: { readonly limit?: unknown; readonly nextToken?: unknown },
): Result<LogPage<Item>, ServiceError> => {
  const start = typeof nextToken === 'string' && /^\d+$/.test(nextToken) ? Number(nextToken) : -1;
  if (start < 0) return err(invalid('The specified nextToken is invalid.'));
  if (typeof limit !== 'number' || limit < 1 || limit > PAGE_EVENTS_MAX) {
    return err(invalid('Value at limit failed to satisfy constraint'));
  }
  const items: Item[] = [];
  let bytes = 0;
  for (const item of all.slice(start, start + limit)) {
    bytes += Buffer.byteLength(JSON.stringify(item));
    if (items.length > 0 && bytes > PAGE_BYTES_MAX) break;
    items.push(item);
  }
  const end = start + items.length;
  return ok({ items, token: end < all.length ? String(end) : undefined });
};

/*
 * The only form of CloudWatch's "Filter pattern syntax" that this project sends: a JSON pattern
 * that compares members of the event with texts, `{ $.orderId = "a" }` or `{ ($.orderId = "a") ||
 * ($.service = "b") }`. The comparison is exact and case-sensitive. Other forms that CloudWatch
 * accepts are refused and not misread; so is a `*` in a text, which stands for any text in
 * CloudWatch.
 */
const PATTERN_CHARACTERS_MAX = 1_024;
const COMPARISON = String.raw`\$\.(\w+)\s*=\s*"([^"*\\]*)"`;
const ONE = new RegExp(String.raw`^\{\s*${COMPARISON}\s*\}$`, 'u');
const SEVERAL = new RegExp(
  String.raw`^\{\s*\(\s*${COMPARISON}\s*\)(?:\s*\|\|\s*\(\s*${COMPARISON}\s*\))*\s*\}$`,
  'u',
);
const EACH = new RegExp(COMPARISON, 'gu');

type IsMatch = (message: string) => boolean;

/** Without a pattern every event matches. */
const parseFilterPattern = (pattern: unknown): Result<IsMatch, ServiceError> => {
  if (pattern === undefined || pattern === '') return ok(() => true);
  if (typeof pattern !== 'string' || pattern.length > PATTERN_CHARACTERS_MAX) {
    return err(invalid("Value at 'filterPattern' failed to satisfy constraint"));
  }
  if (!ONE.test(pattern) && !SEVERAL.test(pattern)) {
    return err(invalid('Invalid filter pattern, or one that this server does not know.'));
  }
  const wanted = [...pattern.matchAll(EACH)].map(([, name = '', text = '']) => ({ name, text }));
  return ok((message) => {
    const event = parseJson(message).unwrapOr(null);
    return isJsonObject(event) && wanted.some(({ name, text }) => event[name] === text);
  });
};
