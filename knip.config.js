import { readFileSync } from 'node:fs';

const { dependencies } = JSON.parse(
  readFileSync(new URL('src/package.json', import.meta.url), 'utf8'),
);

/** @type {import('knip').KnipConfig} */
export default {
  workspaces: {
    '.': {
      entry: ['test/peers/**/*.peer.test.ts', 'test/soak/main.ts', 'test/fixtures/data/dieAt.ts'],
      project: ['test/**/*.ts', 'examples/**/*.ts'],
      ignoreDependencies: [
        // It brings a program, `node`, and no module.
        '@paidonce/embedded',
        // A test reads a schema that it brings, and none of its modules.
        '@stackforge-eu/factur-x',
        // Tests and benchmarks use what the sources do, whose manifest lists it.
        new RegExp(`^(${Object.keys(dependencies).join('|')})$`),
      ],
    },
    src: {
      entry: ['bootstrap/packaging/embedded.ts', 'adapters/embedded/newerNode.ts'],
      project: ['**/*.ts'],
    },
    // It has a lockfile of its own.
    infra: { entry: ['app.ts'], project: ['**/*.ts'] },
  },
  ignoreExportsUsedInFile: { type: true, interface: true },
};
