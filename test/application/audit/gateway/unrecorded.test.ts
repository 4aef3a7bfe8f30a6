import { expect } from 'chai';
import { createDeploymentStream } from '../../../../src/application/deployment/deployment.ts';
import { createSendCommand } from '../../../../src/application/ingest/sendCommand.ts';
import { createMemoryMessageQueue } from '../../../../src/adapters/memory/messageQueue.ts';
import type { ForeignPolicy } from '../../../../src/application/audit/gateway/attribution.ts';
import { createGatewayCheck } from '../../../../src/application/audit/gateway/gatewayCheck.ts';
import { createClaimStream } from '../../../../src/application/log/eventStreams.ts';
import type { GatewayLedger } from '../../../../src/application/ports/gatewayLedger.ts';
import { createAskGateway } from '../../../../src/application/review/askGateway.ts';
import { createResolveReview } from '../../../../src/application/review/resolveReview.ts';
import { createFindNumber } from '../../../../src/application/review/reviews.ts';
import { createAllocator } from '../../../../src/application/series/allocator.ts';
import { auditInShares, describeByShares } from '../../../support/auditInShares.ts';
import { must } from '../../../support/commits.ts';
import * as Order from '../../../../src/domain/order/index.ts';
import { anyRegistry, GIVE_UP_MS, NOON } from '../../../support/orderContext.ts';
import {
  createLogAndGateway,
  makeUnreadable,
  type LogAndGateway,
} from '../../../support/logAndGateway.ts';
import type { OrderLife } from '../../../support/orderLife.ts';

const ASKED_MINOR = 4_758;
const MINOR = 4_759;
const EXECUTED = 'the money moved, and the log says that the payment was never executed';
const DECLINED = 'the money moved, and the log says that the payment was declined';

describeByShares('auditing payments that the log does not have as captured', (shares) => {
  let world: LogAndGateway;

  beforeEach(async () => {
    world = createLogAndGateway();
    await world.agree(2);
    const { store, ids, clock } = world;
    const stream = createDeploymentStream({ store, ids, clock });
    const events = [{ type: 'DeploymentIdentified', data: { id: 'dep1', at: NOON } }] as const;
    const trace = { correlationId: 'self', causationId: 'self', idempotencyKey: 'identified' };
    await must(stream.append('self', stream.start, { ...trace, events }));
  });

  const audit = async (
    ledger: GatewayLedger = world.gateway,
    foreign: ForeignPolicy = 'report',
  ) => {
    const { store, clock } = world;
    const make = () => {
      const check = createGatewayCheck({ ledger, store, clock }, { foreign, openMs: GIVE_UP_MS });
      return { check, checks: [check] };
    };
    const { findings, made } = await auditInShares({ store, clock }, { make, segments: 2, shares });
    return { findings, totals: made.check.totals() };
  };

  const found = async () =>
    (await audit()).findings.map(({ streamId, why, evidence }) => [
      streamId,
      why,
      evidence['restMinor'],
    ]);

  const reviewOf = (life: OrderLife, reference: string): OrderLife =>
    life.learned('payment#1', {
      answer: {
        type: 'MoneyMoved',
        source: 'answer',
        reference,
        amountMinor: MINOR,
        currency: 'EUR',
      },
    });

  /** Decides by the command's own use case, at the gateway as it stands. */
  const notCaptured = (forcedBecause?: string) => {
    const { store, orders, clock, ids, gateway } = world;
    const allocator = createAllocator({ store, ids, registry: anyRegistry(), clock });
    const payments = createMemoryMessageQueue({ clock, ids });
    return createResolveReview({
      store,
      orders,
      clock,
      ids,
      claims: createClaimStream({ store, ids }),
      askGateway: createAskGateway({ gateway, clock }),
      findNumber: createFindNumber({ allocator, clock }),
      sendCommand: createSendCommand({ payments, ids }),
    })({
      orderId: 'other',
      moved: false,
      evidence: 'the dashboard',
      by: 'ada',
      ...(forcedBecause !== undefined && { forcedBecause }),
    });
  };

  /** A payment of another amount, for which a person is asked. */
  const ofAnotherAmount = async (): Promise<string> => {
    const { reference = '' } = (await world.charge({ orderId: 'other', amountMinor: MINOR })) ?? {};
    const life = world
      .placed('other')
      .commanded({ type: 'CancelOrder', orderId: 'other', reason: 'r' });
    await world.keep(reviewOf(life, reference));
    return reference;
  };

  const statusOf = async (orderId: string) =>
    Order.statusOf((await must(world.orders.load(orderId))).state);

  it('I23: a payment of another amount that a lost dispute took is explained', async () => {
    const reference = await ofAnotherAmount();
    const dispute = world.gateway.dispute(reference);
    world.gateway.changeDispute(dispute, { status: 'lost' });
    await must(notCaptured());
    expect(await statusOf('other')).to.equal('cancelled');
    for (const foreign of ['apart', 'ignore', 'report'] as const) {
      const { findings, totals } = await audit(world.gateway, foreign);
      expect([findings, totals]).to.deep.equal([[], { ...totals, explained: 1, foreign: 0 }]);
    }
  });

  it('I23: one decided while its dispute was open is a finding until that is lost', async () => {
    const reference = await ofAnotherAmount();
    const dispute = world.gateway.dispute(reference);
    const refused = (await notCaptured())._unsafeUnwrapErr();
    expect(refused.type === 'Contradicted' && refused.against).to.deep.include.members([
      {
        type: 'Moved',
        found: { reference, amountMinor: MINOR, currency: 'EUR' },
        heldMinor: MINOR,
      },
    ]);
    await must(notCaptured('the bank has withdrawn it'));
    for (const [changes, restMinor] of [
      [{}, MINOR],
      [{ status: 'won' }, MINOR],
      [{ status: 'won', reinstatedMinor: MINOR }, MINOR],
      [{ status: 'open', stage: 'appeal', reinstatedMinor: 0 }, MINOR],
      [{ status: 'lost', withdrawnMinor: 4_000 }, MINOR - 4_000],
    ] as const) {
      world.gateway.changeDispute(dispute, changes);
      const { findings } = await audit();
      const { status = 'open' } = changes as { readonly status?: string };
      expect(findings.map(({ streamId, why }) => [streamId, why])).to.deep.equal([
        ['order#other', EXECUTED],
      ]);
      expect(findings[0]?.evidence).to.include({ restMinor, dispute: `${dispute} ${status}` });
    }
    world.gateway.changeDispute(dispute, { status: 'lost', withdrawnMinor: MINOR });
    expect(await found()).to.deep.equal([]);
  });

  it('I23: one that was won is explained once it is refunded', async () => {
    const reference = await ofAnotherAmount();
    const dispute = world.gateway.dispute(reference);
    world.gateway.changeDispute(dispute, { status: 'won', reinstatedMinor: MINOR });
    await must(notCaptured('an error'));
    expect(await found()).to.deep.equal([['order#other', EXECUTED, MINOR]]);
    world.gateway.refundByHand(reference, MINOR);
    expect(await found()).to.deep.equal([]);
  });

  it('I23: adds up what was refunded and what disputes took', async () => {
    const reference = await ofAnotherAmount();
    world.gateway.refundByHand(reference, 1_000);
    const taken = [2_000, MINOR - 3_000].map((amountMinor) =>
      world.gateway.dispute(reference, { amountMinor }),
    );
    await must(notCaptured('an error'));
    expect(await found()).to.deep.equal([['order#other', EXECUTED, MINOR - 1_000]]);
    for (const [at, rest] of [
      [0, [['order#other', EXECUTED, MINOR - 3_000]]],
      [1, []],
    ] as const) {
      world.gateway.changeDispute(taken[at] ?? '', { status: 'lost' });
      expect(await found()).to.deep.equal(rest);
    }
  });

  it('S17: a declined payment that moved later is a finding until a dispute took it', async () => {
    await world.keep(world.placed('late').declined());
    const { reference = '' } = (await world.charge({ orderId: 'late' })) ?? {};
    const dispute = world.gateway.dispute(reference);
    expect(await found()).to.deep.equal([['order#late', DECLINED, ASKED_MINOR]]);
    world.gateway.changeDispute(dispute, { status: 'lost' });
    expect(await found()).to.deep.equal([]);
  });

  it('a second payment is a finding until a dispute took it', async () => {
    const { reference = '' } = (await world.charge({ orderId: 'o-0' })) ?? {};
    const dispute = world.gateway.dispute(reference, { stage: 'inquiry' });
    world.gateway.changeDispute(dispute, { status: 'warning closed' });
    const finding = ['order#o-0', 'a second payment of the order', ASKED_MINOR];
    expect(await found()).to.deep.equal([finding]);
    const again = world.gateway.dispute(reference);
    expect(await found()).to.deep.equal([finding]);
    world.gateway.changeDispute(again, { status: 'lost' });
    expect(await found()).to.deep.equal([]);
  });

  it('makes no finding of what came of a payment whose order cannot be read', async () => {
    const { reference, life } = await world.paid('torn');
    await world.keep(life);
    world.gateway.refundByHand(reference, 1_000);
    world.gateway.dispute(reference, { amountMinor: 1_000 });
    await makeUnreadable(world, 'order#torn');
    const { findings, totals } = await audit();
    expect(findings.map((finding) => [finding.invariant, finding.streamId])).to.deep.equal([
      ['readable', 'order#torn'],
    ]);
    expect(totals).to.include({ notCompared: 1, explained: 0, foreign: 0 });
  });

  it('knows whose refunds and disputes of a payment recorded since the scan are', async () => {
    const { life, reference } = await world.paid('meanwhile');
    const early = world.placed('meanwhile');
    await world.keep(early);
    world.gateway.refundByHand(reference, 1_000);
    world.gateway.dispute(reference, { amountMinor: 1_000 });
    const ledger: GatewayLedger = {
      async *list(options) {
        const held = await must(world.orders.load('meanwhile'));
        const events = life.commits.slice(early.commits.length).flat();
        const trace = { idempotencyKey: 'k', correlationId: 'c', causationId: 'm' };
        await must(world.orders.append('meanwhile', held, { events, ...trace }));
        yield* world.gateway.list(options);
      },
    };
    const { findings, totals } = await audit(ledger);
    expect(findings.map(({ streamId, why }) => [streamId, why])).to.deep.equal([
      ['order#meanwhile', 'a refund that nobody recorded'],
    ]);
    expect(totals.foreign).to.equal(0);
  });
});
