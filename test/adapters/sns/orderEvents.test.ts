import { expect } from 'chai';
import { createSnsOrderEvents } from '../../../src/adapters/sns/orderEvents.ts';
import { describeMissingTopic, describeOrderEvents } from '../../contracts/orderEvents.contract.ts';
import {
  createTopic,
  localSns,
  receiveAll,
  snsHarness,
  subscribe,
} from '../../support/orderEvents.ts';
import { createQueue, embeddedSqs, localSqsClients } from '../../support/sqs.ts';

describeOrderEvents('SNS, embedded', async () => {
  const server = await embeddedSqs();
  return snsHarness(server.url, server.remove);
});

const MISSING = { topicArn: 'arn:aws:sns:us-east-1:000000000000:missing' };

describeMissingTopic('SNS, embedded', async () => {
  const server = await embeddedSqs();
  const sns = await localSns(server.url);
  return {
    missing: createSnsOrderEvents(() => Promise.resolve(sns), MISSING),
    close: async () => {
      sns.destroy();
      await server.remove();
    },
  };
});

describe('A topic of SNS, embedded', () => {
  let server: Awaited<ReturnType<typeof embeddedSqs>>;
  let sns: Awaited<ReturnType<typeof localSns>>;
  let sqs: ReturnType<typeof localSqsClients>;
  before(async () => {
    server = await embeddedSqs();
    sns = await localSns(server.url);
    sqs = localSqsClients(server.url);
  });
  after(async () => {
    sns.destroy();
    sqs.client.destroy();
    sqs.receiveClient.destroy();
    await server.remove();
  });

  it('gives each subscriber what its filter policy asks for', async () => {
    const topicArn = await createTopic(sns);
    const [all, paid] = [await createQueue(sqs), await createQueue(sqs)];
    const FilterPolicy = JSON.stringify({ type: ['paidonce.order.paid.v1'], currency: ['EUR'] });
    await subscribe(sns, topicArn, all.arn, { RawMessageDelivery: 'true' });
    await subscribe(sns, topicArn, paid.arn, { RawMessageDelivery: 'true', FilterPolicy });
    const topic = createSnsOrderEvents(() => Promise.resolve(sns), { topicArn });
    const events = ['placed', 'paid', 'paid'].map((kind, at) => ({
      id: `o-1:${at}`,
      groupId: 'o-1',
      body: `${kind} ${at}`,
      attributes: { type: `paidonce.order.${kind}.v1`, currency: at === 2 ? 'CHF' : 'EUR' },
    }));
    await topic.publish(events);

    expect(await receiveAll(sqs, all.url, 3)).to.have.length(3);
    expect((await receiveAll(sqs, paid.url, 1)).map(({ body }) => body)).to.deep.equal(['paid 1']);
  });

  it('orders by the order where it is FIFO, and drops what it has just had', async () => {
    const topicArn = await createTopic(sns, '.fifo');
    const queue = await createQueue(sqs, { FifoQueue: 'true' }, '.fifo');
    await subscribe(sns, topicArn, queue.arn, { RawMessageDelivery: 'true' });
    const topic = createSnsOrderEvents(() => Promise.resolve(sns), { topicArn });
    const events = [1, 2, 3].map((version) => ({
      id: `o-1:${version}`,
      groupId: 'o-1',
      body: `version ${version}`,
    }));
    await topic.publish(events);
    await topic.publish(events);
    await topic.publish([{ id: 'o-2:1', groupId: 'o-2', body: 'another order' }]);

    const received = (await receiveAll(sqs, queue.url, 4)).map(({ body }) => body);
    expect(received.filter((body) => body.startsWith('version'))).to.deep.equal([
      'version 1',
      'version 2',
      'version 3',
    ]);
    expect(received).to.have.length(4);
  });
});
