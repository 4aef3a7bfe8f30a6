import { expect } from 'chai';
import { okAsync } from 'neverthrow';
import { createContainer } from '../../../src/bootstrap/container.ts';
import { application } from '../../../src/bootstrap/modules/application.ts';
import { memory } from '../../../src/bootstrap/modules/memory.ts';
import { firstIllegal } from '../../../src/domain/history/legality.ts';
import * as Order from '../../../src/domain/order/index.ts';
import { auditShop } from '../../support/auditing.ts';
import { must } from '../../support/commits.ts';
import { anOrder } from '../../support/orderLife.ts';
import { totalsOf } from '../../support/documents/versionOne.ts';

const WRONG = 'ada@mistyped.example';
const RIGHT = 'ada@bücher.example';
const SENT_TO = 'ada@xn--bcher-kva.example';

describe('a customer whose address was wrong (case 15)', () => {
  it('is notified of everything once more, at the right one, whatever is resent', async () => {
    const world = createWorld();
    await world.submit();
    await world.send({ type: 'RefundPayment', refundId: 'r1', amountMinor: 100 });
    expect(world.notified(WRONG)).to.deep.equal(['o-1:credit#r1', 'o-1:receipt', 'o-1:received']);
    await world.correct(RIGHT);
    await world.correct(RIGHT);
    await world.send({ type: 'ResumeOrder' });
    expect(world.notified(SENT_TO)).to.deep.equal(['o-1:credit#r1@2', 'o-1:receipt@2']);
    await world.send({ type: 'CancelOrder', reason: 'r' });
    expect(world.notified(SENT_TO)).to.deep.equal([
      'o-1:cancelled@2',
      'o-1:credit#cancel#1@2',
      'o-1:credit#r1@2',
      'o-1:receipt@2',
    ]);
    expect(world.notified(WRONG)).to.have.length(3);
    expect(await world.audited()).to.deep.equal([]);
  });

  it('is notified of a payment that was declined, or failed after the correction', async () => {
    const world = createWorld();
    await world.submit({ paymentMethod: 'pm_card_visa_chargeDeclined' });
    await world.correct(RIGHT);
    expect(world.notified(SENT_TO)).to.deep.equal(['o-1:declined@2']);
    expect(await world.audited()).to.deep.equal([]);
  });

  it('is notified at the right one alone where it was corrected before any notice', async () => {
    const world = createWorld();
    await world.submit({}, 0);
    await world.correct(RIGHT);
    expect(world.notified(SENT_TO)).to.deep.equal(['o-1:receipt@2']);
    expect(world.notified(WRONG)).to.deep.equal(['o-1:received']);
    expect(await world.audited()).to.deep.equal([]);
  });

  it('is notified after an undeliverable notice, and a redrive notifies nobody twice', async () => {
    const world = createWorld();
    world.get('notifier').failFor(/mistyped/, { type: 'Undeliverable', reason: 'suppressed' });
    await world.submit();
    const deadLetters = () => world.get('notificationsDlq').dump();
    expect(deadLetters()).to.have.length(2);
    await world.correct(RIGHT);
    expect(world.notified(SENT_TO)).to.deep.equal(['o-1:receipt@2']);
    const bodies = deadLetters().map(({ body }) => ({ body }));
    await must(world.get('notifications').send(bodies));
    await world.run(60_000);
    expect(world.notified(SENT_TO)).to.deep.equal(['o-1:receipt@2']);
    // "Received" alone is still said at the address that came with it.
    expect(deadLetters()).to.have.length(3);
    expect(await world.audited()).to.deep.equal([]);
  });

  it('may be corrected before the order comes, and waits for it', async () => {
    const world = createWorld();
    await world.correct(RIGHT);
    expect(
      world.get('payments').counts().visible + world.get('payments').counts().inFlight,
    ).to.equal(1);
    await world.submit();
    await world.run(60_000);
    expect(world.notified(SENT_TO)).to.deep.equal(['o-1:receipt@2']);
  });

  it('returns to an earlier address for another reason, and is notified there again', async () => {
    const world = createWorld();
    await world.submit();
    await world.correct('eve@example.com');
    await world.correct(WRONG, 'it was right');
    expect(world.notified(WRONG)).to.deep.equal(['o-1:receipt', 'o-1:receipt@3', 'o-1:received']);
    // A copy of the first correction that comes late.
    await world.correct('eve@example.com');
    expect(world.notified('eve@example.com')).to.deep.equal(['o-1:receipt@2']);
    expect(await world.audited()).to.deep.equal([]);
  });

  it('is not notified again of a refusal that came before the order was placed', async () => {
    const world = createWorld();
    await world.submit({ currency: 'UYW' });
    await world.submit();
    await world.correct(RIGHT);
    const body = JSON.stringify({ type: 'OrderSettled', v: 1, orderId: 'o-1', outcome: 'refused' });
    await must(world.get('notifications').send([{ body }]));
    await world.run(60_000);
    expect(world.notified(SENT_TO)).to.deep.equal(['o-1:receipt@2']);
    expect(world.notified(WRONG)).to.deep.equal(['o-1:receipt', 'o-1:received', 'o-1:refused']);
  });

  it('is seen by the audit where it was never notified at the right one', async () => {
    const world = createWorld();
    await world.submit();
    await world.stopNotifying();
    await world.correct(RIGHT);
    const corrected = (await world.types()).indexOf('CustomerEmailCorrected') + 1;
    expect(await world.audited()).to.deep.equal([`told order#o-1 @${corrected}`]);
  });

  it('was not notified by a dead letter discarded before the correction (audit)', async () => {
    for (const isBefore of [true, false]) {
      const world = createWorld();
      await world.submit();
      await world.stopNotifying();
      if (isBefore) await world.discarded();
      await world.correct(RIGHT);
      if (!isBefore) await world.discarded();
      expect(await world.audited()).to.have.length(isBefore ? 1 : 0);
    }
  });

  for (const email of ['adá@example.com', 'ada@localhost', 'ada@a.example, eve@a.example', '']) {
    it(`is not corrected to ${JSON.stringify(email)}: a dead letter without it`, async () => {
      const world = createWorld();
      await world.submit();
      await world.correct(email);
      const [deadLetter] = world.get('paymentsDlq').dump();
      expect(deadLetter?.attributes['Reason']).to.equal(
        'MalformedMessage; email: is not one plain mail address that takes mail',
      );
      expect(await world.types()).to.not.include('CustomerEmailCorrected');
    });
  }
});

describe('an order of the release before, with an address that is refused now', () => {
  it('is read, and its notice ends as undeliverable, as before (case 13)', async () => {
    const world = createWorld();
    const life = [
      { type: 'CancellationRequested' as const, data: { reason: 'r', at: 0 } },
      {
        type: 'OrderPlaced' as const,
        data: {
          ...Order.contentOf(
            anOrder({ customer: { id: 'c-1', email: 'adá..lovelace@localhost' } }),
          ),
          ...totalsOf(3_998, 760),
          fingerprint: 'f',
        },
      },
      { type: 'OrderCancelled' as const, data: {} },
    ];
    const orders = world.get('orders');
    const commit = { events: life, idempotencyKey: 't', correlationId: 'c', causationId: 'm' };
    await must(orders.append('o-1', orders.start, commit));
    await world.send({ type: 'ResumeOrder' });
    const [deadLetter] = world.get('notificationsDlq').dump();
    expect(deadLetter?.attributes['Reason']).to.equal('Undeliverable; MalformedAddress');
    await world.correct(RIGHT);
    expect(world.notified(SENT_TO)).to.deep.equal(['o-1:cancelled@2']);
  });
});

describe('an order with an address that no mail service takes', () => {
  for (const email of ['adá@example.com', '"ada"@example.com', 'ada@bücher', 'ada@example.com.']) {
    it(`such as ${email} is refused before money moves (case 13)`, async () => {
      const world = createWorld();
      const message = { type: 'PlaceOrder', v: 1, ...anOrder({ customer: { id: 'c-1', email } }) };
      await must(world.get('payments').send([{ body: JSON.stringify(message) }]));
      await world.run(60_000);
      expect(world.get('gateway').ledger().charges).to.deep.equal([]);
      expect(world.get('paymentsDlq').dump()[0]?.attributes['Reason']).to.equal(
        'InvalidOrder; customer.email: is not one plain mail address that takes mail',
      );
    });
  }
});

const createWorld = () => {
  const { get } = createContainer(application, memory());
  void get('paymentConsumer').run(new AbortController().signal);
  const notifying = new AbortController();
  void get('notificationConsumer').run(notifying.signal);
  const clock = get('clock');
  const run = (ms: number) => clock.advance(ms);
  const send = async (message: Readonly<Record<string, unknown>>, ms = 10_000): Promise<void> => {
    const body = JSON.stringify({ v: 1, orderId: 'o-1', ...message });
    await must(get('payments').send([{ body }]));
    await run(ms);
  };
  return {
    get,
    run,
    send,
    submit: async (changes: Partial<Order.ContentV1> = {}, ms = 10_000) => {
      const order = anOrder({ customer: { id: 'c-1', email: WRONG }, ...changes });
      await get('submitOrders')([order]);
      await run(ms);
    },
    correct: (email: string, reason = 'mistyped') =>
      send({ type: 'CorrectEmail', email, by: 'kim', reason }),
    notified: (to: string) =>
      get('notifier')
        .sent()
        .filter((mail) => mail.to === to)
        .map(({ dedupeKey }) => dedupeKey)
        .toSorted(),
    types: async () => {
      const { commits } = await must(get('store').load('order#o-1'));
      return commits.flatMap(({ events }) => events.map(({ type }) => type));
    },
    /** A person has deleted the dead letter that was to report the receipt. */
    discarded: async () => {
      const orders = get('orders');
      const data = {
        letterId: 'l-1',
        queue: 'notifications' as const,
        command: 'OrderSettled',
        reason: 'Undeliverable',
        by: 'kim',
        because: 'the address is wrong',
        at: clock.now(),
      };
      const events = [{ type: 'LetterDiscarded' as const, data }];
      const commit = { events, idempotencyKey: 't', correlationId: 'c', causationId: 'm' };
      await must(orders.append('o-1', await must(orders.load('o-1')), commit));
    },
    stopNotifying: async () => {
      notifying.abort();
      await run(60_000);
    },
    audited: async () => {
      await run(3_600_000);
      const { commits } = await must(get('store').load('order#o-1'));
      const events = commits.map((commit) =>
        commit.events.flatMap((stored) => Order.codec.decode(stored)._unsafeUnwrap()),
      );
      expect(firstIllegal(events)).to.equal(undefined);
      const records = {
        store: get('store'),
        invoices: get('invoices'),
        clock,
        ids: get('ids'),
        paymentsDlq: get('paymentsDlq'),
        notificationsDlq: get('notificationsDlq'),
        countPayments: () => okAsync(get('payments').counts().visible),
      };
      return (await auditShop(records, { queues: false })).named;
    },
  };
};
