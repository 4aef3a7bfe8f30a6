import { expect } from 'chai';
import { ensureTopic, findTopic } from '../../../src/adapters/sns/topics.ts';
import { createTopic, localSns, subscribe } from '../../support/orderEvents.ts';
import { createQueue, embeddedSqs, localSqsClients } from '../../support/sqs.ts';

const ARN = 'arn:aws:sns:us-east-1:000000000000:order-events';

describe('Setting up a topic: embedded', () => {
  let server: Awaited<ReturnType<typeof embeddedSqs>>;
  let sns: Awaited<ReturnType<typeof localSns>>;
  const open = () => Promise.resolve(sns);
  before(async () => {
    server = await embeddedSqs();
    sns = await localSns(server.url);
  });
  after(async () => {
    sns.destroy();
    await server.remove();
  });

  it('makes it, and finds it the second time', async () => {
    expect((await findTopic(open, ARN))._unsafeUnwrap()).to.equal(undefined);
    expect((await ensureTopic(open, ARN))._unsafeUnwrap()).to.equal('made');
    expect((await ensureTopic(open, ARN))._unsafeUnwrap()).to.equal('found');
  });

  it('makes a FIFO topic of a name that ends so', async () => {
    expect((await ensureTopic(open, `${ARN}.fifo`))._unsafeUnwrap()).to.equal('made');
  });

  it('refuses an ARN of another account, which it could never publish to', async () => {
    const elsewhere = ARN.replace('000000000000', '111122223333');

    expect((await ensureTopic(open, elsewhere))._unsafeUnwrapErr()).to.include({
      type: 'Misconfigured',
      dependency: 'OrderEvents',
    });
  });

  it('says how many have subscribed', async () => {
    const sqs = localSqsClients(server.url);
    const topicArn = await createTopic(sns);
    const queue = await createQueue(sqs);
    await subscribe(sns, topicArn, queue.arn);
    sqs.client.destroy();
    sqs.receiveClient.destroy();

    expect((await findTopic(open, topicArn))._unsafeUnwrap()).to.deep.equal({ subscriptions: 1 });
  });
});
