import { expect } from 'chai';
import { createGatewayCheck } from '../../../../src/application/audit/gateway/gatewayCheck.ts';
import type { Content } from '../../../../src/domain/order/index.ts';
import { auditInShares, describeByShares } from '../../../support/auditInShares.ts';
import { must } from '../../../support/commits.ts';
import { GIVE_UP_MS, NOON, numbered } from '../../../support/orderContext.ts';
import { createLogAndGateway, type LogAndGateway } from '../../../support/logAndGateway.ts';
import { anOrderPaidBy, orderLife, type OrderLife } from '../../../support/orderLife.ts';

const MONEY = { amountMinor: 4_758, currency: 'EUR' };
const DAY_MS = 86_400_000;

describeByShares('auditing payments of the shop’s against the gateway', (shares) => {
  let world: LogAndGateway;

  beforeEach(() => {
    world = createLogAndGateway();
  });

  const audit = async (since?: number) => {
    const { store, clock, gateway } = world;
    const make = () => {
      const check = createGatewayCheck(
        { ledger: gateway, store, clock },
        { foreign: 'report', openMs: GIVE_UP_MS, since },
      );
      return { check, checks: [check] };
    };
    const { findings, made } = await auditInShares({ store, clock }, { make, segments: 1, shares });
    return { whys: findings.map(({ why }) => why), totals: made.check.totals() };
  };

  const placed = (payment: Content['payment'], orderId = 'o-1'): OrderLife =>
    orderLife().placed(anOrderPaidBy(payment, { orderId }));

  /** The order has looked at the payment, and it is its own. */
  const verified = async (life: OrderLife, payment: string): Promise<OrderLife> => {
    const found = await must(world.gateway.inspect({ payment }));
    if (found.type !== 'Inspected') return expect.fail('not found');
    const answer = { type: 'Inspected', lookedUpAt: NOON, found } as const;
    return life.learned('payment#1', { answer, payer: 'this order', number: numbered(1) });
  };

  const capture = async (payment: string, orderId = 'o-1', amountMinor = 4_758) => {
    const request = { deployment: 'dep1', orderId, attempt: 1, payment };
    const { gateway } = world;
    const body = await must(gateway.prepareCapture({ ...request, ...MONEY, amountMinor }));
    await must(gateway.capture({ key: `k-${orderId}`, body, payment, notAfter: Infinity }));
  };

  const authorised = async (orderId = 'o-1') => {
    const payment = world.gateway.authorise(MONEY);
    const life = await verified(placed({ type: 'authorised', payment }, orderId), payment);
    return { payment, life };
  };

  it('finds nothing wrong with one that is authorised: it holds no money', async () => {
    const { life } = await authorised();
    await world.keep(life);
    world.gateway.authorise(MONEY);
    expect((await audit()).whys).to.deep.equal([]);
  });

  it('knows one that was captured, by our own reference', async () => {
    const { life, payment } = await authorised();
    await capture(payment);
    await world.keep(life.captured(1, payment));
    const { whys, totals } = await audit();
    expect(whys).to.deep.equal([]);
    expect(totals).to.include({ payments: 1 });
  });

  it('finds one that was captured for an order that does not have the money', async () => {
    const { life, payment } = await authorised();
    await capture(payment);
    await world.keep(life);
    await world.clock.advance(GIVE_UP_MS);
    expect((await audit()).whys).to.deep.equal([
      'the money moved, and the log still waits for the outcome',
    ]);
  });

  it('finds one of which the log says that it was captured, and the gateway does not', async () => {
    const { life, payment } = await authorised();
    await world.keep(life.captured(1, payment));
    expect((await audit()).whys).to.deep.equal([
      'the log says that the money moved, and the gateway that it did not',
    ]);
  });

  it('finds another amount, and another order’s or attempt’s reference', async () => {
    const { life, payment } = await authorised();
    await capture(payment, 'o-2', 4_000);
    await world.keep(life.captured(1, payment));
    expect((await audit()).whys).to.deep.equal([
      'the gateway moved another amount than the log says',
    ]);
    world = createLogAndGateway();
    const other = await authorised();
    await capture(other.payment, 'o-2');
    await world.keep(other.life.captured(1, other.payment));
    expect((await audit()).whys).to.deep.equal(['the gateway has it under another order']);
  });

  it('knows one that was paid before, by the order alone: it has no reference', async () => {
    const payment = world.gateway.authorise({ ...MONEY, isCaptured: true });
    await world.keep(await verified(placed({ type: 'paid', payment }), payment));
    const { whys, totals } = await audit();
    expect(whys).to.deep.equal([]);
    expect(totals).to.include({ payments: 1 });
  });

  it('finds one that was paid before and that the gateway does not list', async () => {
    const payment = world.gateway.authorise({ ...MONEY, isCaptured: true });
    const life = await verified(placed({ type: 'paid', payment }), payment);
    const { store, table, ids, ...rest } = world;
    const { gateway } = createLogAndGateway();
    world = { ...rest, store, table, ids, gateway };
    await world.keep(life);
    expect((await audit()).whys).to.deep.equal([
      'the log says that the money moved, and the gateway lists nothing',
    ]);
  });

  it('does not miss in a list since yesterday what the shop made before', async () => {
    const payment = world.gateway.authorise({ ...MONEY, isCaptured: true });
    await world.clock.advance(3 * DAY_MS);
    const now = world.clock.now();
    const life = orderLife()
      .with({ now })
      .placed(anOrderPaidBy({ type: 'paid', payment }));
    await world.keep(await verified(life, payment));
    const { whys, totals } = await audit(now - DAY_MS);
    expect(whys).to.deep.equal([]);
    expect(totals).to.include({ payments: 0, before: 1 });
  });

  it('expects nothing at the gateway of what the shop takes by itself', async () => {
    for (const [orderId, reference] of [
      ['o-1', 'transfer 1'],
      ['o-2', 'transfer 1'],
    ] as const) {
      const life = placed({ type: 'transferred', reference }, orderId);
      await world.keep(life.learned('payment#1', { number: numbered(Number(orderId.slice(2))) }));
    }
    expect((await audit()).whys).to.deep.equal([]);
  });
});
