import { createHash, type Hash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, ResultAsync, type Result } from 'neverthrow';
import type { JsonObject } from '../../application/ports/json.ts';
import {
  BUNDLE_FORMAT,
  bundleError,
  fileError,
  LINE_FILES,
  MANIFEST,
  sha256Of,
  type BundleError,
  type FileFacts,
  type LineFile,
  type Manifest,
} from './format.ts';
import { GUIDE } from './guide.ts';

export type BundleWriter = {
  /** Resolves when more may be written. Failures show in `failed` and in the result of `finish`. */
  readonly write: (file: LineFile, value: object) => Promise<void>;
  /** Fires when the disk refuses a write: nothing that is read later will be in the export. */
  readonly failed: AbortSignal;
  /** Closes the files, and writes the manifest last: without it an export is not finished. */
  readonly finish: (about: ManifestFields) => ResultAsync<WrittenBundle, BundleError>;
  /** Closes the files without writing a manifest. */
  readonly abandon: () => Promise<void>;
};

type ManifestFields = Pick<Manifest, 'software' | 'startedAt' | 'endedAt' | 'about'> & {
  readonly report: JsonObject;
};

export type WrittenBundle = {
  readonly manifestSha256: string;
  readonly files: readonly FileFacts[];
};

/** It holds mail addresses: only its owner may read it. */
const FILE = { flag: 'wx', mode: 0o600, flush: true } as const;

/** Creates the folder, or takes an empty one. Memory is bounded by what the disk has not taken. */
export const createBundleWriter = (folder: string): ResultAsync<BundleWriter, BundleError> =>
  ResultAsync.fromThrowable(async () => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return readdir(folder);
  }, fileError(folder))().andThen((found) =>
    found.length > 0
      ? err(bundleError(`${folder} is not empty: a bundle is written to a folder of its own`))
      : ResultAsync.fromThrowable(() => openFiles(folder), fileError(folder))(),
  );

const openFiles = async (folder: string): Promise<BundleWriter> => {
  const failing = new AbortController();
  const failures: BundleError[] = [];
  const files = new Map<LineFile, OpenFile>();
  for (const name of LINE_FILES) {
    const file = openFile(join(folder, name), name);
    file.stream.on('error', (error) => {
      failures.push(fileError(name)(error));
      failing.abort();
    });
    files.set(name, file);
    await once(file.stream, 'open');
  }

  const close = async (): Promise<Result<readonly FileFacts[], BundleError>> => {
    const closed = await Promise.all([...files.values()].map(closeFile));
    const [failure] = failures;
    return failure === undefined ? ok(closed) : err(failure);
  };

  const writeRest = async ({ report, ...about }: ManifestFields): Promise<WrittenBundle> => {
    const lines = [...files.values()].map(factsOf);
    const facts = await Promise.all([
      writeText(folder, 'report.json', `${JSON.stringify(report, undefined, 2)}\n`),
      writeText(folder, 'README.md', GUIDE),
    ]);
    const manifest: Manifest = { format: BUNDLE_FORMAT, ...about, files: [...lines, ...facts] };
    const { sha256 } = await writeText(
      folder,
      MANIFEST,
      `${JSON.stringify(manifest, undefined, 2)}\n`,
    );
    return { manifestSha256: sha256, files: manifest.files };
  };

  return {
    failed: failing.signal,
    write: async (name, value) => {
      const file = files.get(name);
      if (file === undefined || failing.signal.aborted) return;
      const line = `${JSON.stringify(value)}\n`;
      file.hash.update(line);
      file.bytes += Buffer.byteLength(line);
      file.lines += 1;
      if (!file.stream.write(line)) await drained(file);
    },
    finish: (about) =>
      new ResultAsync(close()).andThen(() =>
        ResultAsync.fromThrowable(() => writeRest(about), fileError(folder))(),
      ),
    abandon: async () => void (await close()),
  };
};

type OpenFile = {
  readonly name: LineFile;
  readonly stream: WriteStream;
  readonly hash: Hash;
  bytes: number;
  lines: number;
  draining?: Promise<void> | undefined;
};

const openFile = (path: string, name: LineFile): OpenFile => {
  const stream = createWriteStream(path, { flags: FILE.flag, mode: FILE.mode, flush: FILE.flush });
  return { name, stream, hash: createHash('sha256'), bytes: 0, lines: 0 };
};

/** Many may wait for the same file; a failure ends their wait as well. */
const drained = (file: OpenFile): Promise<void> => {
  file.draining ??= new Promise<void>((resolve) => {
    file.stream.once('drain', resolve);
    file.stream.once('close', resolve);
  }).then(() => void (file.draining = undefined));
  return file.draining;
};

const closeFile = async (file: OpenFile): Promise<FileFacts> => {
  if (!file.stream.closed) {
    const closed = once(file.stream, 'close');
    file.stream.end();
    // The stream's own listener reports a failure.
    await closed.catch(() => undefined);
  }
  return factsOf(file);
};

const factsOf = ({ name, bytes, lines, hash }: OpenFile): FileFacts => ({
  name,
  bytes,
  lines,
  sha256: hash.copy().digest('hex'),
});

const writeText = async (folder: string, name: string, text: string): Promise<FileFacts> => {
  await writeFile(join(folder, name), text, FILE);
  const lines = text.split('\n').length - 1;
  return { name, bytes: Buffer.byteLength(text), lines, sha256: sha256Of(text) };
};
