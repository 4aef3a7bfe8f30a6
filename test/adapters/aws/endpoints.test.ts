import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { GetAccountCommand } from '@aws-sdk/client-sesv2';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { expect } from 'chai';
import {
  createCloudWatchLogsClient,
  createDynamoDbClient,
  openSesClient,
  createSqsClient,
  type AwsSettings,
} from '../../../src/adapters/aws/clients.ts';
import { startProxy, type TestProxy } from '../../support/proxy.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';

const CREDENTIALS = { accessKeyId: 'a', secretAccessKey: 'b' };

/** A proxy sees where a client wants to go, and lets nothing leave this machine. */
describe('where the AWS clients go', () => {
  let proxy: TestProxy;
  beforeEach(async () => {
    proxy = await startProxy({
      ports: {},
      react: (_request, socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'),
    });
  });
  afterEach(() => proxy.close());

  /** The hosts that each of the four services is asked at, by its client. */
  const hostsOf = async (given: Partial<AwsSettings> & Pick<AwsSettings, 'region'>) => {
    const settings = { credentials: CREDENTIALS, ...given, proxies: { https: proxy.url } };
    // Not in the region, as a queue URL of a VPC endpoint is not.
    const QueueUrl = `https://sqs.${given.region}.amazonaws.com/111122223333/payments`;
    const clients = {
      sqs: createSqsClient(settings),
      dynamoDb: createDynamoDbClient(settings),
      logs: createCloudWatchLogsClient(settings),
      ses: await openSesClient(settings),
    };
    const hosts: string[] = [];
    for (const ask of [
      () => clients.sqs.send(new GetQueueAttributesCommand({ QueueUrl })),
      () => clients.dynamoDb.send(new DescribeTableCommand({ TableName: 'events' })),
      () => clients.logs.send(new DescribeLogGroupsCommand({})),
      () => clients.ses.send(new GetAccountCommand({})),
    ]) {
      await ask().then(
        () => expect.fail('it was answered'),
        () => undefined,
      );
      hosts.push(proxy.asked.at(-1)?.to ?? 'nowhere');
    }
    for (const client of Object.values(clients)) client.destroy();
    return hosts;
  };

  it('is the region, without FIPS, whatever the environment says to the SDK', async () => {
    process.env['AWS_USE_FIPS_ENDPOINT'] = 'true';
    try {
      expect(await hostsOf({ region: 'us-east-1' })).to.deep.equal([
        'sqs.us-east-1.amazonaws.com:443',
        'dynamodb.us-east-1.amazonaws.com:443',
        'logs.us-east-1.amazonaws.com:443',
        'email.us-east-1.amazonaws.com:443',
      ]);
    } finally {
      delete process.env['AWS_USE_FIPS_ENDPOINT'];
    }
  });

  it('is FIPS for every service, for a queue too whose URL has another host', async () => {
    expect(await hostsOf({ region: 'us-east-1', fips: true })).to.deep.equal([
      'sqs-fips.us-east-1.amazonaws.com:443',
      'dynamodb-fips.us-east-1.amazonaws.com:443',
      'logs-fips.us-east-1.amazonaws.com:443',
      'email-fips.us-east-1.amazonaws.com:443',
    ]);
  });

  it('is an endpoint with IPv6 for every service', async () => {
    const [sqs, dynamoDb] = await hostsOf({ region: 'eu-central-1', dualStack: true });
    expect(sqs).to.equal('sqs.eu-central-1.api.aws:443');
    expect(dynamoDb).to.equal('dynamodb.eu-central-1.api.aws:443');
  });

  it('is in the partition of the region', async () => {
    for (const [region, domain] of [
      ['eusc-de-east-1', 'amazonaws.eu'],
      ['cn-north-1', 'amazonaws.com.cn'],
      ['us-iso-east-1', 'c2s.ic.gov'],
      ['us-isob-east-1', 'sc2s.sgov.gov'],
      ['eu-isoe-west-1', 'cloud.adc-e.uk'],
      ['us-isof-south-1', 'csp.hci.ic.gov'],
    ] as const) {
      const [, dynamoDb] = await hostsOf({ region });
      expect(dynamoDb).to.equal(`dynamodb.${region}.${domain}:443`);
    }
  });

  it('is STS first where a role of a web identity is to be taken, by the same proxy', async () => {
    const folder = await makeTemporaryFolder();
    const token = join(folder.path, 'token');
    await writeFile(token, 'a.b.c');
    const { AWS_ACCESS_KEY_ID: id } = process.env;
    delete process.env['AWS_ACCESS_KEY_ID'];
    process.env['AWS_ROLE_ARN'] = 'arn:aws:iam::111122223333:role/worker';
    process.env['AWS_WEB_IDENTITY_TOKEN_FILE'] = token;
    try {
      const proxies = { https: proxy.url };
      const client = createDynamoDbClient({ region: 'eu-central-1', proxies });
      await client.send(new DescribeTableCommand({ TableName: 'events' })).then(
        () => expect.fail('it was answered'),
        () => undefined,
      );
      client.destroy();
      expect(proxy.asked.map(({ to }) => to)).to.include('sts.eu-central-1.amazonaws.com:443');
    } finally {
      delete process.env['AWS_ROLE_ARN'];
      delete process.env['AWS_WEB_IDENTITY_TOKEN_FILE'];
      if (id !== undefined) process.env['AWS_ACCESS_KEY_ID'] = id;
      await folder.remove();
    }
  });
});
