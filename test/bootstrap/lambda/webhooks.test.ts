import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { createMemoryTelemetry } from '../../../src/adapters/memory/telemetry.ts';
import { createSqsMessageQueue } from '../../../src/adapters/sqs/messageQueue.ts';
import { parseConfig } from '../../../src/bootstrap/config.ts';
import { createWebhooksFunction } from '../../../src/bootstrap/lambda/functions.ts';
import { createQueue, embeddedSqs, localSqsClients } from '../../support/sqs.ts';
import { signatureOf, stripeEvent, WEBHOOK_SECRET } from '../../support/stripeEvents.ts';

const PAID = JSON.stringify(
  stripeEvent('payment_intent.succeeded', {
    object: 'payment_intent',
    id: 'pi_1234567',
    status: 'succeeded',
    metadata: {},
  }),
);

/**
 * Of a function URL:
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-request-payload
 */
const requestOf = (body: string, more: Readonly<Record<string, unknown>> = {}) => ({
  version: '2.0',
  routeKey: '$default',
  rawPath: '/',
  rawQueryString: '',
  headers: {
    'content-type': 'application/json; charset=utf-8',
    'stripe-signature': signatureOf(body, { at: Date.now() }),
  },
  requestContext: { http: { method: 'POST', path: '/', sourceIp: '192.0.2.1' } },
  body,
  isBase64Encoded: false,
  ...more,
});

describe('The Lambda function of webhooks', () => {
  let server: Awaited<ReturnType<typeof embeddedSqs>>;
  let clients: ReturnType<typeof localSqsClients>;
  let queueUrl: string;
  const telemetry = createMemoryTelemetry();

  before(async () => {
    server = await embeddedSqs();
    clients = localSqsClients(server.url);
    queueUrl = (await createQueue(clients)).url;
  });
  after(async () => {
    clients.client.destroy();
    clients.receiveClient.destroy();
    await server.remove();
  });

  const functionOn = (env: Readonly<Record<string, string>> = {}) => {
    // No more than this: neither the key of the gateway nor a table.
    const given = {
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL_SQS: server.url,
      PAYMENTS_QUEUE_URL: queueUrl,
      STRIPE_WEBHOOK_SECRETS: WEBHOOK_SECRET,
      WEBHOOK_DELAY_MS: '0',
      ...env,
    };
    return createWebhooksFunction({
      config: (needs) =>
        parseConfig(given, { needs }).map((config) => ({
          ...config,
          credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
        })),
      telemetry: () => telemetry,
    });
  };
  const received = async () =>
    (
      await createSqsMessageQueue(clients, { queueUrl }).receive({
        max: 10,
        waitMs: 0,
        visibilityMs: 10_000,
      })
    )._unsafeUnwrap();

  it('has a call in the queue before it answers 200', async () => {
    expect(await functionOn()(requestOf(PAID))).to.deep.equal({ statusCode: 200, body: '' });
    const [message] = await received();
    expect(JSON.parse(message?.body ?? '')).to.deep.include({ type: 'GatewayEvent', v: 1 });
  });

  it('reads a body in base64', async () => {
    const body = Buffer.from(PAID).toString('base64');
    const request = { ...requestOf(PAID), body, isBase64Encoded: true };
    expect(await functionOn()(request)).to.deep.equal({ statusCode: 200, body: '' });
    expect(await received()).to.have.length(1);
  });

  it('refuses what nobody signed, and any other method', async () => {
    const invoke = functionOn();
    expect(await invoke({ ...requestOf(PAID), headers: {} })).to.deep.equal({
      statusCode: 400,
      body: '',
    });
    const get = { requestContext: { http: { method: 'GET' } } };
    expect(await invoke(requestOf(PAID, get))).to.deep.include({ statusCode: 405 });
    expect(await received()).to.have.length(0);
    expect(telemetry.records().at(-1)).to.deep.include({
      level: 'warn',
      event: 'webhooks.call',
      outcome: 'refused',
      facts: { cause: 'there is no signature' },
    });
  });

  it('answers 503, with a record, where the queue is missing', async () => {
    const invoke = functionOn({ PAYMENTS_QUEUE_URL: `${queueUrl}-missing` });
    expect(await invoke(requestOf(PAID))).to.deep.include({ statusCode: 503 });
    expect(telemetry.records().at(-1)).to.deep.include({
      level: 'error',
      event: 'webhooks.call',
      outcome: 'not queued',
    });
  });

  it('fails by name for an event that no HTTP request made, and without its settings', async () => {
    const failure = async (invoked: Promise<unknown>): Promise<string> =>
      invoked.then(String, (error: Error) => `${error.name}: ${error.message}`);

    expect(await failure(functionOn()({ Records: [] }))).to.match(/^NotFromHttp: /);
    expect(await failure(functionOn({ STRIPE_WEBHOOK_SECRETS: 'x' })(requestOf(PAID)))).to.match(
      /^Configuration: STRIPE_WEBHOOK_SECRETS is not a list/,
    );
  });
});
