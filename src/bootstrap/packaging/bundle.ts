import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { build, type BuildOptions, type Metafile } from 'esbuild';

export const TOP = join(import.meta.dirname, '../../..');
/** The oldest Node that runs the program. */
export const TARGET = 'node20';

/** CommonJS packages expect what an ES module does not have. */
const COMMON_JS = `\
import { createRequire as createRequireHere } from 'node:module';
import { fileURLToPath as pathOfUrlHere } from 'node:url';
const require = createRequireHere(import.meta.url);
const __dirname = pathOfUrlHere(new URL('.', import.meta.url));`;

type MadeBundle = {
  readonly metafile: Metafile;
  /** The files by their paths. */
  readonly files: ReadonlyMap<string, Uint8Array>;
};

type BundleOptions = Pick<BuildOptions, 'entryPoints' | 'splitting' | 'plugins'> & {
  /** The folder of the modules, in the folder of the package. */
  readonly outdir: string;
  readonly target: string;
  readonly outExtension?: Readonly<Record<string, string>>;
  /** The folder that the texts of the licences go to. */
  readonly folder: string;
};

/**
 * Makes ES modules with every package in them, and the packages' licences beside. Names are kept
 * and lines are as written, so that the place of a broken invariant in a record can be found
 * without a source map. Minified ones would not start sooner.
 */
export const bundle = async ({ folder, ...options }: BundleOptions): Promise<MadeBundle> => {
  const { outputFiles, metafile } = await build({
    absWorkingDir: TOP,
    bundle: true,
    platform: 'node',
    format: 'esm',
    // ES modules are taken if a package has them: esbuild leaves out their unused parts.
    mainFields: ['module', 'main'],
    banner: { js: COMMON_JS },
    chunkNames: '[name]-[hash]',
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'warning',
    ...options,
  });
  const files = new Map(outputFiles.map(({ path, text }) => [path, Buffer.from(asciiOf(text))]));
  files.set(join(folder, 'THIRD-PARTY-NOTICES.txt'), Buffer.from(noticesOf(metafile)));
  for (const [path, contents] of files) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, contents);
  }
  return { metafile, files };
};

/**
 * A module with any other character takes V8 two bytes for each of all its characters. esbuild
 * escapes those in texts, so that they are left in comments alone, and in regular expressions.
 */
const asciiOf = (text: string): string =>
  text.replace(/^\s*(?:\*|\/\/).*[^\0-\x7f].*$/gmu, (comment) =>
    comment.replace(/[^\0-\x7f]/gu, '?'),
  );

/**
 * The modules that a bundle would look for where it is installed, beside those that are said to be
 * there.
 */
export const soughtBy = ({ outputs }: Metafile, known: readonly string[] = []): readonly string[] =>
  Object.values(outputs)
    .flatMap((output) => output.imports)
    .filter(({ path, external }) => external === true && !isBuiltin(path) && !known.includes(path))
    .map(({ path }) => `it would look for ${path}`);

/** The modules that a bundle has in it and must not have. */
export const carriedBy = ({ inputs }: Metafile, unwanted: RegExp): readonly string[] =>
  Object.keys(inputs)
    .filter((path) => unwanted.test(path))
    .map((path) => `it carries ${path}`);

/** A bundle that is not as it should be fails the command that made it. */
export const report = (faults: readonly string[]): void => {
  for (const fault of faults) process.stderr.write(`error: ${fault}\n`);
  if (faults.length > 0) process.exitCode = 1;
};

export const kilobytes = (bytes: number): string =>
  `${Math.ceil(bytes / 1_024).toLocaleString('en')} KiB`;

type PackageManifest = {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
};

/** The folder of the package that a file is in. */
const PACKAGE = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;
const LICENCE_FILE = /^(licen[cs]e|copying|notice)/i;

/** Every package that is in a bundle, with its version and the text of its licence. */
const noticesOf = ({ inputs }: Metafile): string => {
  const folders = new Set(Object.keys(inputs).flatMap((path) => PACKAGE.exec(path)?.[0] ?? []));
  const packages = [...folders].map((folder) => {
    const manifest = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    ) as PackageManifest;
    return { folder, ...manifest };
  });
  return packages
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .map(({ folder, name, version, license }) => {
      const texts = readdirSync(folder)
        .filter((file) => LICENCE_FILE.test(file))
        .map((file) => readFileSync(join(folder, file), 'utf8').trim());
      // png-js has the text and does not name it.
      const named = license ?? (texts.length > 0 ? 'as follows' : undefined);
      if (named === undefined) throw new Error(`${name} ${version} names no licence`);
      return [`## ${name} ${version} (${named})`, ...texts].join('\n\n');
    })
    .join('\n\n');
};
