import { mkdir, rm, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Metafile } from 'esbuild';

const TOP = join(import.meta.dirname, '../../..');
const FOLDER = join(TOP, 'dist/lambda');

/** Lambda's runtime nodejs24.x. */
const TARGET = 'node24';

/** What a function must not carry: servers of this machine, the command line, and what reads its options. */
const NOT_FOR_LAMBDA = /(^|\/)src\/(adapters\/(embedded|memory)|bootstrap\/(cli|demo|doctor))\//;

/** Packages that are CommonJS ask for Node's modules by `require`, which a module of ES has not. */
const REQUIRE = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;

/**
 * One module with everything in it, names kept and lines as written, so that the place of a broken invariant
 * in a record can be found without a source map. Made smaller it would not start sooner (150 ms either way).
 */
const bundle = async (): Promise<{ readonly code: Uint8Array; readonly metafile: Metafile }> => {
  const { outputFiles, metafile } = await build({
    absWorkingDir: TOP,
    entryPoints: ['src/bootstrap/lambda.ts'],
    outfile: join(FOLDER, 'index.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: TARGET,
    // Modules of ES where a package has them, since of those esbuild leaves out what is not used.
    mainFields: ['module', 'main'],
    banner: { js: REQUIRE },
    legalComments: 'linked',
    metafile: true,
    write: false,
    logLevel: 'warning',
  });
  const [code] = outputFiles.filter(({ path }) => path.endsWith('.mjs'));
  if (code === undefined) throw new Error('esbuild made no module');
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  for (const { path, contents } of outputFiles) await writeFile(path, contents);
  return { code: code.contents, metafile };
};

/** Why the bundle may not be deployed; empty if it may. */
const faultsOf = async ({ inputs, outputs }: Metafile): Promise<readonly string[]> => {
  const carried = Object.keys(inputs).filter((path) => NOT_FOR_LAMBDA.test(path));
  const missing = Object.values(outputs)
    .flatMap(({ imports }) => imports)
    .filter(({ path, external }) => external === true && !isBuiltin(path));
  const loaded: unknown = await import(pathToFileURL(join(FOLDER, 'index.mjs')).href);
  const { payments, notifications } = loaded as Readonly<Record<string, unknown>>;
  return [
    ...carried.map((path) => `it carries ${path}`),
    ...missing.map(({ path }) => `it would look for ${path}`),
    ...(typeof payments === 'function' ? [] : ['it exports no function payments']),
    ...(typeof notifications === 'function' ? [] : ['it exports no function notifications']),
  ];
};

const kilobytes = (bytes: number): string => `${Math.ceil(bytes / 1_024).toLocaleString('en')} KiB`;

const { code, metafile } = await bundle();
const faults = await faultsOf(metafile);
process.stdout.write(
  `dist/lambda/index.mjs: ${kilobytes(code.length)}, compressed ${kilobytes(gzipSync(code).length)}\n`,
);
for (const fault of faults) process.stderr.write(`error: ${fault}\n`);
process.exitCode = faults.length === 0 ? 0 : 1;
