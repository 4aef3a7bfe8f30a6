import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { StoredEvent } from '../../src/application/ports/eventStore.ts';

/** Histories as each release stored them: see README.md there. */
const FOLDER = new URL('../fixtures/golden/', import.meta.url);

export type Golden = {
  /** `0.1.0/order-paid` */
  readonly name: string;
  readonly release: string;
  readonly stream:
    | 'order'
    | 'payment'
    | 'notification'
    | 'series'
    | 'reconciler'
    | 'letter'
    | 'view'
    | 'registry'
    | 'person';
  readonly events: readonly StoredEvent[];
  readonly fileHash: string;
};

/** What is recorded of a history: the hash of its file, and that of the state to which it folds. */
export type Recorded = { readonly file: string; readonly state: string };

export const sha256 = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex');

export const RELEASES: readonly string[] = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

const HASHES = 'hashes.json';

const read = (path: string): Buffer => readFileSync(new URL(path, FOLDER));

export const golden: readonly Golden[] = RELEASES.flatMap((release) =>
  readdirSync(new URL(`${release}/`, FOLDER))
    .filter((file) => file !== HASHES)
    .map((file): Golden => {
      const content = read(`${release}/${file}`);
      const history: Pick<Golden, 'stream' | 'events'> = JSON.parse(content.toString());
      const name = `${release}/${file.replace(/\.json$/u, '')}`;
      return { ...history, name, release, fileHash: sha256(content) };
    }),
);

export const recorded: Readonly<Record<string, Recorded>> = Object.assign(
  {},
  ...RELEASES.map((release): unknown => JSON.parse(read(`${release}/${HASHES}`).toString())),
);
