import { expect } from 'chai';
import { okAsync } from 'neverthrow';
import { createVirtualClock } from '../../../src/adapters/memory/clock.ts';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import { createMemoryMessageQueue } from '../../../src/adapters/memory/messageQueue.ts';
import { createSendCommand } from '../../../src/application/ingest/sendCommand.ts';
import { decodeCommand } from '../../../src/application/messages/index.ts';
import { must } from '../../support/commits.ts';

const REFUND = { type: 'RefundPayment', v: 1, orderId: 'o-1', refundId: 'r-1' } as const;

describe('sending a command', () => {
  it('begins a chain of messages, in the order’s group if no customer is known', async () => {
    const { payments, send } = setUp();
    const { command, correlationId } = await must(send({ ...REFUND, amountMinor: 1 }));
    const [message] = payments.dump();
    expect(message?.attributes).to.deep.equal({ correlationId });
    expect(message?.groupId).to.equal('o-1');
    expect(await must(decodeCommand(message?.body ?? ''))).to.deep.equal(command);
  });

  it('goes on with a chain, in the customer’s group', async () => {
    const { payments, send } = setUp();
    await must(send(REFUND, { groupId: 'c-1', correlationId: 'chain' }));
    const [message] = payments.dump();
    expect(message?.attributes).to.deep.equal({ correlationId: 'chain' });
    expect(message?.groupId).to.equal('c-1');
  });

  it('does not send what the payment service would not take', async () => {
    const { payments, send } = setUp();
    const both = { ...REFUND, amountMinor: 0, lines: [{ line: 1, quantity: 1 }] };
    const refused = [
      { ...REFUND, orderId: 'no id' },
      { ...REFUND, refundId: 'cancel#1' },
      both,
      { type: 'CancelOrder', v: 1, orderId: 'o-1', reason: 'card 4242424242424242' },
    ] as const;
    for (const message of refused) {
      const sent = await send(message);
      expect(sent.mapErr(({ type }) => type)._unsafeUnwrapErr()).to.equal('MalformedMessage');
    }
    expect(payments.dump()).to.deep.equal([]);
  });

  it('says when the queue did not take it (S18)', async () => {
    const { ids } = setUp();
    const failed = { type: 'Failed', code: 'InternalError', retryable: true } as const;
    for (const answers of [[failed], []]) {
      const send = createSendCommand({ payments: { send: () => okAsync(answers) }, ids });
      const sent = await send(REFUND);
      expect(sent._unsafeUnwrapErr().type).to.equal('SendFailed');
    }
  });
});

const setUp = () => {
  const clock = createVirtualClock();
  const ids = createMemoryIds();
  const payments = createMemoryMessageQueue({ clock, ids });
  return { ids, payments, send: createSendCommand({ payments, ids }) };
};
