import { open, readdir, readFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, Result, ResultAsync } from 'neverthrow';
import type { GatewayLedger } from '../../application/ports/gatewayLedger.ts';
import type { InvoiceView } from '../../application/ports/invoiceView.ts';
import type { CommitTable } from '../eventStore/commitTable.ts';
import type { FileLine, LinePlace } from '../fileLines.ts';
import { createBundledTable, EventsIndex } from './events.ts';
import {
  bundleError,
  fileError,
  MANIFEST,
  LINE_FILES,
  OTHER_FILES,
  parseManifest,
  sha256Of,
  type BundleError,
  type BundleFile,
  type Manifest,
} from './format.ts';
import { createBundledLedger, readEntry } from './ledger.ts';
import { createBundledView, readLines, readRow } from './lines.ts';

/** The files contradict the manifest, or each other. */
export type Problem = { readonly file: string; readonly line?: number; readonly why: string };

/** An evidence export as the ports that an audit reads. Nothing can be written to it. */
export type Bundle = {
  readonly manifest: Manifest;
  readonly manifestSha256: string;
  /** The first mistake, of whatever kind it is. */
  readonly problems: readonly Problem[];
  readonly table: CommitTable;
  readonly invoices: Pick<InvoiceView, 'get' | 'list'>;
  readonly ledger: GatewayLedger;
  close(): Promise<void>;
};

const PROBLEMS_MAX = 1_000;
/** A manifest has a few KB. */
const MANIFEST_BYTES_MAX = 1_048_576;

/**
 * Reads every file once, compares it with the manifest, and indexes where each commit and row
 * begins: some 300 bytes a stream, 150 a row and 30 a commit. The contents stay on disk.
 */
export const openBundle = (
  folder: string,
  { manifestSha256 }: { readonly manifestSha256?: string | undefined } = {},
): ResultAsync<Bundle, BundleError> =>
  readManifest(folder).andThen(({ manifest, sha256 }) => {
    if (manifestSha256 !== undefined && manifestSha256.toLowerCase() !== sha256) {
      const why = `${MANIFEST} is not the one that was named: its SHA-256 is ${sha256}`;
      return err<Bundle, BundleError>(bundleError(why));
    }
    return new ResultAsync(openFiles(folder, { manifest, sha256 }));
  });

type IdentifiedManifest = { readonly manifest: Manifest; readonly sha256: string };

const readManifest = (folder: string): ResultAsync<IdentifiedManifest, BundleError> =>
  ResultAsync.fromThrowable(
    () => readFile(join(folder, MANIFEST)),
    (error) =>
      Object(error).code === 'ENOENT'
        ? bundleError(`${folder} has no ${MANIFEST}: it is no bundle, or was never finished`)
        : fileError(MANIFEST)(error),
  )().andThen((bytes) =>
    bytes.length > MANIFEST_BYTES_MAX
      ? err(bundleError(`${MANIFEST} is longer than any manifest`))
      : parseManifest(bytes.toString('utf8')).map((manifest) => ({
          manifest,
          sha256: sha256Of(bytes),
        })),
  );

type Report = (file: string, why: string, line?: number) => void;

const openFiles = async (
  folder: string,
  { manifest, sha256 }: IdentifiedManifest,
): Promise<Result<Bundle, BundleError>> => {
  const problems: Problem[] = [];
  const report: Report = (file, why, line) => {
    if (problems.length < PROBLEMS_MAX) {
      problems.push({ file, why, ...(line === undefined ? {} : { line }) });
    } else if (problems.length === PROBLEMS_MAX) {
      problems.push({ file, why: `and more: only the first ${PROBLEMS_MAX} problems are kept` });
    }
  };
  const names = await ResultAsync.fromThrowable(() => readdir(folder), fileError(folder))();
  if (names.isErr()) return err(names.error);
  compareNames(names.value, manifest, report);

  const handles: FileHandle[] = [];
  const openFile = ResultAsync.fromThrowable(async (name: string) => {
    const handle = await open(join(folder, name), 'r');
    handles.push(handle);
    return handle;
  }, fileError(folder));
  const close = async (): Promise<void> => {
    for (const handle of handles) await handle.close();
  };
  const opened = Result.combine([await openFile('events.jsonl'), await openFile('rows.jsonl')]);
  if (opened.isErr()) {
    await close();
    return err(opened.error);
  }
  const [events, rows] = opened.value;
  const eventsIndex = new EventsIndex(events, (line, why) => report('events.jsonl', why, line));
  const rowPlaces = new Map<string, LinePlace>();
  await readAll(folder, manifest, {
    report,
    readers: {
      'events.jsonl': (line) => eventsIndex.add(line),
      'heads.jsonl': (line) =>
        eventsIndex.addHead(line, (why) => report('heads.jsonl', why, line.number)),
      'rows.jsonl': ({ number, text, place }) =>
        readRow(text).match(
          ({ orderId }) => void rowPlaces.set(orderId, place),
          (why) => report('rows.jsonl', why, number),
        ),
      'gateway.jsonl': ({ number, text }) =>
        readEntry(text).match(
          () => undefined,
          (why) => report('gateway.jsonl', why, number),
        ),
    },
  });
  for (const why of eventsIndex.headless()) report('heads.jsonl', why);
  return ok({
    manifest,
    manifestSha256: sha256,
    problems,
    table: createBundledTable(events, eventsIndex),
    invoices: createBundledView(rows, rowPlaces),
    ledger: createBundledLedger(join(folder, 'gateway.jsonl')),
    close,
  });
};

type ReadOptions = {
  readonly report: Report;
  readonly readers: Readonly<Partial<Record<BundleFile, (line: FileLine) => Promise<void> | void>>>;
};

/** Reads each file once, in the order in which they need each other. */
const readAll = async (
  folder: string,
  { files }: Manifest,
  { report, readers }: ReadOptions,
): Promise<void> => {
  for (const name of FILES) {
    const read = await readLines(join(folder, name), name, readers[name] ?? (() => undefined));
    if (read.isErr()) {
      report(name, read.error.why);
      continue;
    }
    const expected = files.find((file) => file.name === name);
    if (expected === undefined) continue;
    const { bytes, lines, sha256 } = read.value;
    if (sha256 === expected.sha256 && bytes === expected.bytes && lines === expected.lines)
      continue;
    const named = `${expected.bytes} bytes in ${expected.lines} lines`;
    report(name, `is not the file of the manifest, of ${named}: it has ${bytes} in ${lines}`);
  }
};

const FILES = [...LINE_FILES, ...OTHER_FILES] as const;

const compareNames = (
  found: readonly string[],
  { files }: Manifest,
  report: (file: string, why: string) => void,
): void => {
  const known: ReadonlySet<string> = new Set(FILES);
  const named = new Set(files.map(({ name }) => name));
  for (const name of found) {
    if (name !== MANIFEST && !known.has(name)) report(name, 'is no file of a bundle');
  }
  for (const name of known) if (!named.has(name)) report(name, 'is not in the manifest');
  for (const name of named)
    if (!known.has(name)) report(name, 'is in the manifest, and no bundle has it');
};
