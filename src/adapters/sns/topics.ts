import type { SNSClient } from '@aws-sdk/client-sns';
import { err, ok, okAsync, ResultAsync, type Result } from 'neverthrow';
import type { DependencyError } from '../../application/ports/failures.ts';
import { toCallError } from '../aws/batchCalls.ts';
import { readAwsError } from '../aws/errors.ts';
import { misconfigured, unavailable } from '../failures.ts';

/** Opened with the first call: a process that never publishes needs no SDK. */
export type OpenSns = () => Promise<SNSClient>;

export type TopicError = DependencyError;

export type TopicFacts = { readonly subscriptions: number };

/** Whether a topic is FIFO. The end of its name says so, for ever. */
export const isFifoTopic = (topicArn: string): boolean => topicArn.endsWith('.fifo');

/** The name of a topic is behind the last colon of its ARN. */
export const topicNameOf = (topicArn: string): string => topicArn.split(':').at(-1) ?? '';

/** Makes the topic unless it is there. Repeatable, also by two processes at once. */
export const ensureTopic = (
  openSns: OpenSns,
  topicArn: string,
): ResultAsync<'made' | 'found', TopicError> =>
  findTopic(openSns, topicArn).andThen((found): ResultAsync<'made' | 'found', TopicError> =>
    found === undefined
      ? createTopic(openSns, topicNameOf(topicArn)).andThen((made): Result<'made', TopicError> =>
          made === topicArn ? ok('made') : err(misconfigured('OrderEvents', ELSEWHERE)),
        )
      : okAsync('found'),
  );

/** The topic would be made in this account and region, which are not those of the ARN. */
const ELSEWHERE = 'ORDER_EVENTS_TOPIC_ARN is of another account or region than this process';

const createTopic = (openSns: OpenSns, name: string): ResultAsync<string | undefined, TopicError> =>
  topicCall(async () => {
    const { CreateTopicCommand } = await import('@aws-sdk/client-sns');
    const client = await openSns();
    const attributes = isFifoTopic(name) ? { Attributes: { FifoTopic: 'true' } } : {};
    const { TopicArn } = await client.send(new CreateTopicCommand({ Name: name, ...attributes }));
    return TopicArn;
  });

/** The ARN of the topic; undefined if there is none, and then nothing can be published to it. */
export const findTopic = (
  openSns: OpenSns,
  topicArn: string,
): ResultAsync<TopicFacts | undefined, TopicError> =>
  topicCall(async () => {
    const { GetTopicAttributesCommand } = await import('@aws-sdk/client-sns');
    const client = await openSns();
    try {
      const command = new GetTopicAttributesCommand({ TopicArn: topicArn });
      const { Attributes = {} } = await client.send(command);
      return { subscriptions: Number(Attributes['SubscriptionsConfirmed'] ?? 0) };
    } catch (error) {
      if (readAwsError(error).name.startsWith('NotFound')) return undefined;
      throw error;
    }
  });

/** Subscribes a queue to all that is published from now on, without an envelope. Repeatable. */
export const subscribeQueue = (
  openSns: OpenSns,
  { topicArn, queueArn }: { readonly topicArn: string; readonly queueArn: string },
): ResultAsync<void, TopicError> =>
  topicCall(async () => {
    const { SubscribeCommand } = await import('@aws-sdk/client-sns');
    const client = await openSns();
    const Attributes = { RawMessageDelivery: 'true' };
    const of = { TopicArn: topicArn, Protocol: 'sqs', Endpoint: queueArn, Attributes };
    await client.send(new SubscribeCommand(of));
  });

/** Whether the topic answers. */
export const probeTopic = (openSns: OpenSns, topicArn: string): ResultAsync<void, TopicError> =>
  findTopic(openSns, topicArn).andThen((found) =>
    found === undefined
      ? err(misconfigured('OrderEvents', 'NotFound: there is no such topic'))
      : ok(),
  );

/** No signal is given, so that nothing aborts it. */
const topicCall = <T>(call: () => Promise<T>): ResultAsync<T, TopicError> =>
  ResultAsync.fromThrowable(call, (thrown) => {
    const error = toCallError(thrown, 'OrderEvents');
    return error.type === 'Aborted' ? unavailable('OrderEvents', 'aborted') : error;
  })();
