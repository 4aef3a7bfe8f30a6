import { expect } from 'chai';
import { createGatewayCheck } from '../../../../src/application/audit/gateway/gatewayCheck.ts';
import { createLogChecks } from '../../../../src/application/audit/logChecks.ts';
import type { GatewayLedger } from '../../../../src/application/ports/gatewayLedger.ts';
import { createGatewayEventCursor } from '../../../../src/application/reconcile/cursor.ts';
import type * as Order from '../../../../src/domain/order/index.ts';
import { auditInShares, describeByShares } from '../../../support/auditInShares.ts';
import { must } from '../../../support/commits.ts';
import { GIVE_UP_MS, NOON } from '../../../support/orderContext.ts';
import { createLogAndGateway, type LogAndGateway } from '../../../support/logAndGateway.ts';
import {
  closed,
  opened,
  paymentPending,
  reinstated,
  returnDecided,
  returned,
  withdrawn,
} from '../../../support/gatewayEvents.ts';
import type { OrderLife } from '../../../support/orderLife.ts';

const MINOR = 4_758;
const NOT_LISTED = 'the log has a dispute that the gateway does not list';

/** The same with the name that the gateway gave the dispute. */
const named = (dispute: string, ...events: readonly Order.StreamEvent[]) =>
  events.map((event) =>
    'dispute' in event.data
      ? ({ ...event, data: { ...event.data, dispute } } as Order.StreamEvent)
      : event,
  );

describeByShares('auditing disputes and refunds that came back', (shares) => {
  let world: LogAndGateway;

  beforeEach(async () => {
    world = createLogAndGateway();
    await world.agree(2);
  });

  const audit = async (ledger: GatewayLedger = world.gateway, since?: number) => {
    const { store, clock, ids } = world;
    const make = () => {
      const check = createGatewayCheck(
        { ledger, store, clock },
        { foreign: 'report', openMs: GIVE_UP_MS, since },
      );
      const log = createLogChecks({ store, clock, ids }, { graceMs: 0, giveUpMs: GIVE_UP_MS });
      // These lives have neither their series nor their mails.
      const ofOrders = log.checks.filter(
        ({ proves }) => !proves.includes('numbers') && !proves.includes('told'),
      );
      return { log, check, checks: [...ofOrders, check] };
    };
    const audited = await auditInShares({ store, clock }, { make, segments: 2, shares });
    const { log, check } = audited.made;
    return { ...audited, totals: check.totals(), waiting: log.waiting() };
  };

  const found = async (ledger?: GatewayLedger, since?: number) =>
    (await audit(ledger, since)).findings.map(({ streamId, why }) => [streamId, why]);

  /** A paid order that is disputed at the gateway, and whose log has these events of it. */
  const disputed = async (
    events: (id: string) => readonly Order.StreamEvent[],
    changes: Parameters<typeof world.gateway.changeDispute>[1] = {},
  ) => {
    const { life, reference } = await world.paid('seeded');
    const id = world.gateway.dispute(reference);
    world.gateway.changeDispute(id, changes);
    await world.keep(life.adding(events(id)));
    return { id, reference };
  };

  it('reads how far the gateway’s events were read, and finds nothing in it', async () => {
    const cursor = createGatewayEventCursor({ store: world.store, ids: world.ids });
    await must(cursor.save(await must(cursor.load()), NOON));
    const { findings, report } = await audit();
    expect([findings, report.unreadable]).to.deep.equal([[], 0]);
  });

  const WON = { status: 'won', reinstatedMinor: MINOR } as const;

  it('I23: finds nothing where the log has each dispute as it stands', async () => {
    await disputed((id) => named(id, opened(), withdrawn(), closed('won'), reinstated()), WON);
    const { findings, report, totals } = await audit();
    expect([findings, totals.disputes]).to.deep.equal([[], 1]);
    expect(report.sums['EUR']).to.include({ withdrawn: MINOR, reinstated: MINOR, returned: 0 });
  });

  it('finds a dispute that the log does not have, once it had time to hear of it', async () => {
    await disputed(() => []);
    expect([await found(), (await audit()).report.inProgress]).to.deep.equal([[], 1]);
    await world.clock.advance(GIVE_UP_MS);
    const { findings } = await audit();
    expect(findings.map(({ streamId, why }) => [streamId, why])).to.deep.equal([
      ['order#seeded', 'a dispute that the log does not have'],
    ]);
    expect(findings[0]?.evidence).to.include({ logSays: 'none', remedy: 'paidonce reconcile' });
  });

  it('finds a dispute of the log that the gateway does not list', async () => {
    const { life } = await world.paid('seeded');
    await world.keep(life.adding([opened(), withdrawn()]));
    expect(await found()).to.deep.equal([['order#seeded', NOT_LISTED]]);
  });

  it('looks for no dispute whose payment may be older than the list', async () => {
    const { life } = await world.paid('seeded');
    await world.keep(life.adding([opened(), withdrawn()]));
    expect(await found(world.gateway, world.clock.now() + 1)).to.deep.equal([]);
  });

  for (const [what, changes, why] of [
    [
      'more was withdrawn',
      { withdrawnMinor: MINOR + 1 },
      'the gateway withdrew another amount for the dispute than the log says',
    ],
    [
      'some was reinstated',
      { reinstatedMinor: 1 },
      'the gateway reinstated another amount for the dispute than the log says',
    ],
    ['it is lost', { status: 'lost' }, 'the dispute has ended otherwise than the log says'],
    ['it is in appeal', { stage: 'appeal' }, 'the dispute has gone further than the log says'],
  ] as const) {
    it(`finds a dispute of which ${what}, and the log does not know`, async () => {
      await disputed((id) => named(id, opened(), withdrawn()), changes);
      const { findings } = await audit();
      expect(findings.map((finding) => [finding.streamId, finding.why])).to.deep.equal([
        ['order#seeded', why],
      ]);
      expect(findings[0]?.evidence).to.include({
        logSays: `chargeback open, withdrawn ${MINOR}, reinstated 0`,
        remedy: 'paidonce reconcile',
      });
    });
  }

  it('finds nothing where the log has the dispute open in a later stage', async () => {
    await disputed((id) => named(id, opened({ stage: 'appeal' }), withdrawn()));
    expect(await found()).to.deep.equal([]);
  });

  it('loads an order again whose dispute went on since the scan', async () => {
    const { id } = await disputed((dispute) => named(dispute, opened(), withdrawn()));
    const ledger: GatewayLedger = {
      async *list(options) {
        world.gateway.changeDispute(id, { status: 'lost' });
        const held = await must(world.orders.load('seeded'));
        const trace = { idempotencyKey: 'k', correlationId: 'c', causationId: 'm' };
        const events = named(id, closed('lost'));
        await must(world.orders.append('seeded', held, { events, ...trace }));
        yield* world.gateway.list(options);
      },
    };
    expect(await found(ledger)).to.deep.equal([]);
  });

  it('reports a dispute of a payment that is of no order, where nobody else uses it', async () => {
    const { reference } = await world.paid('seeded');
    const id = world.gateway.dispute(reference);
    const without: GatewayLedger = {
      async *list(options) {
        for await (const page of world.gateway.list(options)) {
          yield page.map((all) => all.filter((entry) => entry.reference !== reference));
        }
      },
    };
    expect(await found(without)).to.deep.equal([
      [id, 'a dispute of a payment that is of no order'],
    ]);
  });

  it('reports open disputes past the time for evidence, which are no finding', async () => {
    const dueBy = world.clock.now() + 1_000;
    await disputed((id) => named(id, opened({ dueBy }), withdrawn()));
    const before = (await audit()).waiting;
    expect([before.disputesOverdue.count, before.disputesDueBy]).to.deep.equal([0, dueBy]);
    await world.clock.advance(1_000);
    const { findings, waiting } = await audit();
    expect([findings, waiting.disputes.count, waiting.disputesOverdue.count]).to.deep.equal([
      [],
      1,
      1,
    ]);
    expect(waiting.disputesOverdue.oldest[0]).to.include({ orderId: 'seeded', since: dueBy });
    expect(waiting.disputesDueBy).to.equal(0);
  });

  const cameBack = async (change: (life: OrderLife, reference: string) => OrderLife) => {
    const { life, reference, paymentReference } = await world.refunded('back');
    world.gateway.endRefund(reference, 'failed');
    await world.keep(change(life, reference));
    return { reference, paymentReference };
  };

  it('I23: finds nothing where the log has it that a refund came back', async () => {
    await cameBack((life, reference) => life.adding([returned({ reference })]));
    const { findings, report, waiting } = await audit();
    expect(findings).to.deep.equal([]);
    expect(report.sums['EUR']).to.include({ returned: 1_000 });
    expect(waiting.inReview.oldest).to.deep.include.members([
      {
        orderId: 'back',
        subject: 'refund#r-1',
        since: NOON,
        why: 'refund-returned',
      },
    ]);
  });

  it('finds a refund that came back while the log says that it was made', async () => {
    await cameBack((life) => life);
    const { findings } = await audit();
    expect(findings.map(({ streamId, why }) => [streamId, why])).to.deep.equal([
      ['order#back', 'the refund came back, and the log says that it was made'],
    ]);
    expect(findings[0]?.evidence).to.include({ remedy: 'paidonce reconcile' });
  });

  it('loads an order again whose refund came back since the scan', async () => {
    const { reference } = await cameBack((life) => life);
    const ledger: GatewayLedger = {
      async *list(options) {
        const held = await must(world.orders.load('back'));
        const trace = { idempotencyKey: 'k', correlationId: 'c', causationId: 'm' };
        const events = [returned({ reference })];
        await must(world.orders.append('back', held, { events, ...trace }));
        yield* world.gateway.list(options);
      },
    };
    expect(await found(ledger)).to.deep.equal([]);
  });

  it('finds a refund that is made, and that came back by the log', async () => {
    const { life, reference } = await world.refunded('back');
    await world.keep(life.adding([returned({ reference })]));
    expect(await found()).to.deep.equal([
      ['order#back', 'the log says that the refund came back, and the gateway that it was made'],
    ]);
  });

  it('I23: takes a refund that a person made again for that of the order', async () => {
    const { life, reference, paymentReference } = await world.refunded('back');
    world.gateway.endRefund(reference, 'failed');
    const again = world.gateway.refundByHand(paymentReference, 1_000);
    const decided = returnDecided({
      reference: again.type === 'Refunded' ? again.reference : '',
    });
    await world.keep(life.adding([returned({ reference }), decided]));
    const { findings, report } = await audit();
    expect(findings).to.deep.equal([]);
    expect(report.sums['EUR']).to.include({ returned: 0 });
  });

  it('I23: finds an order for which another amount is held than the log says', async () => {
    const { life, reference } = await world.refunded('back');
    await world.keep(life);
    // A list that names one refund twice: entry by entry all agrees.
    const ledger: GatewayLedger = {
      async *list(options) {
        for await (const page of world.gateway.list(options)) {
          yield page.map((all) =>
            all.flatMap((entry) =>
              entry.reference === reference ? [entry, { ...entry }] : [entry],
            ),
          );
        }
      },
    };
    const { findings } = await audit(ledger);
    expect(findings.map(({ streamId, why }) => [streamId, why])).to.deep.equal([
      ['order#back', 'the gateway holds another amount for the order than the log says'],
    ]);
    expect(findings[0]?.evidence).to.include({
      gatewayHoldsMinor: MINOR - 2_000,
      logHoldsMinor: MINOR - 1_000,
    });
  });

  it('R19: takes what is under way for no unknown outcome, until its time is over', async () => {
    const life = world.placed('slow');
    const until = world.clock.now() + 10 * GIVE_UP_MS;
    await world.keep(life.adding([paymentPending({ until })]));
    const unknownOf = async () =>
      (await audit()).findings.filter(({ streamId }) => streamId === 'order#slow');
    await world.clock.advance(9 * GIVE_UP_MS);
    expect(await unknownOf()).to.deep.equal([]);
    const listed = (await audit()).waiting.unknown.oldest.map(({ orderId }) => orderId);
    expect(listed).to.not.include('slow');
    await world.clock.advance(2 * GIVE_UP_MS);
    expect((await unknownOf()).map(({ invariant }) => invariant)).to.deep.equal(['unknown']);
  });
});
