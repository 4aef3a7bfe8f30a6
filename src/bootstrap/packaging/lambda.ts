import { execFile } from 'node:child_process';
import { join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { bundle, carriedBy, kilobytes, report, soughtBy, TOP } from './bundle.ts';
import { FUNCTION_LIMITS } from '../lambda/limits.ts';
import { copyDocumentFiles, findFonts } from './documents.ts';

const FOLDER = resolve(process.argv[2] ?? join(TOP, 'dist/lambda'));
const MODULE = join(FOLDER, 'index.mjs');

/** The runtime nodejs24.x of Lambda. */
const TARGET = 'node24';

/** A function does not need these: servers of this machine, the command line, and its options. */
const NOT_FOR_LAMBDA = /(^|\/)src\/(adapters\/(embedded|memory)|bootstrap\/(cli|demo|doctor))\//;

const HANDLERS = Object.keys(FUNCTION_LIMITS);

/** Loads the module in a process of its own, as Lambda does, which runs its top level. */
const load = async (): Promise<readonly string[]> => {
  try {
    await promisify(execFile)(process.execPath, [MODULE]);
    return [];
  } catch (error) {
    return [`it does not load: ${String(error)}`];
  }
};

const { files, metafile } = await bundle({
  entryPoints: { index: 'src/bootstrap/lambda.ts' },
  outdir: FOLDER,
  outExtension: { '.js': '.mjs' },
  folder: FOLDER,
  // The code that makes PDFs is a module of its own, which no function loads that attaches none.
  splitting: true,
  target: TARGET,
  plugins: [findFonts],
});
await copyDocumentFiles(FOLDER);
if (!files.has(MODULE)) throw new Error('esbuild made no module');
const exported = new Set(Object.values(metafile.outputs).flatMap((output) => output.exports));
const modules = [...files].filter(([path]) => path.endsWith('.mjs')).map(([, bytes]) => bytes);
const sizeOf = (of: (bytes: Uint8Array) => number): string =>
  kilobytes(modules.reduce((sum, bytes) => sum + of(bytes), 0));
const compressed = sizeOf((bytes) => gzipSync(bytes).length);
const sizes = `${sizeOf(({ length }) => length)}, compressed ${compressed}`;
process.stdout.write(`${relative(process.cwd(), FOLDER)}: ${sizes}\n`);
report([
  ...carriedBy(metafile, NOT_FOR_LAMBDA),
  ...soughtBy(metafile),
  ...HANDLERS.filter((name) => !exported.has(name)).map((name) => `it exports no ${name}`),
  ...(await load()),
]);
