import type { Message } from '@aws-sdk/client-sqs';
import { signatureOf } from './stripeEvents.ts';

/*
 * Events as AWS documents them, with every field of the page's example, those that nobody reads
 * too.
 */

/**
 * What a mapping makes of messages as SQS gave them:
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event
 */
export const mappedEvent = (messages: readonly Message[], queueUrl: string) => ({
  Records: messages.map((message) => ({
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes ?? {},
    messageAttributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(([name, given]) => [
        name,
        {
          stringValue: given.StringValue,
          stringListValues: [],
          binaryListValues: [],
          dataType: given.DataType,
        },
      ]),
    ),
    md5OfBody: message.MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:us-east-1:123456789012:${queueUrl.split('/').at(-1)}`,
    awsRegion: 'us-east-1',
  })),
});

/**
 * The body of a message that a rule of EventBridge sends for an event of Stripe's partner source:
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html and
 * https://docs.stripe.com/event-destinations/eventbridge
 */
export const partnerEvent = (detail: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({
    version: '0',
    id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
    'detail-type': detail['type'],
    source: 'aws.partner/stripe.com/ed_test_61RPqLqW5kK7',
    account: '111122223333',
    time: '2026-11-29T18:43:48Z',
    region: 'us-east-1',
    resources: [
      'arn:aws:events:us-east-1::event-source/aws.partner/stripe.com/ed_test_61RPqLqW5kK7',
    ],
    detail,
  });

/**
 * Of a function URL:
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-request-payload
 */
export const urlEvent = (
  payload: string,
  { base64 = false, signature = signatureOf(payload, { at: Date.now() }) } = {},
) => ({
  version: '2.0',
  routeKey: '$default',
  rawPath: '/',
  rawQueryString: '',
  headers: {
    'content-type': 'application/json; charset=utf-8',
    'stripe-signature': signature,
    'x-forwarded-proto': 'https',
    'x-amzn-trace-id': 'Root=1-62ecd163-5f302e550dcde3b12402207d',
    host: 'url-id.lambda-url.us-east-1.on.aws',
  },
  requestContext: {
    accountId: 'anonymous',
    apiId: 'url-id',
    authentication: null,
    domainName: 'url-id.lambda-url.us-east-1.on.aws',
    domainPrefix: 'url-id',
    http: {
      method: 'POST',
      path: '/',
      protocol: 'HTTP/1.1',
      sourceIp: '192.0.2.1',
      userAgent: 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
    },
    requestId: '6e3f2d1c-8f0a-4a54-9d6b-0a3f5c1e7b42',
    routeKey: '$default',
    stage: '$default',
    time: '29/Nov/2026:19:03:58 +0000',
    timeEpoch: 1_795_979_038_390,
  },
  body: base64 ? Buffer.from(payload).toString('base64') : payload,
  pathParameters: null,
  isBase64Encoded: base64,
  stageVariables: null,
});

/**
 * Of a rule with a schedule:
 * https://docs.aws.amazon.com/lambda/latest/dg/with-scheduled-events.html
 */
export const SCHEDULED_EVENT = {
  version: '0',
  account: '123456789012',
  region: 'us-east-1',
  detail: {},
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  time: '2026-11-29T01:23:45Z',
  id: 'cdc73f9d-aea9-11e3-9d5a-835b769c0d9c',
  resources: ['arn:aws:events:us-east-1:123456789012:rule/my-schedule'],
};
