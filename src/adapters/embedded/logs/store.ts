import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openJournal } from '../journal.ts';
import type { SyncJournal } from '../journal.ts';
import type { InputEvent } from './rules.ts';

export type StoredLogEvent = InputEvent & {
  readonly eventId: string;
  readonly ingestionTime: number;
  readonly logStreamName: string;
};

export type LogStream = {
  readonly name: string;
  readonly createdAt: number;
  readonly lastIngestionAt: number | undefined;
  readonly firstEventAt: number | undefined;
  readonly lastEventAt: number | undefined;
  /** All events of one put, or none if the process is killed meanwhile. */
  put(events: readonly InputEvent[], at: number): void;
  events(): Generator<StoredLogEvent, void, void>;
};

export type LogGroup = {
  readonly name: string;
  readonly createdAt: number;
  readonly retentionDays: number | undefined;
  setRetention(days: number): void;
  createStream(name: string, at: number): void;
  stream(name: string): LogStream | undefined;
  /** By name. */
  streams(): readonly LogStream[];
};

export type LogStore = {
  createGroup(name: string, at: number): void;
  group(name: string): LogGroup | undefined;
  /** By name. */
  groups(): readonly LogGroup[];
};

type GroupRecord = { readonly name: string; readonly createdAt: number };
type EventsRecord = { readonly at: number; readonly events: readonly InputEvent[] };

/**
 * One folder for each group with its `group.jsonl`, and in it one file for each stream; each line
 * is one put.
 */
export const openLogStore = (dataDir: string): LogStore => {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const groups = new Map<string, LogGroup>();
  const add = (group: LogGroup) => groups.set(group.name, group);
  for (const folder of readdirSync(dataDir)) {
    const journal = openJournal(join(dataDir, folder, GROUP_FILE));
    const [created] = journal.entries();
    // A folder without its first line was created by a call that was never answered.
    if (created !== undefined) add(openGroup(join(dataDir, folder), journal));
  }
  return {
    createGroup(name, createdAt) {
      const folder = join(dataDir, fileName(name));
      const journal = openJournal(join(folder, GROUP_FILE));
      journal.append({ name, createdAt });
      add(openGroup(folder, journal));
    },
    group: (name) => groups.get(name),
    groups: () => byName(groups),
  };
};

const GROUP_FILE = 'group.jsonl';

const openGroup = (folder: string, journal: SyncJournal): LogGroup => {
  // Only this process writes these files.
  const [created, ...changes] = [...journal.entries()] as [
    GroupRecord,
    ...{ retentionDays: number }[],
  ];
  let retentionDays = changes.at(-1)?.retentionDays;
  const streams = new Map<string, LogStream>();
  const streamsFolder = join(folder, 'streams');
  mkdirSync(streamsFolder, { recursive: true, mode: 0o700 });
  for (const file of readdirSync(streamsFolder)) {
    const stream = openStream(openJournal(join(streamsFolder, file)));
    if (stream !== undefined) streams.set(stream.name, stream);
  }
  return {
    ...created,
    get retentionDays() {
      return retentionDays;
    },
    setRetention(days) {
      journal.append({ retentionDays: days });
      retentionDays = days;
    },
    createStream(name, createdAt) {
      const streamJournal = openJournal(join(streamsFolder, `${fileName(name)}.jsonl`));
      streamJournal.append({ name, createdAt });
      const stream = openStream(streamJournal);
      if (stream !== undefined) streams.set(name, stream);
    },
    stream: (name) => streams.get(name),
    streams: () => byName(streams),
  };
};

const openStream = (journal: SyncJournal): LogStream | undefined => {
  let created: GroupRecord | undefined;
  let firstEventAt: number | undefined;
  let lastEventAt: number | undefined;
  let lastIngestionAt: number | undefined;
  const note = ({ at, events }: EventsRecord) => {
    lastIngestionAt = at;
    firstEventAt = Math.min(firstEventAt ?? Infinity, events[0]?.timestamp ?? Infinity);
    lastEventAt = Math.max(lastEventAt ?? 0, events.at(-1)?.timestamp ?? 0);
  };
  for (const entry of journal.entries()) {
    if (created === undefined) created = entry as GroupRecord;
    else note(entry as EventsRecord);
  }
  if (created === undefined) return undefined;
  const { name, createdAt } = created;
  return {
    name,
    createdAt,
    get lastIngestionAt() {
      return lastIngestionAt;
    },
    get firstEventAt() {
      return firstEventAt;
    },
    get lastEventAt() {
      return lastEventAt;
    },
    put(events, at) {
      journal.append({ at, events });
      note({ at, events });
    },
    *events() {
      let count = 0;
      const entries = journal.entries();
      entries.next();
      for (const entry of entries) {
        const put = entry as EventsRecord;
        for (const { timestamp, message } of put.events) {
          count += 1;
          const eventId = `${fileName(name).slice(0, 16)}-${String(count).padStart(12, '0')}`;
          yield { eventId, timestamp, message, ingestionTime: put.at, logStreamName: name };
        }
      }
    },
  };
};

/** Names may be longer than a file's, and contain characters that a file's may not. */
const fileName = (name: string): string => createHash('sha256').update(name).digest('hex');

const byName = <Named extends { readonly name: string }>(all: ReadonlyMap<string, Named>) =>
  [...all.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
