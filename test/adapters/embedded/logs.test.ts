import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { CloudWatchLogsClient, InputLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import { startEmbeddedLogs } from '../../../src/adapters/embedded/logs.ts';
import type { EmbeddedServer } from '../../../src/adapters/embedded/server.ts';
import { logsClientFor } from '../../support/logs.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';

const NOW = Date.UTC(2026, 5, 1);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const BATCH_BYTES_MAX = 1_048_576;
const logGroupName = '/paidonce/a.b-c_d#1';
const logStreamName = 'payments/1 [a]';
const place = { logGroupName, logStreamName };

describe('startEmbeddedLogs', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let server: EmbeddedServer;
  let client: CloudWatchLogsClient;
  const start = async () => {
    server = await startEmbeddedLogs({ dataDir: folder.path, port: 0, now: () => NOW });
    client = logsClientFor(server.url);
  };
  const stop = async () => {
    client.destroy();
    await server.close();
  };
  beforeEach(async () => {
    folder = await makeTemporaryFolder();
    await start();
    await client.send(new CreateLogGroupCommand({ logGroupName }));
    await client.send(new CreateLogStreamCommand(place));
  });
  afterEach(async () => {
    await stop();
    await folder.remove();
  });

  const put = (logEvents: InputLogEvent[], where = place) =>
    client.send(new PutLogEventsCommand({ ...where, logEvents }));
  const refusalOf = (call: Promise<unknown>) =>
    call.then(
      () => 'taken',
      (error: unknown) => (error instanceof Error ? error.name : 'not an error'),
    );
  const messages = async () => {
    const { events } = await client.send(new FilterLogEventsCommand({ logGroupName }));
    return events?.map(({ message }) => message);
  };
  const at = (...offsets: readonly number[]) =>
    offsets.map((offset) => ({ timestamp: NOW + offset, message: `at ${offset}` }));

  it('takes a batch that lies on each limit, and none beyond', async () => {
    const many = (count: number) =>
      Array.from({ length: count }, () => ({ timestamp: NOW, message: 'x' }));
    const large = (bytes: number) => [{ timestamp: NOW, message: 'é'.repeat(bytes / 2) }];
    const [full, over] = [BATCH_BYTES_MAX - 26, BATCH_BYTES_MAX - 24];

    expect(await refusalOf(put(many(10_000)))).to.equal('taken');
    expect(await refusalOf(put(many(10_001)))).to.equal('InvalidParameterException');
    expect(await refusalOf(put(large(full)))).to.equal('taken');
    expect(await refusalOf(put(large(over)))).to.equal('InvalidParameterException');
    expect(await refusalOf(put([...large(full - 28), ...many(1)]))).to.equal('taken');
    expect(await refusalOf(put([...large(full - 26), ...many(1)]))).to.equal(
      'InvalidParameterException',
    );
    expect(await refusalOf(put(at(-DAY_MS, 0)))).to.equal('taken');
    expect(await refusalOf(put(at(-DAY_MS - 1, 0)))).to.equal('InvalidParameterException');
    expect(await refusalOf(put(at(0, -1)))).to.equal('InvalidParameterException');
    expect(await refusalOf(put([]))).to.equal('InvalidParameterException');
    expect(await refusalOf(put([{ timestamp: NOW, message: '' }]))).to.equal(
      'InvalidParameterException',
    );
  });

  it('leaves out what is too old or too new, and says from where to where', async () => {
    const tooOld = await put(at(-14 * DAY_MS - 1, -1, 0));
    expect(tooOld.rejectedLogEventsInfo).to.deep.equal({ tooOldLogEventEndIndex: 1 });
    const tooNew = await put(at(0, 2 * HOUR_MS, 2 * HOUR_MS + 1));
    expect(tooNew.rejectedLogEventsInfo).to.deep.equal({ tooNewLogEventStartIndex: 2 });
    const fine = await put(at(-14 * DAY_MS));
    expect(fine.rejectedLogEventsInfo).to.equal(undefined);
    await client.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 1 }));
    const expired = await put(at(-15 * DAY_MS, -DAY_MS - 1, -DAY_MS));
    expect(expired.rejectedLogEventsInfo).to.deep.equal({
      tooOldLogEventEndIndex: 1,
      expiredLogEventEndIndex: 2,
    });
    expect(await messages()).to.deep.equal(
      [-14 * DAY_MS, -DAY_MS, -1, 0, 0, 2 * HOUR_MS].map((offset) => `at ${offset}`),
    );
  });

  it('answers with the errors of the service', async () => {
    const missing = { ...place, logGroupName: 'other' };
    expect(await refusalOf(put(at(0), missing))).to.equal('ResourceNotFoundException');
    const noStream = { ...place, logStreamName: 'other' };
    expect(await refusalOf(put(at(0), noStream))).to.equal('ResourceNotFoundException');
    for (const [call, error] of [
      [new CreateLogGroupCommand({ logGroupName }), 'ResourceAlreadyExistsException'],
      [new CreateLogGroupCommand({ logGroupName: 'a b' }), 'InvalidParameterException'],
    ] as const) {
      expect(await refusalOf(client.send(call))).to.equal(error);
    }
    expect(await refusalOf(client.send(new CreateLogStreamCommand(place)))).to.equal(
      'ResourceAlreadyExistsException',
    );
    const colon = new CreateLogStreamCommand({ logGroupName, logStreamName: 'a:b' });
    expect(await refusalOf(client.send(colon))).to.equal('InvalidParameterException');
    const retention = new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 2 });
    expect(await refusalOf(client.send(retention))).to.equal('InvalidParameterException');
  });

  it('still has everything after a restart', async () => {
    await client.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 7 }));
    await put(at(-2, -1));
    await put(at(0));
    await stop();
    await start();

    expect(await messages()).to.deep.equal(['at -2', 'at -1', 'at 0']);
    const { logGroups } = await client.send(
      new DescribeLogGroupsCommand({ logGroupNamePrefix: '/paidonce' }),
    );
    expect(logGroups).to.deep.equal([{ logGroupName, creationTime: NOW, retentionInDays: 7 }]);
    const again = client.send(new CreateLogStreamCommand(place));
    expect(await refusalOf(again)).to.equal('ResourceAlreadyExistsException');
  });

  it('gives events page by page, from a time on', async () => {
    await put(at(-3, -2, -1, 0));
    const query = { logGroupName, startTime: NOW - 2, limit: 2 };
    const first = await client.send(new FilterLogEventsCommand(query));
    const second = await client.send(
      new FilterLogEventsCommand({ ...query, nextToken: first.nextToken }),
    );
    const found = [first, second].map(({ events }) => events?.map(({ message }) => message));
    expect(found).to.deep.equal([['at -2', 'at -1'], ['at 0']]);
    expect(second.nextToken).to.equal(undefined);

    const all = await client.send(new FilterLogEventsCommand({ logGroupName }));
    expect(all.events).to.have.lengthOf(4);
    const wrong = client.send(new FilterLogEventsCommand({ ...query, nextToken: 'elsewhere' }));
    expect(await refusalOf(wrong)).to.equal('InvalidParameterException');
  });

  describe('filterPattern', () => {
    const texts = [
      '{"orderId":"o-1","service":"payments"}',
      '{"orderId":"O-1","service":"notifications"}',
      '{"orderId":1}',
      'orderId o-1',
    ];
    const find = async (filterPattern: string, limit = 100) => {
      const { events, nextToken } = await client.send(
        new FilterLogEventsCommand({ logGroupName, filterPattern, limit }),
      );
      return { found: events?.map(({ message = '' }) => texts.indexOf(message)), nextToken };
    };
    beforeEach(() => put(texts.map((message) => ({ timestamp: NOW, message }))));

    it('compares members of JSON events with texts, exactly and with case', async () => {
      expect((await find('{ $.orderId = "o-1" }')).found).to.deep.equal([0]);
      expect((await find('{$.orderId="1"}')).found).to.deep.equal([]);
      expect(
        (await find('{ ($.orderId = "O-1") || ($.service = "payments") }')).found,
      ).to.deep.equal([0, 1]);
      expect((await find('')).found).to.deep.equal([0, 1, 2, 3]);
    });

    it('gives a page without a match its token, as the service does', async () => {
      const { found, nextToken } = await find('{ $.orderId = "O-1" }', 1);

      expect(found).to.deep.equal([]);
      expect(nextToken).to.be.a('string');
    });

    it('refuses every other form rather than to misread it (F40)', async () => {
      for (const filterPattern of [
        'o-1',
        '"o-1"',
        '{ $.orderId = o-1 }',
        '{ $.orderId = "o-*" }',
        '{ $.orderId != "o-1" }',
        '{ ($.orderId = "a") && ($.orderId = "b") }',
        '{ $.orderId = "a" } { $.orderId = "b" }',
        `{ $.orderId = "${'a'.repeat(1_024)}" }`,
      ]) {
        const call = client.send(new FilterLogEventsCommand({ logGroupName, filterPattern }));
        expect(await refusalOf(call), filterPattern).to.equal('InvalidParameterException');
      }
    });
  });
});
