import { createHash } from 'node:crypto';
import { err, ok, type Result } from 'neverthrow';
import { list, object, string, whole, type Decoder } from '../../domain/decode.ts';
import { isJsonObject, parseJson, type JsonObject } from '../../application/ports/json.ts';
import type { ReadItem } from '../eventStore/commitTable.ts';
import { unpackText } from '../eventStore/packing.ts';

/** The first word of every manifest, so that another format can be distinguished from this one. */
export const BUNDLE_FORMAT = 'paidonce-evidence-1';
export const MANIFEST = 'manifest.json';

/** One JSON value in each line. */
export const LINE_FILES = [
  'events.jsonl',
  'heads.jsonl',
  'rows.jsonl',
  'gateway.jsonl',
  'findings.jsonl',
] as const;
export type LineFile = (typeof LINE_FILES)[number];
export const OTHER_FILES = ['report.json', 'README.md'] as const;
export type BundleFile = LineFile | (typeof OTHER_FILES)[number];

/** The reason why an evidence export cannot be written, or is not a valid one. */
export type BundleError = { readonly type: 'BundleError'; readonly why: string };

export const bundleError = (why: string): BundleError => ({ type: 'BundleError', why });

/** The reason of the file system, without its stack. */
export const fileError =
  (what: string) =>
  (error: unknown): BundleError => {
    const { code } = Object(error) as { code?: unknown };
    return bundleError(`${what}: ${typeof code === 'string' ? code : String(error)}`);
  };

export type FileFacts = {
  readonly name: string;
  readonly bytes: number;
  readonly lines: number;
  readonly sha256: string;
};

export type Manifest = {
  readonly format: string;
  readonly software: string;
  /** ISO 8601, by the clock of the writer. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** How the export was made, and from what. Its reader knows the shape. */
  readonly about: object;
  readonly files: readonly FileFacts[];
};

const jsonObject: Decoder<JsonObject> = (value, path) =>
  isJsonObject(value) ? ok(value) : err({ path, why: 'is not an object' });

const time: Decoder<string> = (value, path) =>
  string(value, path).andThen((text) =>
    Number.isNaN(Date.parse(text)) ? err({ path, why: 'is not a time' }) : ok(text),
  );

const manifestOf = object({
  format: string,
  software: string,
  startedAt: time,
  endedAt: time,
  about: jsonObject,
  files: list(object({ name: string, bytes: whole, lines: whole, sha256: string })),
});

export const parseManifest = (text: string): Result<Manifest, BundleError> =>
  parseJson(text)
    .andThen((value) => manifestOf(value, 'it').mapErr(({ path, why }) => `${path} ${why}`))
    .andThen((manifest) =>
      manifest.format === BUNDLE_FORMAT
        ? ok(manifest)
        : err(`is of the format ${JSON.stringify(manifest.format)}, not ${BUNDLE_FORMAT}`),
    )
    .mapErr((why) => bundleError(`${MANIFEST} ${why}`));

export const sha256Of = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex');

/** In an item these are bytes, and are written in hexadecimal. */
const BYTES: ReadonlySet<string> = new Set(['hash', 'previousHash']);

/**
 * An item of the log as one JSON object. Texts and numbers stay as they are, and packed events are
 * the text again that their hash covers. Values that this system would not have written are
 * wrapped, so that they are equally wrong when read back.
 */
export const itemToJson = (item: ReadItem): JsonObject =>
  Object.fromEntries(
    Object.entries(item).map(([name, value]) => {
      if (value instanceof Uint8Array && BYTES.has(name)) {
        return [name, Buffer.from(value).toString('hex')];
      }
      if (value instanceof Uint8Array && name === 'events') {
        return [name, unpackText(value).unwrapOr({ unexpected: textOf(value) })];
      }
      const isPlain = typeof value === 'string' || typeof value === 'number';
      return [name, isPlain && !BYTES.has(name) ? value : { unexpected: textOf(value) }];
    }),
  );

const textOf = (value: unknown): string =>
  value instanceof Uint8Array ? Buffer.from(value).toString('hex') : (JSON.stringify(value) ?? '');

export const itemFromJson = (json: JsonObject): ReadItem =>
  Object.fromEntries(
    Object.entries(json).map(([name, value]) => [
      name,
      BYTES.has(name) && typeof value === 'string' ? Buffer.from(value, 'hex') : value,
    ]),
  );

/** The place of an item; undefined for a value that is no item. */
export const keyOf = (
  json: unknown,
):
  | { readonly streamId: string; readonly version: number; readonly json: JsonObject }
  | undefined => {
  if (!isJsonObject(json)) return undefined;
  const { streamId, version } = json;
  return typeof streamId === 'string' && typeof version === 'number'
    ? { streamId, version, json }
    : undefined;
};
