import { expect } from 'chai';
import fc from 'fast-check';
import { ok } from 'neverthrow';
import { admit } from '../../../src/application/orders/dependencies.ts';
import { CANCEL, order, refundOf, RESUME, setUp } from './payments.ts';

const SUPPORT = 'AROASUPPORTSUPPORT012';
const SHOP = { senderId: 'AROASHOPSHOPSHOPSH012:shop-7' };
const REFUND = {
  type: 'RefundPayment',
  orderId: 'o-1',
  refundId: 'r-1',
  wanted: { type: 'Rest' },
} as const;

describe('who may refund', () => {
  const mayRefund = (senderId: string | undefined, ids: readonly string[] = [SUPPORT]): boolean =>
    admit(REFUND, senderId === undefined ? {} : { senderId }, ids).isOk();

  it('is a principal on the list, by its id or in any session of the role', () => {
    expect(mayRefund(SUPPORT)).to.equal(true);
    expect(mayRefund(`${SUPPORT}:ada@example.com`)).to.equal(true);
    expect(mayRefund('AIDA01234567', [SUPPORT, 'AIDA01234567'])).to.equal(true);
    expect(admit(REFUND, {}, 'anyone').isOk()).to.equal(true);
  });

  it('is one session alone where the session is on the list', () => {
    const ids = [`${SUPPORT}:ada`];
    expect(mayRefund(`${SUPPORT}:ada`, ids)).to.equal(true);
    for (const other of [SUPPORT, `${SUPPORT}:ad`, `${SUPPORT}:ada2`, `${SUPPORT}:ada:ada`]) {
      expect(mayRefund(other, ids), other).to.equal(false);
    }
  });

  it('is nobody who is not known, or whose id only looks like one on the list', () => {
    for (const hostile of [
      undefined,
      '',
      ':',
      `:${SUPPORT}`,
      `${SUPPORT}2`,
      `${SUPPORT}2:ada`,
      SUPPORT.slice(0, -1),
      `${SUPPORT.slice(0, -1)}:ada`,
      `EVIL${SUPPORT}`,
      `AROAEVIL:${SUPPORT}`,
      `AROAEVIL:x:${SUPPORT}`,
      `AROAEVIL,${SUPPORT}`,
      SUPPORT.toLowerCase(),
      ` ${SUPPORT}`,
      `${SUPPORT} `,
      `${SUPPORT} :ada`,
      `${SUPPORT}\n`,
      `${SUPPORT}\u0000:ada`,
      `${SUPPORT}/ada`,
    ]) {
      expect(mayRefund(hostile), JSON.stringify(hostile)).to.equal(false);
    }
    expect(mayRefund('AROAEVIL:x', ['AROA'])).to.equal(false);
    expect(mayRefund(SUPPORT, [])).to.equal(false);
  });

  it('is whoever has a listed id, alone or with one session behind it, and nobody else', () => {
    const ids = fc.array(fc.stringMatching(/^[A-C]{1,3}$/), { minLength: 1, maxLength: 3 });
    const sender = fc.stringMatching(/^[A-C:]{0,5}$/);
    fc.assert(
      fc.property(ids, sender, (listed, senderId) => {
        const expected = listed.some((id) => senderId === id || senderId.startsWith(`${id}:`));
        expect(mayRefund(senderId, listed)).to.equal(expected);
      }),
    );
  });
});

describe('A refund or a cancellation from a sender', () => {
  const REFUND_MESSAGE = refundOf('r-1');
  const settled = async (refundSenders: 'anyone' | readonly string[]) => {
    const world = setUp({ refundSenders });
    await world.place();
    const before = {
      stored: world.stored(),
      notified: world.notified(),
      charges: chargesOf(world),
    };
    return { world, before };
  };
  const chargesOf = (world: ReturnType<typeof setUp>) => structuredClone(world.gateway.ledger());
  const nowOf = (world: ReturnType<typeof setUp>) => ({
    stored: world.stored(),
    notified: world.notified(),
    charges: chargesOf(world),
  });

  for (const message of [REFUND_MESSAGE, CANCEL]) {
    it(`off the list is refused, with an alarm and nothing else: ${message.type}`, async () => {
      const { world, before } = await settled([SUPPORT]);
      const loads = world.loads();

      const refused = (await world.handle(message, undefined, SHOP))._unsafeUnwrapErr();

      const of = { orderId: 'o-1', command: message.type };
      expect(refused).to.deep.equal({ type: 'NotAllowed', ...of, ...SHOP });
      expect(nowOf(world)).to.deep.equal(before);
      expect(world.loads()).to.equal(loads);
      const [alarm, ...more] = world.records('command.not_allowed');
      expect(more).to.deep.equal([]);
      expect(alarm).to.deep.include({
        level: 'error',
        outcome: message.type,
        orderId: 'o-1',
        correlationId: 'chain-1',
        facts: { senderId: SHOP.senderId },
      });
    });

    it(`that nobody knows is refused where there is a list: ${message.type}`, async () => {
      const { world, before } = await settled([SUPPORT]);
      const refused = (await world.handle(message))._unsafeUnwrapErr();

      expect(refused).to.deep.equal({
        type: 'NotAllowed',
        orderId: 'o-1',
        command: message.type,
      });
      expect(nowOf(world)).to.deep.equal(before);
      expect(world.records('command.not_allowed')[0]?.facts).to.deep.equal({
        senderId: 'nobody known',
      });
    });

    it(`is executed for one on the list, and without a list for all: ${message.type}`, async () => {
      for (const { list, sender } of [
        { list: [SUPPORT], sender: { senderId: `${SUPPORT}:ada` } },
        { list: 'anyone' as const, sender: SHOP },
        { list: 'anyone' as const, sender: {} },
      ]) {
        const { world } = await settled(list);
        expect((await world.handle(message, undefined, sender)).isOk()).to.equal(true);
        expect(world.gateway.ledger().refunds).to.have.length(1);
        expect(world.records('command.not_allowed')).to.deep.equal([]);
      }
    });
  }

  it('that says of itself that it comes from another is refused (SNS, attributes)', async () => {
    const { world, before } = await settled([SUPPORT]);
    const wrapped = {
      Type: 'Notification',
      MessageId: 'n-1',
      TopicArn: 'arn:aws:sns:eu-central-1:111122223333:orders',
      Message: JSON.stringify(REFUND_MESSAGE),
      MessageAttributes: { senderId: { Type: 'String', Value: SUPPORT } },
      senderId: SUPPORT,
    };

    const refused = (await world.handle(wrapped, undefined, SHOP))._unsafeUnwrapErr();
    expect(refused).to.include({ type: 'NotAllowed', ...SHOP });
    expect(nowOf(world)).to.deep.equal(before);
  });

  it('stops no order, correction or resumption of a sender that is not on the list', async () => {
    const world = setUp({ refundSenders: [SUPPORT] });
    const said = { by: 'Kim', reason: 'mistyped', email: 'ada@example.org' };
    const correct = { type: 'CorrectEmail', v: 1, orderId: 'o-1', ...said };
    for (const message of [{ type: 'PlaceOrder', v: 1, ...order }, correct, RESUME]) {
      const done = await world.handle(message, undefined, SHOP);
      expect(done.map(({ outcome }) => outcome)).to.deep.equal(ok('paid'));
    }
  });
});
