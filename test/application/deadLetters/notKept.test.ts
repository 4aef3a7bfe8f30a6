import { expect } from 'chai';
import { removedBody } from '../../../src/application/messages/index.ts';
import { must } from '../../support/commits.ts';
import { anOrder } from '../../support/orderLife.ts';
import { createDeadLetterWorld, only, outcomesOf } from './world.ts';

const place = (sku: string, orderId = 'o-1') => {
  const order = anOrder({ orderId });
  return {
    type: 'PlaceOrder',
    v: 1,
    ...order,
    lines: order.lines.map((line) => ({ ...line, sku })),
  };
};
/** What an earlier release left of a GTIN of 14 digits, and of a number in a text. */
const MASKED = [place('**************'), place('a ******************* b')];
const REMOVED = removedBody({ fingerprint: 'f', bytes: 300, orderId: 'o-1' });
const REFUSED = 'MalformedMessage; message: holds a card number';

describe('a dead letter whose body is not what was sent (ADR 0021)', () => {
  for (const [what, body] of [
    ['was removed', REMOVED],
    ['was masked by an earlier release', MASKED[0]],
    ['has a masked number in a text', MASKED[1]],
    [
      'was masked within the envelope of SNS',
      { Type: 'Notification', Message: JSON.stringify(MASKED[0]) },
    ],
  ] as const) {
    it(`is not sent again, says so, and can be discarded: it ${what}`, async () => {
      const world = createDeadLetterWorld();
      await world.deadLetter('payments', body, { reason: REFUSED });

      const seen = only(await world.dlq().list());
      expect(seen.prospect.type).to.equal('NotKept');
      expect('why' in seen.prospect && seen.prospect.why).to.include('what was sent is not kept');

      const before = await world.everything();
      expect(outcomesOf(await world.dlq().redrive())).to.deep.equal(['NotKept']);
      expect(await world.everything()).to.deep.equal(before);

      expect(outcomesOf(await world.dlq().discard())).to.deep.equal(['done']);
      expect(world.paymentsDlq.dump()).to.deep.equal([]);
      expect(world.gateway.ledger().charges).to.deep.equal([]);
    });
  }

  it('keeps the decision with the order that it named', async () => {
    const world = createDeadLetterWorld();
    await world.deadLetter(
      'payments',
      { ...place('A'), card: '4242 4242 4242 4242' },
      { reason: REFUSED },
    );
    const { body, attributes } = only(world.paymentsDlq.dump());
    expect(JSON.parse(body)).to.have.all.keys('paidonceRemoved', 'fingerprint', 'bytes', 'orderId');
    expect(attributes['OrderId']).to.equal('o-1');

    await world.dlq().discard();

    expect(await world.types('o-1')).to.deep.equal(['LetterDiscarded']);
  });

  it('is charged by no worker, whoever sends it to the queue', async () => {
    const world = createDeadLetterWorld();
    const bodies = [REMOVED, ...MASKED.map((message) => JSON.stringify(message))];
    await must(world.payments.send(bodies.map((body) => ({ body }))));

    await world.work();

    expect(world.gateway.ledger().charges).to.deep.equal([]);
    expect(world.payments.dump()).to.deep.equal([]);
    expect(world.paymentsDlq.dump()).to.have.length(bodies.length);
  });
});
