import { mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DeleteQueueCommand, ListQueuesCommand } from '@aws-sdk/client-sqs';
import { expect } from 'chai';
import { openEmbedded, type EmbeddedStack } from '../../src/bootstrap/embedded.ts';
import { run, type Env } from '../support/cli.ts';
import { localSqsClients } from '../support/sqs.ts';
import { makeTemporaryFolder } from '../support/temporaryFolder.ts';

describe('Embedded servers that somebody runs', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let env: Env;
  let servers: EmbeddedStack;
  let clients: ReturnType<typeof localSqsClients>;

  before(async () => {
    folder = await makeTemporaryFolder();
    env = { PAIDONCE_DATA_DIR: folder.path };
    servers = (await openEmbedded(env))._unsafeUnwrap();
    clients = localSqsClients(servers.addresses.sqs);
  });
  after(async () => {
    clients.client.destroy();
    clients.receiveClient.destroy();
    await servers.close();
    await folder.remove();
  });

  const lose = async (): Promise<void> => {
    const { QueueUrls: [QueueUrl] = [] } = await clients.client.send(new ListQueuesCommand());
    await clients.client.send(new DeleteQueueCommand({ QueueUrl }));
  };
  const countAfter = async (line: string, settings: Env = {}): Promise<number> => {
    await run([...line.split(' '), '--embedded', '--json'], { env: { ...env, ...settings } });
    const { QueueUrls = [] } = await clients.client.send(new ListQueuesCommand());
    return QueueUrls.length;
  };

  it('are used as they are by all commands but setup', async () => {
    await lose();
    expect(await countAfter('order o-1')).to.equal(3);
    expect(await countAfter('submit --generate 1')).to.equal(3);
    expect(await countAfter('setup')).to.equal(4);
  });

  it('are set up where they were with other settings', async () => {
    await lose();
    expect(await countAfter('order o-1', { GATEWAY_TIMEOUT_MS: '11000' })).to.equal(4);
  });

  it('say what is wrong with the data folder, and are closed', async () => {
    const other = await makeTemporaryFolder();
    const mark = join(other.path, 'resources.json');
    await mkdir(mark);
    const refused = await openEmbedded({ PAIDONCE_DATA_DIR: other.path });
    expect(refused._unsafeUnwrapErr()).to.include('EISDIR').and.include(mark);
    await rmdir(mark);
    const opened = (await openEmbedded({ PAIDONCE_DATA_DIR: other.path }))._unsafeUnwrap();
    expect(opened.startedHere).to.equal(true);
    await opened.close();
    await other.remove();
  });
});
