import { CreateLogStreamCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { ensureLogGroup } from '../../../src/adapters/cloudwatch/logGroup.ts';
import { createCloudWatchLogSearch } from '../../../src/adapters/cloudwatch/logSearch.ts';
import { createCloudWatchTelemetry } from '../../../src/adapters/cloudwatch/telemetry.ts';
import { startEmbeddedLogs } from '../../../src/adapters/embedded/logs.ts';
import type { EmbeddedServer } from '../../../src/adapters/embedded/server.ts';
import { createSystemClock } from '../../../src/adapters/system/clock.ts';
import { describeLogSearch } from '../../contracts/logSearch.contract.ts';
import { must } from '../../support/commits.ts';
import { logsClientFor, makeCloudWatchLogSearch, readMessages } from '../../support/logs.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';

const logGroup = '/paidonce';
const logStream = 'payments/a';

describe('createCloudWatchLogSearch', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let server: EmbeddedServer;
  before(async () => {
    folder = await makeTemporaryFolder();
    server = await startEmbeddedLogs({ dataDir: folder.path, port: 0 });
  });
  after(async () => {
    await server.close();
    await folder.remove();
  });

  describeLogSearch(
    'cloudwatch, embedded server',
    makeCloudWatchLogSearch(() => server.url),
  );

  it('reports a line that is stored twice once, and none that is not ours (X7)', async () => {
    const client = logsClientFor(server.url);
    await ensureLogGroup(client, logGroup);
    const place = { logGroup, logStream, service: 'payments' };
    const telemetry = createCloudWatchTelemetry(client, place, createSystemClock());
    telemetry.record({ level: 'info', event: 'message.handled', orderId: 'o-1' });
    await telemetry.flush(5_000);
    const [message = ''] = await readMessages(client, logGroup);
    const timestamp = Date.now();
    const foreign = ['{"orderId":"o-1"}', '{"orderId":"o-1","id":"x","event":"e","service":"s"}'];
    await client.send(
      new PutLogEventsCommand({
        logGroupName: logGroup,
        logStreamName: logStream,
        logEvents: [message, ...foreign].map((text) => ({ timestamp, message: text })),
      }),
    );
    const log = createCloudWatchLogSearch(client, { logGroup });

    const { records } = await must(
      log.find({ terms: [{ name: 'orderId', value: 'o-1' }], from: 0 }),
    );

    expect(records.map(({ event, orderId }) => [event, orderId])).to.deep.equal([
      ['message.handled', 'o-1'],
    ]);
    client.destroy();
  });

  it('takes the time of a line from the line, and otherwise from its event', async () => {
    const client = logsClientFor(server.url);
    const group = '/paidonce-times';
    await ensureLogGroup(client, group);
    const line = (id: string, more: object) =>
      JSON.stringify({ level: 'info', service: 's', event: 'e', id, orderId: 'o-2', ...more });
    const timestamp = Date.now() - 1_000;
    const lines = [
      line('now', {}),
      line('former', { time: '2026-06-01T00:00:00.000Z' }),
      line('number', { time: 5 }),
      line('word', { time: 'soon' }),
    ];
    await client.send(
      new CreateLogStreamCommand({ logGroupName: group, logStreamName: logStream }),
    );
    await client.send(
      new PutLogEventsCommand({
        logGroupName: group,
        logStreamName: logStream,
        logEvents: lines.map((message) => ({ timestamp, message })),
      }),
    );
    const log = createCloudWatchLogSearch(client, { logGroup: group });

    const { records } = await must(
      log.find({ terms: [{ name: 'orderId', value: 'o-2' }], from: 0 }),
    );

    expect(records.map(({ id, at }) => [id, at])).to.have.deep.members([
      ['now', timestamp],
      ['former', Date.parse('2026-06-01T00:00:00.000Z')],
    ]);
    client.destroy();
  });

  it('names a log group that is not there as what a person must fix', async () => {
    const client = logsClientFor(server.url);
    const log = createCloudWatchLogSearch(client, { logGroup: '/not/there' });

    const found = await log.find({ terms: [{ name: 'orderId', value: 'o-1' }], from: 0 });

    expect(found.isErr() && found.error).to.include({
      type: 'Misconfigured',
      dependency: 'Telemetry',
    });
    client.destroy();
  });
});
