import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { after, before, describe, it } from 'mocha';
import { TOP } from '../docs/markdown.ts';
import { jsonLines } from '../support/cli.ts';
import { peerPath } from '../support/peerUrl.ts';
import { makeTemporaryFolder } from '../support/temporaryFolder.ts';

type ImageFile = {
  readonly kind: string;
  readonly owner: string;
  readonly mode: string;
  readonly bytes: number;
  readonly path: string;
};

type Check = { readonly promise: string; readonly holds: boolean };

type ImageConfig = {
  readonly User: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly StopSignal: string;
};

const BUILT_WITHIN_MS = 280_000;
const run = promisify(execFile);

/** On a base that stands in for the one that the Dockerfile names (test/image/build). */
describe('the image', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let files: readonly ImageFile[];

  before(async function () {
    this.timeout(BUILT_WITHIN_MS);
    folder = await makeTemporaryFolder();
    await run(join(TOP, 'test/image/build'), ['--stand-in', folder.path]);
    files = read('files.txt').trimEnd().split('\n').map(fileOf);
  });
  after(() => folder.remove());

  const read = (name: string): string => readFileSync(join(folder.path, name), 'utf8');

  it('holds the packed program, in the demo’s the embedded servers, and nothing else', () => {
    const ours = files.filter(({ path, kind }) => path.startsWith('app/') && kind !== 'd');
    const others = ours.filter(({ path }) => !PROGRAM.test(path) && !SERVERS.test(path));
    expect(others).to.deep.equal([]);
    expect(ours.filter(({ path }) => PROGRAM.test(path))).to.have.length.greaterThan(20);
    const megabytes = (pattern: RegExp): string => {
      const found = ours.filter(({ path }) => pattern.test(path));
      return (found.reduce((sum, { bytes }) => sum + bytes, 0) / 1_000_000).toFixed(1);
    };
    process.stdout.write(
      `    beside its base: program ${megabytes(PROGRAM)} MB, servers ${megabytes(SERVERS)} MB\n`,
    );
  });

  it('lets its user write to nothing but /data and /tmp', () => {
    const theirs = files.filter(
      ({ kind, owner, mode }) => kind !== 'l' && (owner.startsWith('10001:') || isOpen(mode)),
    );
    expect(theirs.map(({ path }) => path).filter((path) => path !== 'tmp')).to.deep.equal(['data']);
  });

  it('runs the program itself, as nobody in particular, until SIGTERM', () => {
    const { Docker } = JSON.parse(read('image.json')) as {
      readonly Docker: { readonly config: ImageConfig };
    };
    expect(Docker.config).to.deep.include({
      User: '10001:10001',
      Entrypoint: ['node', 'src/paidonce.js'],
      StopSignal: 'SIGTERM',
    });
    const secrets = Docker.config.Env.filter((one) => /SECRET|KEY|TOKEN|PASSWORD/.test(one));
    expect(secrets).to.deep.equal([]);
  });

  it('runs the demo, which keeps its promises', () => {
    const checks = jsonLines(read('demo.json')).flatMap((line) => line['checks'] ?? []) as Check[];
    expect(checks).to.have.length.greaterThan(10);
    expect(checks.filter(({ holds }) => !holds)).to.deep.equal([]);
  });
});

describe('the Dockerfile', () => {
  const path = join(TOP, 'Dockerfile');
  const text = readFileSync(path, 'utf8');

  it('has nothing that hadolint complains about', async () => {
    const { stdout } = await run(peerPath('PEER_HADOLINT'), ['--no-color', path]);
    expect(stdout).to.equal('');
  });

  it('names its base by a digest, once', () => {
    const bases = [...text.matchAll(/^FROM (\S+)/gm)].map(([, base = '']) => base);
    const outside = bases.filter((base) => !['node', 'program'].includes(base));
    expect(outside).to.have.length(1);
    expect(outside[0]).to.match(/^node:24\.\d+\.\d+-bookworm-slim@sha256:[0-9a-f]{64}$/);
  });

  it('asks a worker whether it lives', async () => {
    const [, asked = '[]'] = /^ {2}CMD (\[.*\])$/m.exec(text) ?? [];
    const [, ...args] = JSON.parse(asked) as readonly string[];
    for (const status of [200, 503]) {
      const server = createServer((request, response) => {
        response.writeHead(request.url === '/livez' ? status : 404).end();
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const env = { HEALTH_PORT: String(port) };
      const code = await run(process.execPath, args, { env }).then(
        () => 0,
        ({ code: failed }: { readonly code: number }) => failed,
      );
      expect(code, String(status)).to.equal(status === 200 ? 0 : 1);
      server.close();
    }
  });
});

const PROGRAM = /^app\/(?:package\.json|LICENSE|src\/paidonce\.js|dist\/cli\/)/;
const SERVERS = /^app\/node_modules\/@paidonce\/embedded\//;

/** Whether everybody may write to it. */
const isOpen = (mode: string): boolean => (Number.parseInt(mode, 8) & 0o002) !== 0;

const fileOf = (line: string): ImageFile => {
  const [, kind = '', owner = '', mode = '', bytes = '', path = ''] =
    /^(\S) (\S+) (\S+) (\S+) (.*)$/.exec(line) ?? [];
  return { kind, owner, mode, bytes: Number(bytes), path };
};
