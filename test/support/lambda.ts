import { createHash } from 'node:crypto';
import type { ContentV1 } from '../../src/domain/order/index.ts';
import { anOrder } from './orderLife.ts';

/** EUR 19.99 and 7 % tax: 21.39. */
export const order = (orderId: string): ContentV1 =>
  anOrder({
    orderId,
    customer: { id: 'c-1', email: `${orderId}@example.com` },
    lines: [{ sku: 'B', description: 'Book', quantity: 1, unitPriceMinor: 1999, taxRateBps: 700 }],
  });

/** A PlaceOrder as a shop would send it. */
export const orderBody = (orderId: string): string =>
  JSON.stringify({ type: 'PlaceOrder', v: 1, ...order(orderId) });

export const ORDER_BODY = orderBody('o-1');

/**
 * What a queue gets that is subscribed to a topic without raw delivery (SNS Developer Guide,
 * fan-out to SQS).
 */
export const snsEnvelope = (
  Message: string,
  more: Readonly<Record<string, unknown>> = {},
): string =>
  JSON.stringify({
    Type: 'Notification',
    MessageId: '63a3f6b6-d533-4a47-aef9-fcf5cf758c76',
    TopicArn: 'arn:aws:sns:us-west-2:123456789012:MyTopic',
    Subject: 'Testing publish to subscribed queues',
    Message,
    Timestamp: '2012-03-29T05:12:16.901Z',
    SignatureVersion: '1',
    Signature: 'EXAMPLEnTrFPa3+/=',
    SigningCertURL:
      'https://sns.us-west-2.amazonaws.com/SimpleNotificationService-f3ecfb7224c7233fe7bb5f59f96de52f.pem',
    UnsubscribeURL:
      'https://sns.us-west-2.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=arn:aws:sns:us-west-2:123456789012:MyTopic:c7fe3a54-ab0e-4ec2-88e0-db410a0f2bee',
    ...more,
  });

const ARN = 'arn:aws:sqs:us-east-2:123456789012:my-queue';

/**
 * One record of the event that a mapping sends (Lambda Developer Guide, "Using Lambda with Amazon
 * SQS").
 */
export const sqsRecord = (body: string, more: Readonly<Record<string, unknown>> = {}) => ({
  messageId: '059f36b4-87a3-44ab-83d2-661975830a7d',
  receiptHandle: 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a...',
  body,
  attributes: {
    ApproximateReceiveCount: '1',
    SentTimestamp: '1545082649183',
    SenderId: 'AIDAIENQZJOLO23YVJ4VO',
    ApproximateFirstReceiveTimestamp: '1545082649185',
  },
  messageAttributes: {},
  md5OfBody: createHash('md5').update(body, 'utf8').digest('hex'),
  eventSource: 'aws:sqs',
  eventSourceARN: ARN,
  awsRegion: 'us-east-2',
  ...more,
});
