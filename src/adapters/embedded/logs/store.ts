import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openJournal, type SyncJournal } from '../journal.ts';
import type { InputEvent } from './rules.ts';

export type StoredLogEvent = InputEvent & {
  readonly eventId: string;
  readonly ingestionTime: number;
  readonly logStreamName: string;
};

type GroupRecord = { readonly name: string; readonly createdAt: number };
type RetentionRecord = { readonly retentionDays: number };
type EventsRecord = { readonly at: number; readonly events: readonly InputEvent[] };

const GROUP_FILE = 'group.jsonl';

/** One folder for each group with its `group.jsonl`, and a file for each stream. */
export class LogStore {
  readonly #dataDir: string;
  readonly #groups = new Map<string, LogGroup>();

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
    for (const folder of filesIn(dataDir)) this.#open(join(dataDir, folder));
  }

  createGroup(name: string, createdAt: number): void {
    const folder = join(this.#dataDir, fileName(name));
    openJournal(join(folder, GROUP_FILE)).append({ name, createdAt });
    this.#open(folder);
  }

  group(name: string): LogGroup | undefined {
    return this.#groups.get(name);
  }

  groups(): readonly LogGroup[] {
    return byName(this.#groups);
  }

  /** A folder without its first line was created by a call that was never answered. */
  #open(folder: string): void {
    const journal = openJournal(join(folder, GROUP_FILE));
    const [created] = journal.entries();
    if (created === undefined) return;
    const group = new LogGroup(folder, journal);
    this.#groups.set(group.name, group);
  }
}

export class LogGroup {
  readonly name: string;
  readonly createdAt: number;
  retentionDays: number | undefined;
  readonly #folder: string;
  readonly #journal: SyncJournal;
  readonly #streams = new Map<string, LogStream>();

  constructor(folder: string, journal: SyncJournal) {
    // Only this process writes these files.
    const [created, ...changes] = [...journal.entries()] as [GroupRecord, ...RetentionRecord[]];
    this.name = created.name;
    this.createdAt = created.createdAt;
    this.retentionDays = changes.at(-1)?.retentionDays;
    this.#folder = join(folder, 'streams');
    this.#journal = journal;
    for (const file of filesIn(this.#folder)) this.#open(file);
  }

  setRetention(retentionDays: number): void {
    this.#journal.append({ retentionDays });
    this.retentionDays = retentionDays;
  }

  createStream(name: string, createdAt: number): void {
    const file = `${fileName(name)}.jsonl`;
    openJournal(join(this.#folder, file)).append({ name, createdAt });
    this.#open(file);
  }

  stream(name: string): LogStream | undefined {
    return this.#streams.get(name);
  }

  streams(): readonly LogStream[] {
    return byName(this.#streams);
  }

  #open(file: string): void {
    const journal = openJournal(join(this.#folder, file));
    const [created] = journal.entries();
    if (created === undefined) return;
    const { name } = created as GroupRecord;
    this.#streams.set(name, new LogStream(name, journal));
  }
}

export class LogStream {
  readonly name: string;
  readonly #journal: SyncJournal;

  constructor(name: string, journal: SyncJournal) {
    this.name = name;
    this.#journal = journal;
  }

  /** Appends all events of one put, or none if the process is killed meanwhile. */
  put(events: readonly InputEvent[], at: number): void {
    this.#journal.append({ at, events } satisfies EventsRecord);
  }

  *events(): Generator<StoredLogEvent, void, void> {
    let count = 0;
    const entries = this.#journal.entries();
    entries.next();
    for (const entry of entries) {
      const put = entry as EventsRecord;
      for (const { timestamp, message } of put.events) {
        count += 1;
        const eventId = `${fileName(this.name).slice(0, 16)}-${String(count).padStart(12, '0')}`;
        yield { eventId, timestamp, message, ingestionTime: put.at, logStreamName: this.name };
      }
    }
  }
}

const filesIn = (folder: string): readonly string[] => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return readdirSync(folder);
};

/** Names may be longer than a file's, and contain characters that a file's may not. */
const fileName = (name: string): string => createHash('sha256').update(name).digest('hex');

const byName = <Named extends { readonly name: string }>(all: ReadonlyMap<string, Named>) =>
  [...all.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
