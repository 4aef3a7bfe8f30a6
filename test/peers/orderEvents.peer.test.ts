import { createSnsOrderEvents } from '../../src/adapters/sns/orderEvents.ts';
import { expect } from 'chai';
import { ensureTopic, findTopic } from '../../src/adapters/sns/topics.ts';
import { describeMissingTopic, describeOrderEvents } from '../contracts/orderEvents.contract.ts';
import { localSns, snsHarness } from '../support/orderEvents.ts';
import { peerUrl } from '../support/peerUrl.ts';

const none = () => Promise.resolve();

describeOrderEvents('SNS, moto', () => snsHarness(peerUrl('PEER_MOTO_URL'), none));

const arnOf = (name: string): string => `arn:aws:sns:us-east-1:123456789012:${name}`;

describeMissingTopic('SNS, moto', async () => {
  const sns = await localSns(peerUrl('PEER_MOTO_URL'));
  return {
    missing: createSnsOrderEvents(() => Promise.resolve(sns), { topicArn: arnOf('missing') }),
    close: () => Promise.resolve(sns.destroy()),
  };
});

describe('Setting up a topic: moto', () => {
  for (const suffix of ['', '.fifo']) {
    it(`makes it, and finds it again: a name with ${suffix || 'nothing'} behind`, async () => {
      const sns = await localSns(peerUrl('PEER_MOTO_URL'));
      const open = () => Promise.resolve(sns);
      const arn = arnOf(`t-${crypto.randomUUID()}${suffix}`);

      expect((await findTopic(open, arn))._unsafeUnwrap()).to.equal(undefined);
      expect((await ensureTopic(open, arn))._unsafeUnwrap()).to.equal('made');
      expect((await ensureTopic(open, arn))._unsafeUnwrap()).to.equal('found');
      expect((await findTopic(open, arn))._unsafeUnwrap()).to.deep.equal({ subscriptions: 0 });
      sns.destroy();
    });
  }
});
