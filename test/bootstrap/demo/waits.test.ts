import { expect } from 'chai';
import { okAsync } from 'neverthrow';
import { CHARGED, waitForOrders, type WaitContext } from '../../../src/bootstrap/demo/waits.ts';
import { orderLife } from '../../support/orderLife.ts';

describe('a wait of the demo', () => {
  const waiting = (stop: AbortSignal) => {
    const notes: string[] = [];
    const { state } = orderLife().placed();
    const none = { charges: [], refunds: [], invoice: undefined, mails: [], records: [] };
    const seen = [{ orderId: 'o-1', state, ...none }];
    const context: WaitContext = {
      reader: { orders: () => okAsync(seen), queues: () => okAsync([]) },
      lines: { note: (text) => void notes.push(text) },
      stop,
    };
    return { context, notes, seen };
  };

  it('says at its end what it last saw', async () => {
    const { context, notes, seen } = waiting(new AbortController().signal);
    const waited = await waitForOrders(context, [], CHARGED, -1);
    expect(waited._unsafeUnwrap()).to.equal(seen);
    expect(notes).to.have.length(1);
    expect(notes[0]).to.contain('not charged: o-1 (');
    expect(notes[0]).to.contain('charges: 0, mails: 0)');
  });

  it('ends without a word where somebody stops the demo', async () => {
    const { context, notes } = waiting(AbortSignal.abort());
    expect((await waitForOrders(context, [], CHARGED)).isOk()).to.equal(true);
    expect(notes).to.deep.equal([]);
  });
});
