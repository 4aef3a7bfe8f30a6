import { PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { expect } from 'chai';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { ok } from 'neverthrow';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { AddressInfo, Socket } from 'node:net';
import { AWS_REQUEST_TIMEOUT_MS } from '../../../src/adapters/aws/clients.ts';
import { LOG_EVENT_BYTES_MAX } from '../../../src/adapters/cloudwatch/batching.ts';
import { ensureLogGroup, inspectLogGroup } from '../../../src/adapters/cloudwatch/logGroup.ts';
import { createCloudWatchTelemetry } from '../../../src/adapters/cloudwatch/telemetry.ts';
import { startEmbeddedLogs } from '../../../src/adapters/embedded/logs.ts';
import { createVirtualClock } from '../../../src/adapters/memory/clock.ts';
import { createSystemClock } from '../../../src/adapters/system/clock.ts';
import type { EmbeddedServer } from '../../../src/adapters/embedded/server.ts';
import { describeTelemetry } from '../../contracts/telemetry.contract.ts';
import { logsClientFor, makeCloudWatchTelemetry, readMessages } from '../../support/logs.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';
import { until } from '../../support/until.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW = Date.UTC(2026, 5, 1);
const DEADLINE_MS = 5_000;
const PLACE = { logGroup: '/paidonce', logStream: 'worker/1', service: 'payments' };

describe('createCloudWatchTelemetry', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let server: EmbeddedServer;
  let client: CloudWatchLogsClient;
  let serviceTime: number;

  before(async () => {
    folder = await makeTemporaryFolder();
    server = await startEmbeddedLogs({ dataDir: folder.path, port: 0 });
  });
  after(async () => {
    await server.close();
    await folder.remove();
  });

  describeTelemetry(
    'cloudwatch, embedded server',
    makeCloudWatchTelemetry(() => server.url),
  );

  describe('against a service with a clock of its own', () => {
    let own: Awaited<ReturnType<typeof makeTemporaryFolder>>;
    let service: EmbeddedServer;
    beforeEach(async () => {
      serviceTime = NOW;
      own = await makeTemporaryFolder();
      service = await startEmbeddedLogs({ dataDir: own.path, port: 0, now: () => serviceTime });
      client = logsClientFor(service.url);
    });
    afterEach(async () => {
      client.destroy();
      await service.close();
      await own.remove();
    });

    it('counts what the service leaves out as too new, too old or expired (F36, X8)', async () => {
      expect(await ensureLogGroup(client, PLACE.logGroup, 7)).to.deep.equal(ok('Created'));
      const clock = createVirtualClock(NOW);
      const telemetry = createCloudWatchTelemetry(client, PLACE, clock);
      const recordAt = async (serviceIsAhead: number, orderId: string) => {
        serviceTime = clock.now() + serviceIsAhead;
        telemetry.record({ level: 'info', event: 'message.handled', orderId });
        return telemetry.flush(DEADLINE_MS);
      };

      expect(await recordAt(0, 'now')).to.deep.include({ written: 1, rejected: 0 });
      expect(await recordAt(-3 * HOUR_MS, 'too-new')).to.deep.include({ written: 1, rejected: 1 });
      expect(await recordAt(15 * DAY_MS, 'too-old')).to.deep.include({ written: 1, rejected: 2 });
      expect(await recordAt(8 * DAY_MS, 'expired')).to.deep.include({ written: 1, rejected: 3 });
      expect(await recordAt(0, 'again')).to.deep.include({ written: 2, rejected: 3, dropped: 0 });
      const stored = (await readMessages(client, PLACE.logGroup)).join('\n');
      expect(stored).to.contain('"now"').and.to.contain('"again"').and.to.not.contain('too-');
    });

    it('puts records in order when the clock has stepped back', async () => {
      await ensureLogGroup(client, PLACE.logGroup);
      const times = [NOW, NOW - 5_000, NOW - 2_000];
      const clock = { ...createVirtualClock(NOW), now: () => times[0] ?? NOW };
      const telemetry = createCloudWatchTelemetry(client, PLACE, clock);
      for (const event of ['c', 'a', 'b']) {
        telemetry.record({ level: 'info', event });
        times.shift();
      }
      const report = await telemetry.flush(DEADLINE_MS);
      expect(report).to.deep.equal({ written: 3, dropped: 0, rejected: 0 });
      const events = (await readMessages(client, PLACE.logGroup)).map(
        (text) => /"event":"(.)"/.exec(text)?.[1],
      );
      expect(events).to.deep.equal(['a', 'b', 'c']);
    });

    it('replaces a record that no event can hold by one that says so, and counts it', async () => {
      await ensureLogGroup(client, PLACE.logGroup);
      const telemetry = createCloudWatchTelemetry(client, PLACE, createVirtualClock(NOW));
      telemetry.record({
        level: 'info',
        event: 'order.placed',
        facts: { cause: 'é'.repeat(LOG_EVENT_BYTES_MAX / 2) },
      });
      const report = await telemetry.flush(DEADLINE_MS);
      expect(report).to.deep.equal({ written: 0, dropped: 0, rejected: 1 });
      const stored = (await readMessages(client, PLACE.logGroup)).join('\n');
      expect(stored).to.contain('telemetry.record_refused').and.to.contain('order.placed');
    });

    it('keeps what cannot be written, drops the oldest, and reports the loss later', async () => {
      const clock = createVirtualClock(NOW);
      const telemetry = createCloudWatchTelemetry(client, { ...PLACE, linesMax: 3 }, clock);
      for (const event of ['a', 'b', 'c', 'd', 'e']) telemetry.record({ level: 'info', event });
      // No group yet, so nothing can be written: two are dropped for good, three still wait.
      const waiting = telemetry.flush(1_000);
      await clock.advance(1_000);
      expect(await waiting).to.deep.equal({ written: 0, dropped: 5, rejected: 0 });

      await ensureLogGroup(client, PLACE.logGroup);
      const report = await telemetry.flush(DEADLINE_MS);
      expect(report).to.deep.equal({ written: 3, dropped: 2, rejected: 0 });
      const lines = await readMessages(client, PLACE.logGroup);
      const events = lines.map((text) => /"event":"([^"]+)"/.exec(text)?.[1]);
      expect(events).to.deep.equal(['c', 'd', 'e', 'telemetry.records_lost']);
      expect(lines.at(-1)).to.contain('"dropped":2');
    });

    it('writes a full batch and a waiting record unasked, one put at a time', async () => {
      await ensureLogGroup(client, PLACE.logGroup);
      let inFlight = 0;
      let most = 0;
      let puts = 0;
      const send = client.send.bind(client) as (command: object) => Promise<object>;
      const countedSend = async (command: object): Promise<object> => {
        if (!(command instanceof PutLogEventsCommand)) return send(command);
        [inFlight, puts] = [inFlight + 1, puts + 1];
        most = Math.max(most, inFlight);
        return send(command).finally(() => {
          inFlight -= 1;
        });
      };
      Object.assign(client, { send: countedSend });
      const config = { ...PLACE, flushEveryMs: 1 };
      const telemetry = createCloudWatchTelemetry(client, config, createSystemClock());
      serviceTime = Date.now();
      const facts = { cause: 'x'.repeat(400_000) };
      for (let index = 0; index < 11; index += 1) {
        telemetry.record({ level: 'info', event: 'x', facts });
      }
      // Two of them fit a batch, and nobody asks for the last.
      await until('six batches are written', (see) => {
        see({ puts, inFlight });
        return puts >= 6 && inFlight === 0 ? puts : undefined;
      });
      expect(most).to.equal(1);
      const report = await telemetry.flush(DEADLINE_MS);
      expect(report).to.deep.equal({ written: 11, dropped: 0, rejected: 0 });
    });

    it('gives each line its own id, and no fact takes the place of a name (X7)', async () => {
      await ensureLogGroup(client, PLACE.logGroup);
      const telemetry = createCloudWatchTelemetry(client, PLACE, createVirtualClock(NOW));
      for (const event of ['a', 'b']) {
        telemetry.record({
          level: 'info',
          event,
          orderId: 'order-1',
          facts: { id: 'x', event: 'y', time: 'z', n: 1 },
        });
      }
      await telemetry.flush(DEADLINE_MS);
      const lines = (await readMessages(client, PLACE.logGroup)).map((text): unknown =>
        JSON.parse(text),
      );
      const common = { level: 'info', service: 'payments' };
      expect(lines[0]).to.deep.include({ ...common, event: 'a', orderId: 'order-1', n: 1 });
      // The event has it already, and each byte is billed.
      expect(lines[0]).not.to.have.property('time');
      const ids = lines.map((each) => /"id":"([0-9A-Z]{26})"/.exec(JSON.stringify(each))?.[1]);
      expect(new Set(ids).size).to.equal(2);
      expect(ids).to.not.include(undefined);
    });

    it('makes the log group once, with a retention, and leaves another choice alone', async () => {
      expect(await inspectLogGroup(client, PLACE.logGroup)).to.deep.equal(ok(undefined));
      expect(await ensureLogGroup(client, PLACE.logGroup, 90)).to.deep.equal(ok('Created'));
      expect(await ensureLogGroup(client, PLACE.logGroup, 30)).to.deep.equal(ok('AlreadyThere'));
      expect(await inspectLogGroup(client, PLACE.logGroup)).to.deep.equal(
        ok({ retentionDays: 90 }),
      );
    });
  });

  it('ends a flush at its deadline without an answer, and leaves no request behind', async () => {
    const silent = createServer();
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const asked = once(silent, 'connection');
    const { port } = silent.address() as AddressInfo;
    const silentClient = logsClientFor(`http://127.0.0.1:${port}`);
    const telemetry = createCloudWatchTelemetry(silentClient, PLACE, createSystemClock());
    telemetry.record({ level: 'info', event: 'x' });
    const report = await telemetry.flush(50);

    expect(report).to.deep.equal({ written: 0, dropped: 1, rejected: 0 });
    const [socket] = (await asked) as [Socket];
    // Without being given up, the request would last until the client's own limit, which is longer
    // than this test's.
    if (!socket.closed) await once(socket.resume(), 'close');
    silentClient.destroy();
    silent.close();
  }).timeout(0.8 * AWS_REQUEST_TIMEOUT_MS);
});
