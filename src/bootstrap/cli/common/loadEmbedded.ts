import { isBuiltin } from 'node:module';
import { err, ok, type Result } from 'neverthrow';
import { VERSION } from '../../version.ts';
import { failed, type CliFailure } from './failure.ts';

/**
 * Loads what is made of the embedded servers. They are no part of a production install, and need a
 * database that Node 20 does not have: the failure says how to get them.
 */
export const loadEmbedded = async <T>(load: () => Promise<T>): Promise<Result<T, CliFailure>> => {
  if (!isBuiltin('node:sqlite')) return err(tooOld);
  try {
    const servers: object = await import('../../../adapters/embedded/index.ts');
    // In a checkout they are of the same version, and say none.
    const version = 'VERSION' in servers ? String(servers.VERSION) : VERSION;
    return version === VERSION ? ok(await load()) : err(ofAnother(version));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    return err(notInstalled((error as Error).message));
  }
};

const FILE = `paidonce-embedded-${VERSION}.tgz`;

const HOW = [
  `Install ${FILE} where this program is, and in the same way,`,
  `such as \`npm i -g ./${FILE}\` (docs/install.md).`,
];

const notInstalled = (why: string): CliFailure =>
  failed('EmbeddedServers', 'the embedded servers are not installed', [
    ...(why.includes('@paidonce/embedded') ? HOW : ['Run `npm ci`, without --omit=dev.', why]),
  ]);

const ofAnother = (version: string): CliFailure =>
  failed(
    'EmbeddedServers',
    `the embedded servers are of version ${version}, and this program of version ${VERSION}`,
    HOW,
  );

const tooOld = failed(
  'EmbeddedServers',
  `the embedded servers need Node 22.13 or newer, and this is Node ${process.versions.node}`,
  [...HOW, 'It brings a newer Node for Linux (glibc) and Windows.'],
);
