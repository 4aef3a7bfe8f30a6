import type { ServerResponse } from 'node:http';
import { PutLogEventsCommand, type CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import {
  BatchExecuteStatementCommand,
  BatchGetItemCommand,
  PutItemCommand,
  QueryCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import {
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { type Attachment, SendEmailCommand, type SESv2Client } from '@aws-sdk/client-sesv2';
import { expect } from 'chai';
import {
  createCloudWatchLogsClient,
  createDynamoDbClient,
  openSesClient,
  createSqsClient,
  createSqsReceiveClient,
} from '../../../src/adapters/aws/clients.ts';
import { createMeter } from '../../../src/adapters/aws/meter.ts';
import { md5Of } from '../../../src/adapters/md5.ts';
import { startScriptedServer, type ScriptedServer } from '../../support/scriptedServer.ts';

type Client = Pick<CloudWatchLogsClient | DynamoDBClient | SESv2Client | SQSClient, 'send'>;
type Reply = { readonly status?: number; readonly body: object } | 'cut' | 'torn';

/** A part of something longer: nothing of the rest may be sent. */
const BYTES = Uint8Array.of(1, 0, 127, 128, 255, 2).subarray(1, 5);
const BODY = '{"text":"ä \u2028 \\" 💶"}';
const ERROR = { __type: 'com.amazonaws.dynamodb.v20120810#ValidationException', message: 'no' };

describe('a call without the SDK’s middleware', () => {
  let server: ScriptedServer;
  let replies: Reply[];
  let answer: object;

  beforeEach(async () => {
    [replies, answer] = [[], {}];
    server = await startScriptedServer((response: ServerResponse) => {
      const reply = replies.shift() ?? { body: answer };
      if (reply === 'cut') {
        response.destroy();
        return;
      }
      const { status = 200, body } = reply === 'torn' ? { body: '{"Mess' } : reply;
      response.writeHead(status, {
        'content-type': 'application/x-amz-json-1.0',
        'x-amzn-requestid': 'r-1',
      });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  afterEach(() => server.close());

  const settings = (parts: 'lean' | 'original' = 'lean') => {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const meter = createMeter();
    return { region: 'us-east-1', endpoint: server.url, credentials, parts, meter };
  };
  const batch = (Statement: string) =>
    new BatchExecuteStatementCommand({
      Statements: [{ Statement, Parameters: [{ S: BODY }, { N: '1' }, { B: BYTES }] }],
      ReturnConsumedCapacity: 'TOTAL',
    });
  const sends = () => {
    const MessageAttributes = { chain: { DataType: 'String', StringValue: 'ö' } };
    const Entries = [{ Id: '0', MessageBody: BODY, MessageAttributes, MessageGroupId: 'c' }];
    return new SendMessageBatchCommand({ QueueUrl: `${server.url}/1/q`, Entries });
  };

  const mail = (files: Attachment[] = []) =>
    new SendEmailCommand({
      FromEmailAddress: 'shop@example.com',
      Destination: { ToAddresses: ['c@example.com'] },
      Content: {
        Simple: {
          Subject: { Data: BODY, Charset: 'UTF-8' },
          Body: { Text: { Data: BODY }, Html: { Data: BODY } },
          Headers: [{ Name: 'X-Key', Value: 'o-1:receipt' }],
          ...(files.length > 0 && { Attachments: files }),
        },
      },
    });

  /** Each hot operation, with an answer to it. */
  const OPERATIONS: Readonly<
    Record<
      string,
      {
        readonly open: (given: ReturnType<typeof settings>) => Client | Promise<Client>;
        readonly command: () => object;
        readonly answered: object;
      }
    >
  > = {
    BatchExecuteStatement: {
      open: createDynamoDbClient,
      command: () => batch('INSERT'),
      answered: {
        Responses: [
          { TableName: 'events' },
          { Error: { Code: 'DuplicateItem', Message: 'there' } },
        ],
        ConsumedCapacity: [{ TableName: 'events', CapacityUnits: 2 }],
      },
    },
    Query: {
      open: createDynamoDbClient,
      command: () =>
        new QueryCommand({
          TableName: 'keys',
          ConsistentRead: true,
          KeyConditionExpression: '#o = :o',
          ExpressionAttributeNames: { '#o': 'owner' },
          ExpressionAttributeValues: { ':o': { S: BODY } },
        }),
      answered: {
        Items: [{ owner: { S: BODY }, at: { N: '1' }, wrapped: { B: 'AH+A/w==' } }],
        LastEvaluatedKey: { owner: { S: 'a' } },
        Count: 1,
      },
    },
    BatchGetItem: {
      open: createDynamoDbClient,
      command: () => {
        const asked = { Keys: [{ orderId: { S: BODY } }], ConsistentRead: true };
        return new BatchGetItemCommand({ RequestItems: { invoices: asked } });
      },
      answered: {
        Responses: { invoices: [{ orderId: { S: BODY }, version: { N: '4' } }] },
        UnprocessedKeys: { invoices: { Keys: [{ orderId: { S: 'o-2' } }] } },
        ConsumedCapacity: [{ TableName: 'invoices', CapacityUnits: 1 }],
      },
    },
    PutItem: {
      open: createDynamoDbClient,
      command: () =>
        new PutItemCommand({ TableName: 'keys', Item: { owner: { S: BODY }, kek: { B: BYTES } } }),
      answered: { ConsumedCapacity: { TableName: 'keys', CapacityUnits: 1 } },
    },
    SendMessageBatch: {
      open: createSqsClient,
      command: sends,
      answered: { Successful: [{ Id: '0', MessageId: 'm', MD5OfMessageBody: md5Of(BODY) }] },
    },
    DeleteMessageBatch: {
      open: createSqsClient,
      command: () =>
        new DeleteMessageBatchCommand({
          QueueUrl: `${server.url}/1/q`,
          Entries: [{ Id: '0', ReceiptHandle: 'AQ+/=' }],
        }),
      answered: {
        Successful: [],
        Failed: [{ Id: '0', Code: 'ReceiptHandleIsInvalid', SenderFault: true, Message: 'no' }],
      },
    },
    SendEmail: {
      open: openSesClient,
      command: () => mail(),
      answered: { MessageId: 'm-1' },
    },
    'SendEmail with a file': {
      open: openSesClient,
      command: () => mail([{ FileName: 'ä.pdf', RawContent: BYTES }]),
      answered: { MessageId: 'm-1' },
    },
    PutLogEvents: {
      open: createCloudWatchLogsClient,
      command: () =>
        new PutLogEventsCommand({
          logGroupName: 'paidonce',
          logStreamName: 's-1',
          logEvents: [{ timestamp: 1_796_129_756_329, message: BODY }],
        }),
      answered: { rejectedLogEventsInfo: { tooOldLogEventEndIndex: 1 } },
    },
    ReceiveMessage: {
      open: createSqsReceiveClient,
      command: () =>
        new ReceiveMessageCommand({
          QueueUrl: `${server.url}/1/q`,
          MaxNumberOfMessages: 10,
          WaitTimeSeconds: 1,
          VisibilityTimeout: 30,
          MessageAttributeNames: ['All'],
          MessageSystemAttributeNames: ['SentTimestamp'],
        }),
      answered: {
        Messages: [
          {
            MessageId: 'm',
            ReceiptHandle: 'AQ',
            Body: BODY,
            Attributes: { SentTimestamp: '17' },
            MessageAttributes: { chain: { DataType: 'String', StringValue: 'ö' } },
          },
        ],
      },
    },
  };

  /** An output, without what services like S3 alone say of it. */
  const ask = async (client: Client, command: object): Promise<object> => {
    const { $metadata, ...output } = (await Reflect.apply(client.send, client, [command])) as {
      readonly $metadata: object;
    };
    const said = Object.entries($metadata).filter(([, value]) => value !== undefined);
    return { ...output, $metadata: Object.fromEntries(said) };
  };
  const failureOf = (work: Promise<unknown>): Promise<Error> =>
    work.then(
      () => expect.fail('it was answered'),
      (error: Error) => error,
    );

  /** Of its own has each request a time, an id, and a signature over them. */
  const OWN = ['x-amz-date', 'amz-sdk-invocation-id', 'authorization'];
  const requestAt = (index: number) => {
    const { headers = {}, body = '', ...request } = server.seen[index] ?? {};
    const [own, common] = [new Map<string, unknown>(), new Map<string, unknown>()];
    for (const [name, value] of Object.entries(headers)) {
      // The order of the parts of a body is free.
      if (name === 'x-amz-content-sha256') continue;
      (OWN.includes(name) ? own : common).set(name, value);
    }
    const [scope, signed] = String(own.get('authorization')).split(', ');
    return {
      own,
      common: { ...request, headers: Object.fromEntries(common), scope, signed },
      body: JSON.parse(body) as unknown,
    };
  };

  /** How often the SDK sends a call of the client. */
  const countSdk = ({ middlewareStack }: Pick<DynamoDBClient, 'middlewareStack'>) => {
    let bySdk = 0;
    middlewareStack.add(
      (next) => async (args) => {
        bySdk += 1;
        return next(args);
      },
      { step: 'initialize', name: 'count' },
    );
    return (): number => bySdk;
  };

  for (const [name, { open, command, answered }] of Object.entries(OPERATIONS)) {
    it(`is the request of the SDK, and gives its output: ${name}`, async () => {
      answer = answered;
      const client = await open(settings());
      const sentBySdk = countSdk(client as object as DynamoDBClient);
      const bySdk = await ask(client, command());
      const directly = await ask(client, command());
      expect(sentBySdk()).to.equal(1);
      const byOriginal = await ask(await open(settings('original')), command());

      expect(directly).to.deep.equal(bySdk);
      expect(directly).to.deep.equal(byOriginal);
      const [first, second] = [requestAt(0), requestAt(1)];
      expect(second.common).to.deep.equal(first.common);
      expect(second.body).to.deep.equal(first.body);
      expect([...second.own.keys()]).to.have.members(OWN);
      expect(second.own.get('amz-sdk-invocation-id')).to.not.equal(
        first.own.get('amz-sdk-invocation-id'),
      );
    });
  }

  const outcomeOf = (sending: Promise<object>): Promise<object> =>
    sending.then(
      (output) => output,
      ({ name, message }: Error) => ({ name, message }),
    );

  for (const [name, { open, command, answered }] of Object.entries(OPERATIONS)) {
    it(`is judged by the SDK where it was answered by what is no JSON: ${name}`, async () => {
      const ending = async (parts?: 'original') => {
        answer = answered;
        const client = await open(settings(parts));
        await ask(client, command());
        const before = server.seen.length;
        replies = ['torn'];
        const outcome = await outcomeOf(ask(client, command()));
        return { outcome, sent: server.seen.length - before };
      };
      expect(await ending()).to.deep.equal(await ending('original'));
    });
  }

  /** A client that knows by now how its call is sent, and how often the SDK sent one. */
  const prepared = async (changes: Partial<DynamoDBClient['config']> = {}) => {
    const given = settings();
    const client = createDynamoDbClient(given);
    Object.assign(client.config, changes);
    const bySdk = countSdk(client);
    answer = { Responses: [{ TableName: 'events' }] };
    await client.send(batch('first'));
    return { client, meter: given.meter, bySdk };
  };

  it('is counted, and takes nothing of the SDK', async () => {
    const { client, meter, bySdk } = await prepared();
    await client.send(batch('second'));
    expect(bySdk()).to.equal(1);
    expect(meter.usage().requests).to.deep.equal({ BatchExecuteStatement: 2 });
  });

  it('is not made where the SDK’s own parts are wanted', () => {
    expect(Object.hasOwn(createDynamoDbClient(settings('original')), 'send')).to.equal(false);
  });

  for (const [what, reply] of Object.entries({
    'was answered with 500': { status: 500, body: {} },
    'lost its connection': 'cut',
    'was throttled': { status: 400, body: { __type: 'ThrottlingException', message: 'slower' } },
    'has an answer that cannot be read': { body: { nothing: 1 }, status: 503 },
  } as const)) {
    it(`is repeated by the SDK where it ${what}, as after a first attempt of its own`, async () => {
      const { client, meter, bySdk } = await prepared();
      replies = [reply];
      const { Responses } = await client.send(batch('second'));
      expect(Responses).to.deep.equal([{ TableName: 'events' }]);
      expect(bySdk()).to.equal(2);
      expect(server.seen).to.have.length(3);
      expect(server.seen[2]?.headers['amz-sdk-request']).to.equal('attempt=2; max=3');
      expect(meter.usage().requests).to.deep.equal({ BatchExecuteStatement: 3 });
    });
  }

  it('fails with the SDK’s error where it was refused, and is not sent twice', async () => {
    const { client } = await prepared();
    replies = [{ status: 400, body: ERROR }];
    const failure = await failureOf(client.send(batch('second')));
    expect(failure.name).to.equal('ValidationException');
    expect(server.seen).to.have.length(2);
  });

  it('fails with the SDK’s error where the condition of a put fails', async () => {
    const client = createDynamoDbClient(settings());
    const put = new PutItemCommand({ TableName: 'keys', Item: { owner: { S: 'o' } } });
    await client.send(put);
    replies = [{ status: 400, body: { __type: 'ConditionalCheckFailedException' } }];
    const failure = await failureOf(client.send(put));
    expect(failure.name).to.equal('ConditionalCheckFailedException');
    expect(server.seen).to.have.length(2);
  });

  it('is judged by the SDK where its answer is not what the operation gives', async () => {
    const { client, bySdk } = await prepared();
    replies = [{ body: { nothing: 1 } }];
    await client.send(batch('second'));
    expect(bySdk()).to.equal(2);
    expect(server.seen).to.have.length(2);
  });

  it('fails for a wrong checksum as the SDK does, sent once', async () => {
    const client = createSqsClient(settings());
    answer = { Successful: [{ Id: '0', MD5OfMessageBody: md5Of(BODY) }] };
    await client.send(sends());
    answer = { Successful: [{ Id: '0', MD5OfMessageBody: md5Of('else') }] };
    const failure = await failureOf(client.send(sends()));
    expect(failure.message).to.match(/checksum/iu);
    expect(server.seen).to.have.length(2);
  });

  for (const [what, reply] of Object.entries({
    'was answered with 500': { status: 500, body: {} },
    'lost its connection': 'cut',
    'was throttled': { status: 429, body: { __type: 'TooManyRequestsException' } },
    'was refused': { status: 400, body: { __type: 'MessageRejected', message: 'no' } },
    'was answered by what is no JSON': 'torn',
  } as const)) {
    it(`sends a mail once where it ${what}, and gives what the SDK gives`, async () => {
      answer = { MessageId: 'm-1' };
      const client = await openSesClient(settings());
      await client.send(mail());
      replies = [reply];
      const directly = await outcomeOf(ask(client, mail()));
      expect(server.seen).to.have.length(2);
      replies = [reply];
      const bySdk = await outcomeOf(ask(await openSesClient(settings()), mail()));

      expect(directly).to.deep.equal(bySdk);
      expect(server.seen).to.have.length(3);
    });
  }

  it('leaves attributes of other types to the SDK', async () => {
    const client = createDynamoDbClient(settings());
    const query = new QueryCommand({ TableName: 'keys' });
    answer = { Items: [] };
    await client.send(query);
    answer = { Items: [{ all: { L: [{ B: 'AA==' }] } }] };
    const { Items } = await client.send(query);
    expect(Items).to.deep.equal([{ all: { L: [{ B: Uint8Array.of(0) }] } }]);
  });

  it('leaves a message with an attribute of bytes to the SDK', async () => {
    const client = createSqsReceiveClient(settings());
    const receive = new ReceiveMessageCommand({ QueueUrl: `${server.url}/1/q` });
    await client.send(receive);
    const named = { chain: { DataType: 'Binary', BinaryValue: 'AA==' } };
    answer = { Messages: [{ Body: '', MessageAttributes: named }] };
    const { Messages } = await client.send(receive);
    expect(Messages?.[0]?.MessageAttributes?.['chain']?.BinaryValue).to.deep.equal(
      Uint8Array.of(0),
    );
  });

  it('ends when its signal fires', async () => {
    const { client } = await prepared();
    const abort = new AbortController();
    abort.abort();
    const failure = await failureOf(client.send(batch('x'), { abortSignal: abort.signal }));
    expect(failure.name).to.equal('AbortError');
    expect(server.seen).to.have.length(1);
  });

  it('restores the retries that others have used up, as the SDK’s own successes do', async () => {
    const { client } = await prepared();
    const retries = (await client.config.retryStrategy()) as unknown as { getCapacity(): number };
    replies = Array.from({ length: 3 }, () => ({ status: 500, body: {} }));
    await failureOf(client.send(batch('second')));
    const after = retries.getCapacity();
    await client.send(batch('third'));
    expect(retries.getCapacity()).to.equal(after + 1);
  });

  it('goes by the SDK once a minute, since credentials may be of another account', async () => {
    const { client, bySdk } = await prepared();
    const { now } = Date;
    Date.now = () => now() + 61_000;
    try {
      await client.send(batch('second'));
    } finally {
      Date.now = now;
    }
    expect(bySdk()).to.equal(2);
  });

  it('goes as a first attempt goes, also after a call that needed two', async () => {
    replies = [{ status: 500, body: {} }];
    const { client, bySdk } = await prepared();
    for (const text of ['second', 'third']) await client.send(batch(text));
    expect(bySdk()).to.equal(2);
    expect(server.seen.map(({ headers }) => headers['amz-sdk-request'])).to.deep.equal([
      'attempt=1; max=3',
      'attempt=2; max=3',
      'attempt=1; max=3',
      'attempt=1; max=3',
    ]);
  });

  it('goes by the SDK where it cannot be signed', async () => {
    const outages: Error[] = [];
    const expired = { ...settings().credentials, expiration: new Date(0) };
    const credentials = () => {
      const outage = outages.pop();
      return outage === undefined ? Promise.resolve(expired) : Promise.reject(outage);
    };
    const { client, bySdk } = await prepared({ credentials });
    outages.push(new Error('no credentials'));
    await client.send(batch('second'));
    expect(bySdk()).to.equal(2);
    outages.push(new Error('no credentials'), new Error('none either'));
    expect(await failureOf(client.send(batch('third')))).to.include({ message: 'no credentials' });
  });

  it('is known of a hundred queues at most', async () => {
    const client = createSqsClient(settings());
    answer = { Successful: [] };
    const Entries = [{ Id: '0', ReceiptHandle: 'r' }];
    const bySdk = countSdk(client as object as DynamoDBClient);
    const deleteIn = (queue: number) =>
      client.send(new DeleteMessageBatchCommand({ QueueUrl: `${server.url}/1/${queue}`, Entries }));
    for (let queue = 0; queue <= 100; queue += 1) await deleteIn(queue);
    await deleteIn(100);
    expect(bySdk()).to.equal(101);
    await deleteIn(0);
    expect(bySdk()).to.equal(102);
  });

  it('goes by the SDK in a function, where each request has a trace of its own', async () => {
    const { _X_AMZN_TRACE_ID: trace, AWS_LAMBDA_FUNCTION_NAME: name } = process.env;
    process.env['AWS_LAMBDA_FUNCTION_NAME'] = 'payments';
    try {
      process.env['_X_AMZN_TRACE_ID'] = 'Root=1-a';
      const { client } = await prepared();
      process.env['_X_AMZN_TRACE_ID'] = 'Root=1-b';
      await client.send(batch('second'));
      expect(server.seen.map(({ headers }) => headers['x-amzn-trace-id'])).to.deep.equal([
        'Root=1-a',
        'Root=1-b',
      ]);
    } finally {
      if (trace === undefined) delete process.env['_X_AMZN_TRACE_ID'];
      else process.env['_X_AMZN_TRACE_ID'] = trace;
      if (name === undefined) delete process.env['AWS_LAMBDA_FUNCTION_NAME'];
      else process.env['AWS_LAMBDA_FUNCTION_NAME'] = name;
    }
  });
});
