import { request } from 'node:http';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { openEmbeddedServers, type EmbeddedServers } from '../../../src/adapters/embedded/index.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';

type Answer = { readonly status: number; readonly allowed: string | undefined };

/** With headers as a browser sends them, which `fetch` would set by itself. */
const ask = (
  address: string,
  headers: Readonly<Record<string, string>>,
  { method = 'GET', path = '/' } = {},
): Promise<Answer> => {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const asked = request(new URL(path, address), { method, headers }, (answer) => {
    const allowed = answer.headers['access-control-allow-origin'];
    text(answer).then(() => resolve({ status: answer.statusCode ?? 0, allowed }), reject);
  });
  asked.on('error', reject).end();
  return promise;
};

describe('the embedded servers and others on this machine', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let servers: EmbeddedServers | undefined;
  beforeEach(async () => {
    folder = await makeTemporaryFolder();
  });
  afterEach(async () => {
    await servers?.close();
    servers = undefined;
    await folder.remove();
  });

  const open = async (dataDir: string) => (servers = await openEmbeddedServers({ dataDir }));

  it('answer no web page, whatever it asks for and however it was reached', async () => {
    const { addresses } = await open(folder.path);
    for (const [name, address] of Object.entries(addresses)) {
      const { host, port } = new URL(address);
      const refused: readonly (readonly [string, Readonly<Record<string, string>>, string?])[] = [
        ['a page', { origin: 'https://evil.example' }],
        ['a preflight', { origin: 'https://evil.example' }, 'OPTIONS'],
        ['a page that posts', { origin: 'https://evil.example' }, 'POST'],
        ['a page of no origin', { origin: 'null' }],
        ['a page of another port', { origin: `http://127.0.0.1:${Number(port) - 1}` }],
        ['its address over HTTPS', { origin: `https://${host}` }],
        ['an image or a frame', { 'sec-fetch-site': 'cross-site' }],
        ['a page of another port that hides', { 'sec-fetch-site': 'same-site' }],
        ['a name that leads here', { host: 'evil.example' }],
        ['the same with the port', { host: `evil.example:${port}` }],
        ['a name that begins like ours', { host: `127.0.0.1.evil.example:${port}` }],
        ['a name that ends like ours', { host: `evil-localhost:${port}` }],
        ['every address', { host: `0.0.0.0:${port}` }],
      ];
      for (const [what, headers, method] of refused) {
        const answer = await ask(address, headers, method === undefined ? {} : { method });
        expect(answer, `${name}: ${what}`).to.deep.equal({ status: 403, allowed: undefined });
      }
    }
  });

  it('answer programs by each of their names, and the mailbox its own page', async () => {
    const { addresses } = await open(folder.path);
    for (const [name, address] of Object.entries(addresses)) {
      const { port, host } = new URL(address);
      for (const own of [host, `localhost:${port}`, `[::1]:${port}`, `LOCALHOST:${port}`]) {
        expect((await ask(address, { host: own })).status, `${name} as ${own}`).not.to.equal(403);
      }
      // Typed into the address bar.
      expect((await ask(address, { 'sec-fetch-site': 'none' })).status, name).not.to.equal(403);
    }
    const mailbox = addresses.ses;
    const page = { origin: mailbox, 'sec-fetch-site': 'same-origin' };
    expect((await ask(mailbox, page, { path: '/store' })).status).to.equal(200);
    const clearing = { method: 'POST', path: '/clear-store' };
    expect((await ask(mailbox, page, clearing)).status).to.equal(200);
  });

  it('leave nothing that others can read', async () => {
    const dataDir = join(folder.path, 'data');
    await open(dataDir);
    expect(openToOthers(dataDir)).to.deep.equal([]);
  });

  it('take what an earlier version left away from others, and nothing else', async () => {
    const dataDir = join(folder.path, 'data');
    await (await open(dataDir)).close();
    const outside = join(folder.path, 'outside');
    writeFileSync(outside, '');
    chmodSync(outside, 0o644);
    symlinkSync(outside, join(dataDir, 'sqs', 'link'));
    for (const path of everythingIn(dataDir)) {
      if (!path.endsWith('link')) chmodSync(path, statSync(path).isDirectory() ? 0o755 : 0o644);
    }
    chmodSync(dataDir, 0o755);

    await open(dataDir);
    expect(openToOthers(dataDir)).to.deep.equal([join(dataDir, 'sqs', 'link')]);
    expect(statSync(outside).mode & 0o777).to.equal(0o644);
  });

  it('keep the mode of a folder that was there before, and are private in it', async () => {
    const dataDir = join(folder.path, 'project');
    mkdirSync(dataDir);
    chmodSync(dataDir, 0o755);
    writeFileSync(join(dataDir, 'mine'), '');
    chmodSync(join(dataDir, 'mine'), 0o644);
    await open(dataDir);
    expect(openToOthers(dataDir)).to.have.members([dataDir, join(dataDir, 'mine')]);
    expect(existsSync(join(dataDir, 'servers.lock'))).to.equal(true);
  });
});

const everythingIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));

const openToOthers = (folder: string): readonly string[] =>
  [folder, ...everythingIn(folder)].filter((path) => (statSync(path).mode & 0o077) !== 0);
