import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { ok, safeTry } from 'neverthrow';
import type { LogLine, LogSearch, LogTerm } from '../../application/ports/logSearch.ts';
import { holdsOneOf, isSearchable, readLine, type LogEvent } from '../telemetry/readLine.ts';
import { readLogEvents } from './logGroup.ts';

/** FilterLogEvents accepts patterns of up to 1,024 characters. */
const PATTERN_CHARACTERS_MAX = 1_024;
/** Each pattern searches the whole log group; together they hold over 100 terms. */
const PATTERNS_MAX = 8;
/** An order has some twenty records; a poison message that nobody stops has some thousand. */
const EVENTS_MAX = 5_000;
/** A page may have no event at all: the service also ends a page after some time of searching. */
const PAGES_MAX = 2_000;

type LogSearchConfig = { readonly logGroup: string; readonly eventsMax?: number };

/** The service searches for the records, and its results are checked again here. */
export const createCloudWatchLogSearch = (
  client: CloudWatchLogsClient,
  { logGroup, eventsMax = EVENTS_MAX }: LogSearchConfig,
): LogSearch => ({
  find: ({ terms, from, signal }) =>
    safeTry(async function* () {
      const { patterns, asked } = patternsOf(terms.filter(isSearchable));
      const found = new Map<string, LogLine>();
      let isCut = false;
      for (const filterPattern of patterns) {
        const events = yield* readLogEvents(client, {
          logGroup,
          startTime: from,
          filterPattern,
          pagesMax: PAGES_MAX,
          // One more than is returned, to know whether there are more.
          eventsMax: eventsMax + 1,
          isWanted: (event) => recordIn(event, asked) !== undefined,
          ...(signal && { signal }),
        });
        isCut ||= events.length > eventsMax;
        for (const event of events) {
          const record = recordIn(event, asked);
          if (record !== undefined) found.set(record.id, record);
        }
      }
      const records = [...found.values()].toSorted((a, b) => a.at - b.at);
      return ok({
        records: records.slice(0, eventsMax),
        isCut: isCut || records.length > eventsMax,
        unsearched: terms.filter((term) => !asked.includes(term)),
      });
    }),
});

const recordIn = (event: LogEvent, asked: readonly LogTerm[]): LogLine | undefined => {
  const record = readLine(event);
  return record !== undefined && holdsOneOf(record, asked) ? record : undefined;
};

/** As few JSON filter patterns as the limits allow. Searchable values need no escaping. */
const patternsOf = (
  terms: readonly LogTerm[],
): { readonly patterns: readonly string[]; readonly asked: readonly LogTerm[] } => {
  const patterns: string[] = [];
  const asked: LogTerm[] = [];
  let conditions: string[] = [];
  for (const term of terms) {
    const condition = `($.${term.name} = "${term.value}")`;
    if (patternOf([...conditions, condition]).length > PATTERN_CHARACTERS_MAX) {
      patterns.push(patternOf(conditions));
      conditions = [];
    }
    if (patterns.length === PATTERNS_MAX) break;
    conditions.push(condition);
    asked.push(term);
  }
  if (conditions.length > 0) patterns.push(patternOf(conditions));
  return { patterns, asked };
};

const patternOf = (conditions: readonly string[]): string => `{ ${conditions.join(' || ')} }`;
