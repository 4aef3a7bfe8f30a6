import { expect } from 'chai';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { createCloudWatchLogsClient } from '../../src/adapters/aws/clients.ts';
import { ensureLogGroup, readLogEvents } from '../../src/adapters/cloudwatch/logGroup.ts';
import { createCloudWatchLogSearch } from '../../src/adapters/cloudwatch/logSearch.ts';
import { createCloudWatchTelemetry } from '../../src/adapters/cloudwatch/telemetry.ts';
import { createSystemClock } from '../../src/adapters/system/clock.ts';
import type { MakeLogSearch } from '../contracts/logSearch.contract.ts';
import type { MakeTelemetry } from '../contracts/telemetry.contract.ts';

const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

export const logsClientFor = (endpoint: string): CloudWatchLogsClient =>
  createCloudWatchLogsClient({ region: 'us-east-1', endpoint, credentials: CREDENTIALS });

export const readMessages = async (client: CloudWatchLogsClient, logGroup: string) => {
  const events = await readLogEvents(client, { logGroup, eventsMax: 100_000 });
  return events.isOk()
    ? events.value.map(({ message }) => message)
    : expect.fail(JSON.stringify(events));
};

/** For the contract: a group of its own for every adapter. */
export const makeCloudWatchTelemetry =
  (address: () => string): MakeTelemetry =>
  async ({ recordsMax } = {}) => {
    const client = logsClientFor(address());
    const logGroup = `/paidonce/test/${crypto.randomUUID()}`;
    const made = await ensureLogGroup(client, logGroup);
    expect(made.isOk()).to.equal(true);
    const config = { logGroup, logStream: 'worker/1', service: 'payments' };
    const bounds = recordsMax === undefined ? {} : { linesMax: recordsMax };
    return {
      telemetry: createCloudWatchTelemetry(client, { ...config, ...bounds }, createSystemClock()),
      read: () => readMessages(client, logGroup),
      close: () => Promise.resolve(client.destroy()),
    };
  };

/** As above, with as many processes that write as a test wants. */
export const makeCloudWatchLogSearch =
  (address: () => string): MakeLogSearch =>
  async ({ recordsMax } = {}) => {
    const client = logsClientFor(address());
    const logGroup = `/paidonce/test/${crypto.randomUUID()}`;
    expect((await ensureLogGroup(client, logGroup)).isOk()).to.equal(true);
    const clock = createSystemClock();
    return {
      log: createCloudWatchLogSearch(client, {
        logGroup,
        ...(recordsMax === undefined ? {} : { eventsMax: recordsMax }),
      }),
      telemetry: (logStream) =>
        createCloudWatchTelemetry(client, { logGroup, logStream, service: 'payments' }, clock),
      close: () => Promise.resolve(client.destroy()),
    };
  };
