import { expect } from 'chai';
import { err, ok, okAsync } from 'neverthrow';
import { createEventStore } from '../../../src/adapters/eventStore/eventStore.ts';
import { createMemoryPaymentGateway } from '../../../src/adapters/memory/paymentGateway.ts';
import type {
  ChargeOutcome,
  ChargeRequest,
  RefundRequest,
} from '../../../src/application/ports/paymentGateway.ts';
import type { StoredEvent } from '../../../src/application/ports/eventStore.ts';
import * as Order from '../../../src/domain/order/index.ts';
import { must } from '../../support/commits.ts';
import { contextAt, NOON, SEALS } from '../../support/orderContext.ts';
import { CANCEL, order, refundOf, RESUME, setUp } from './payments.ts';
import { placeOrder } from '../../support/orderLife.ts';

type World = ReturnType<typeof setUp>;
type Intent = Extract<Order.StreamEvent, { readonly type: 'PaymentRequested' | 'RefundRequested' }>;

/** Somebody who may insert into the event table, and has not the payment service's secret. */
const insert = async (
  { table, clock }: World,
  orderId: string,
  ...events: readonly [Order.StreamEvent, ...Order.StreamEvent[]]
): Promise<void> => {
  const store = createEventStore(table, clock);
  const { position } = await must(store.load(`order#${orderId}`));
  const [first, ...rest] = events.map((event): StoredEvent => Order.codec.encode(event));
  if (first === undefined) throw new Error('nothing to insert');
  const about = { commitId: `f-${position.version}`, idempotencyKey: 'forged' };
  const cause = { correlationId: 'forged', causationId: 'forged' };
  const commit = { ...about, ...cause, events: [first, ...rest] } as const;
  await must(store.append(`order#${orderId}`, position, commit));
};

/** What only somebody with the secret could do. */
const seal = (intent: Intent): Intent =>
  ({
    ...intent,
    data: { ...intent.data, seal: SEALS.seal(Order.sealTextOf('o-1', intent)) },
  }) as Intent;

const preparing = createMemoryPaymentGateway({
  clock: { now: () => NOON, sleep: () => Promise.resolve() },
});
const prepare = (request: ChargeRequest) => preparing.prepare(request);
const prepareRefund = (request: RefundRequest) => preparing.prepareRefund(request);
const context = contextAt(NOON, { prepare, prepareRefund, seal: () => 'made up' });

/** What a payment service would write for the order, but for the seal. */
const whole = (orderId: string): readonly [Order.StreamEvent, Intent] => {
  const command = placeOrder({ ...order, orderId }, '');
  const [placed, intent] = Order.decide(command, Order.initialState, context)._unsafeUnwrap();
  if (placed?.type !== 'OrderPlaced' || intent?.type !== 'PaymentRequested') throw new Error();
  return [placed, intent];
};

/** A paid order's refund, as somebody would forge it. */
const refund = async (world: World, changes: object): Promise<Intent> => {
  const store = createEventStore(world.table, world.clock);
  const { commits } = await must(store.load('order#o-1'));
  const events = commits.flatMap((commit) =>
    commit.events.flatMap((event) => Order.codec.decode(event)._unsafeUnwrap()),
  );
  const wanted = { type: 'Rest' } as const;
  const about = { orderId: 'o-1', refundId: 'r-1', fingerprint: '' } as const;
  const command = { type: 'RefundPayment', wanted, ...about } as const;
  const [asked] = Order.decide(command, Order.fold(events), context)._unsafeUnwrap();
  if (asked?.type !== 'RefundRequested') throw new Error();
  return { type: asked.type, data: { ...asked.data, ...changes } };
};

const movedBy = ({ gateway }: World) => {
  const { charges, refunds } = gateway.ledger();
  return { charges: charges.length, refunds: refunds.length };
};

describe('the payment service, before somebody who may write into the log', () => {
  const isIllegal = async (world: World, version: number, why: string): Promise<void> => {
    const refused = { type: 'CorruptStream', streamId: 'order#o-1', version, why };
    expect(await world.handle(RESUME)).to.deep.equal(err({ ...refused, fault: 'illegal' }));
    expect(world.records('stream.illegal')).to.have.length(1);
    expect(world.records('stream.illegal')[0]).to.deep.include({
      level: 'error',
      facts: { streamId: 'order#o-1', version, why },
    });
  };

  it('refunds nothing for a RefundRequested of more than the order has', async () => {
    const world = setUp();
    await world.place();
    await world.place({ ...order, orderId: 'o-2' });
    const [, other] = world.gateway.ledger().charges;
    const body = prepareRefund({
      deployment: 'dep1',
      orderId: 'o-1',
      refundId: 'r-1',
      paymentReference: other?.reference ?? '',
      amountMinor: 500_000,
      currency: 'EUR',
    })._unsafeUnwrap();
    await insert(world, 'o-1', seal(await refund(world, { amountMinor: 500_000, body })));
    await isIllegal(world, 5, 'RefundRequested: its lines are not its amount');
    expect(movedBy(world)).to.deep.equal({ charges: 2, refunds: 0 });
  });

  it('charges nothing for a PaymentRequested of another amount than the order’s', async () => {
    const world = setUp({ rules: { attemptsMax: 2 }, gateway: () => ({ charge: LOSES }) });
    await world.place();
    const [, { data }] = whole('o-1');
    const again = { ...data, attempt: 2, paymentKey: 'k', amountMinor: 999_900 } as never;
    const failed = { attempt: 1, proof: 'person', code: '', at: NOON } as const;
    const intent = seal({ type: 'PaymentRequested', data: again });
    await insert(world, 'o-1', { type: 'PaymentFailed', data: failed }, intent);
    await isIllegal(world, 4, 'PaymentRequested: is not the total');
    expect(movedBy(world)).to.deep.equal({ charges: 0, refunds: 0 });
  });

  it('acts on no order in the stream of another', async () => {
    const world = setUp();
    const [placed, intent] = whole('o-2');
    await insert(world, 'o-1', placed, intent);
    await isIllegal(world, 1, 'the order in it has another id');
    expect(movedBy(world)).to.deep.equal({ charges: 0, refunds: 0 });
  });

  const isForged = async (world: World, reason: string): Promise<void> => {
    const refused = { type: 'ReviewRequired', orderId: 'o-1', reason };
    expect(await world.handle(RESUME)).to.deep.equal(err(refused));
    const [record, ...more] = world.records('intent.forged');
    expect(record).to.deep.include({ level: 'error', orderId: 'o-1', facts: { cause: reason } });
    expect(more).to.deep.equal([]);
  };

  it('charges nothing for a whole order whose intent bears no seal of its own', async () => {
    const world = setUp();
    await insert(world, 'o-1', ...whole('o-1'));
    await isForged(world, 'payment#1 bears no seal of the payment service');
    expect(movedBy(world)).to.deep.equal({ charges: 0, refunds: 0 });
  });

  for (const [what, changes] of [
    ['another amount', { amountMinor: 999_900 }],
    ['another means of payment', { paymentMethod: 'pm_card_mastercard' }],
    ['another order', { orderId: 'o-2' }],
    ['another attempt', { attempt: 2 }],
    ['another deployment', { deployment: 'dep2' }],
  ] as const) {
    it(`charges nothing for a body of ${what} than its intent, sealed or not`, async () => {
      const world = setUp();
      const [placed, { data }] = whole('o-1');
      const { paymentMethod } = order;
      const own = { deployment: 'dep1', orderId: 'o-1', attempt: 1, amountMinor: 119 };
      const request = { ...own, currency: 'EUR', paymentMethod, ...changes };
      const body = prepare(request)._unsafeUnwrap();
      const forged = { type: 'PaymentRequested', data: { ...data, body } } as Intent;
      await insert(world, 'o-1', placed, seal(forged));
      await isForged(world, 'payment#1 is frozen with another request than its own');
      expect(movedBy(world)).to.deep.equal({ charges: 0, refunds: 0 });
    });
  }

  it('charges nothing under another key than the order’s, which might charge twice', async () => {
    const world = setUp();
    const [placed, { data }] = whole('o-1');
    const paymentKey = 'paidonce/dep1/o-1/payment/7';
    const forged = { type: 'PaymentRequested', data: { ...data, paymentKey } } as Intent;
    await insert(world, 'o-1', placed, seal(forged));
    await isForged(world, 'payment#1 is frozen with another request than its own');
    expect(movedBy(world)).to.deep.equal({ charges: 0, refunds: 0 });
  });

  it('gives nothing of another order’s payment back, and none under another key', async () => {
    for (const changes of [{ body: '' }, { refundKey: 'paidonce/dep1/o-1/refund/r-2' }] as const) {
      const world = setUp();
      await world.place();
      await world.place({ ...order, orderId: 'o-2' });
      const own = { deployment: 'dep1', orderId: 'o-1', refundId: 'r-1', currency: 'EUR' };
      const paymentReference = world.gateway.ledger().charges[1]?.reference ?? '';
      const body = prepareRefund({ ...own, paymentReference, amountMinor: 119 })._unsafeUnwrap();
      const other = 'body' in changes ? { body } : changes;
      await insert(world, 'o-1', seal(await refund(world, other)));
      await isForged(world, 'refund#r-1 is frozen with another request than its own');
      expect(movedBy(world)).to.deep.equal({ charges: 2, refunds: 0 });
    }
  });

  /** The order o-1 in review, and somebody's word in a person's name that this is its payment. */
  const resolvedAs = async (world: World, reference: string): Promise<void> => {
    await world.place();
    const about = { evidence: 'e', by: 'ada', forcedBecause: '', at: NOON } as const;
    const resolved = { attempt: 1, verdict: 'captured', reference, ...about } as const;
    await insert(
      world,
      'o-1',
      {
        type: 'PaymentReviewRequired',
        data: { attempt: 1, reason: 'unresolved', seen: [], at: NOON, letter: '' },
      },
      { type: 'PaymentReviewResolved', data: resolved },
    );
  };
  const losing = (isLost: () => boolean, names: string[] = []) =>
    setUp({
      gateway: (gateway) => ({
        charge: (post) =>
          isLost() ? gateway.charge(post).andThen(() => LOSES()) : gateway.charge(post),
        retrieve: (named) => {
          names.push(named.reference);
          return gateway.retrieve(named);
        },
      }),
    });

  it('refunds nothing of another order’s payment, even if a person decided so', async () => {
    let isLost = false;
    const world = losing(() => isLost);
    await world.place({ ...order, orderId: 'o-2' });
    isLost = true;
    await resolvedAs(world, world.gateway.ledger().charges[0]?.reference ?? '');
    expect((await world.handle(RESUME)).map(({ outcome }) => outcome)).to.deep.equal(ok('paid'));
    const asked = await world.handle(CANCEL);
    const reason = 'refund#cancel#1 is of a payment of another order';
    expect(asked).to.deep.equal(err({ type: 'ReviewRequired', orderId: 'o-1', reason }));
    expect(world.records('intent.forged')[0]).to.deep.include({
      level: 'error',
      facts: { cause: reason },
    });
    expect(movedBy(world)).to.deep.equal({ charges: 2, refunds: 0 });
  });

  it('refunds what a person rightly found, after one question; usual ones need none', async () => {
    const names: string[] = [];
    const world = losing(() => true, names);
    await resolvedAs(world, 'pi_memory_1');
    await world.handle(RESUME);
    expect((await world.handle(refundOf('r-1'))).isOk()).to.equal(true);
    expect(names).to.deep.equal(['pi_memory_1']);
    expect(movedBy(world)).to.deep.equal({ charges: 1, refunds: 1 });
    const usual = losing(() => false, names);
    await usual.place();
    await usual.handle(refundOf('r-1'));
    expect(movedBy(usual)).to.deep.equal({ charges: 1, refunds: 1 });
    expect(names).to.have.length(1);
  });

  it('sends nothing while it cannot be asked whose payment it refunds', async () => {
    const world = setUp({
      gateway: (gateway) => ({
        charge: (post) => gateway.charge(post).andThen(() => LOSES()),
        retrieve: () => okAsync({ type: 'Unknown', cause: 'down' } as const),
      }),
    });
    await resolvedAs(world, 'pi_memory_1');
    await world.handle(RESUME);
    const asked = await world.handle(refundOf('r-1'));
    expect(asked).to.deep.equal(err({ type: 'OutcomeUnknown', orderId: 'o-1', cause: 'down' }));
    expect(movedBy(world)).to.deep.equal({ charges: 1, refunds: 0 });
  });

  it('still sends what it froze under rules that have become stricter since', async () => {
    let isLost = true;
    let isStrict = false;
    const world = setUp({
      gateway: (gateway) => ({
        charge: (post) => (isLost ? LOSES() : gateway.charge(post)),
        prepare: (request) =>
          isStrict ? err({ type: 'Unchargeable', reason: 'too little' }) : gateway.prepare(request),
      }),
    });
    await world.place();
    [isLost, isStrict] = [false, true];
    expect((await world.handle(RESUME)).map(({ outcome }) => outcome)).to.deep.equal(ok('paid'));
    expect((await world.handle(refundOf('r-1'))).isOk()).to.equal(true);
    expect(movedBy(world)).to.deep.equal({ charges: 1, refunds: 1 });
  });
});

const LOSES = () => okAsync<ChargeOutcome>({ type: 'Unknown', cause: 'lost' });
