import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build, type Metafile } from 'esbuild';

const TOP = join(import.meta.dirname, '../../..');
const FOLDER = resolve(process.argv[2] ?? join(TOP, 'dist/lambda'));
const MODULE = join(FOLDER, 'index.mjs');

/** Lambda's runtime nodejs24.x. */
const TARGET = 'node24';

/** Not for a function: servers of this machine, the command line, and its options. */
const NOT_FOR_LAMBDA = /(^|\/)src\/(adapters\/(embedded|memory)|bootstrap\/(cli|demo|doctor))\//;

const HANDLERS = ['payments', 'notifications'];

/** CommonJS packages load Node's modules by `require`, which an ES module does not have. */
const REQUIRE =
  "import { createRequire } from 'node:module'; const require = " +
  'createRequire(import.meta.url);';

/**
 * One module with everything in it, names kept and lines as written, so that the place of a broken
 * invariant in a record can be found without a source map. A minified one would not start sooner
 * (150 ms either way).
 */
const bundle = async (): Promise<{ readonly code: Uint8Array; readonly metafile: Metafile }> => {
  const { outputFiles, metafile } = await build({
    absWorkingDir: TOP,
    entryPoints: ['src/bootstrap/lambda.ts'],
    outfile: MODULE,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: TARGET,
    // ES modules where a package has them: esbuild leaves out their unused parts.
    mainFields: ['module', 'main'],
    banner: { js: REQUIRE },
    legalComments: 'linked',
    metafile: true,
    write: false,
    logLevel: 'warning',
  });
  const [code] = outputFiles.filter(({ path }) => path.endsWith('.mjs'));
  if (code === undefined) throw new Error('esbuild made no module');
  await mkdir(FOLDER, { recursive: true });
  for (const { path, contents } of outputFiles) await writeFile(path, contents);
  return { code: code.contents, metafile };
};

/** Why the bundle may not be deployed; empty if it may. */
const faultsOf = async ({ inputs, outputs }: Metafile): Promise<readonly string[]> => {
  const carried = Object.keys(inputs).filter((path) => NOT_FOR_LAMBDA.test(path));
  const imports = Object.values(outputs).flatMap((output) => output.imports);
  const sought = imports.filter(({ path, external }) => external === true && !isBuiltin(path));
  const exported = new Set(Object.values(outputs).flatMap((output) => output.exports));
  return [
    ...carried.map((path) => `it carries ${path}`),
    ...sought.map(({ path }) => `it would look for ${path}`),
    ...HANDLERS.filter((name) => !exported.has(name)).map((name) => `it exports no ${name}`),
    ...(await load()),
  ];
};

/** Loads the module in a process of its own, as Lambda does, which runs its top level. */
const load = async (): Promise<readonly string[]> => {
  try {
    await promisify(execFile)(process.execPath, [MODULE]);
    return [];
  } catch (error) {
    return [`it does not load: ${String(error)}`];
  }
};

const kilobytes = (bytes: number): string => `${Math.ceil(bytes / 1_024).toLocaleString('en')} KiB`;

const { code, metafile } = await bundle();
const faults = await faultsOf(metafile);
const sizes = `${kilobytes(code.length)}, compressed ${kilobytes(gzipSync(code).length)}`;
process.stdout.write(`${relative(process.cwd(), MODULE)}: ${sizes}\n`);
for (const fault of faults) process.stderr.write(`error: ${fault}\n`);
process.exitCode = faults.length === 0 ? 0 : 1;
