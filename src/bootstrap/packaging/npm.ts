import { cp, readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Plugin } from 'esbuild';
import { bundle, carriedBy, kilobytes, report, soughtBy, TARGET, TOP } from './bundle.ts';
import { copyDocumentFiles, findFonts } from './documents.ts';

const CLI = join(TOP, 'dist/cli');
const EMBEDDED = join(TOP, 'embedded/dist');

/** The files that the program finds in the second package, if that is installed. */
const OTHER_PACKAGE: ReadonlyMap<string, string> = new Map([
  ['index.ts', '@paidonce/embedded'],
  ['newerNode.ts', '@paidonce/embedded/node'],
]);

/** The program carries none of the emulators' packages. */
const EMULATORS = /(^|\/)node_modules\/(dynalite|fauxqs|aws-ses-v2-local|level|fastify|qs)\//;

const leaveEmbedded: Plugin = {
  name: 'leave-embedded',
  setup: (build) => {
    build.onResolve({ filter: /\/adapters\/embedded\/\w+\.ts$/ }, ({ path }) => {
      const other = OTHER_PACKAGE.get(path.slice(path.lastIndexOf('/') + 1));
      return other === undefined ? undefined : { path: other, external: true };
    });
  },
};

/** LevelDB looks for its compiled code below its own package; here that is beside the bundle. */
const findPrebuilds: Plugin = {
  name: 'find-prebuilds',
  setup: (build) => {
    build.onLoad({ filter: /classic-level[\\/]binding\.js$/ }, () => ({
      contents: "module.exports = require('node-gyp-build')(__dirname);",
    }));
  },
};

/** dynalite requires a module for each operation by a name that it puts together. */
const nameOperations: Plugin = {
  name: 'name-operations',
  setup: (build) => {
    build.onLoad({ filter: /dynalite[\\/]index\.js$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replaceAll(
        /require\('(\.\/\w+\/)' \+ action\)/g,
        "require('$1' + action + '.js')",
      ),
    }));
  },
};

for (const folder of [CLI, EMBEDDED]) await rm(folder, { recursive: true, force: true });

const program = await bundle({
  entryPoints: { paidonce: 'src/bootstrap/cli/paidonce.ts' },
  outdir: CLI,
  folder: CLI,
  splitting: true,
  target: TARGET,
  plugins: [leaveEmbedded, findFonts],
});

const servers = await bundle({
  entryPoints: {
    index: 'src/bootstrap/packaging/embedded.ts',
    node: 'src/adapters/embedded/newerNode.ts',
  },
  outdir: join(EMBEDDED, 'lib'),
  folder: EMBEDDED,
  splitting: true,
  target: TARGET,
  plugins: [findPrebuilds, nameOperations],
});
// The bundled packages look here for what is no code.
const packages = join(TOP, 'node_modules');
const copied = [
  [join(packages, 'classic-level/prebuilds'), join(EMBEDDED, 'lib/prebuilds')],
  [join(packages, 'aws-ses-v2-local/static'), join(EMBEDDED, 'static')],
  [join(TOP, 'LICENSE'), join(EMBEDDED, 'LICENSE')],
] as const;
for (const [from, to] of copied) await cp(from, to, { recursive: true });
await copyDocumentFiles(CLI);

for (const [folder, { files }] of [
  [CLI, program],
  [EMBEDDED, servers],
] as const) {
  const bytes = [...files.values()].reduce((sum, { length }) => sum + length, 0);
  process.stdout.write(`${relative(TOP, folder)}: ${files.size} files, ${kilobytes(bytes)}\n`);
}
report([
  ...carriedBy(program.metafile, EMULATORS),
  ...soughtBy(program.metafile, [...OTHER_PACKAGE.values()]),
  ...soughtBy(servers.metafile),
]);
