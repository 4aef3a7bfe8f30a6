import { expect } from 'chai';
import { err } from 'neverthrow';
import { createAudit } from '../../../../src/application/audit/audit.ts';
import {
  createGatewayCheck,
  type GatewayCheckOptions,
} from '../../../../src/application/audit/gateway/gatewayCheck.ts';
import type {
  GatewayLedger,
  LedgerEntry,
} from '../../../../src/application/ports/gatewayLedger.ts';
import { orderStreamId } from '../../../../src/application/log/eventStreams.ts';
import { createDeploymentStream } from '../../../../src/application/deployment/deployment.ts';
import * as Order from '../../../../src/domain/order/index.ts';
import { auditInShares, describeByShares } from '../../../support/auditInShares.ts';
import { must } from '../../../support/commits.ts';
import { DEPLOYMENT, contextAt, GIVE_UP_MS, NOON } from '../../../support/orderContext.ts';
import {
  createLogAndGateway,
  makeUnreadable,
  type LogAndGateway,
} from '../../../support/logAndGateway.ts';
import { anOrder, orderLife } from '../../../support/orderLife.ts';
import { runsOf } from '../../../support/runs.ts';

const ORDERS = runsOf(30, 300);
const OPTIONS: GatewayCheckOptions = { foreign: 'report', openMs: GIVE_UP_MS };

describeByShares('auditing the log against the gateway', (shares) => {
  let world: LogAndGateway;

  beforeEach(async () => {
    world = createLogAndGateway();
    await world.agree(ORDERS);
  });

  const audit = async (options: Partial<GatewayCheckOptions> = {}, ledger?: GatewayLedger) => {
    const { store, clock, gateway } = world;
    const make = () => {
      const check = createGatewayCheck(
        { ledger: ledger ?? gateway, store, clock },
        { ...OPTIONS, ...options },
      );
      return { check, checks: [check] };
    };
    const audited = await auditInShares({ store, clock }, { make, segments: 2, shares });
    return { ...audited, totals: audited.made.check.totals() };
  };

  const found = async (options?: Partial<GatewayCheckOptions>, ledger?: GatewayLedger) =>
    (await audit(options, ledger)).findings.map(({ invariant, streamId, why }) => {
      expect(invariant).to.equal('gateway');
      return [streamId, why];
    });

  /** The gateway as somebody, or a fault of its own, has changed it since. */
  const changed = (change: (entry: LedgerEntry) => readonly LedgerEntry[]): GatewayLedger => ({
    async *list(options) {
      for await (const page of world.gateway.list(options)) {
        yield page.map((entries) => entries.flatMap(change));
      }
    },
  });
  const changedOne = (reference: string, changes: object) =>
    changed((entry) => [entry.reference === reference ? { ...entry, ...changes } : entry]);

  it('finds nothing where both agree, and says what it compared (S1, S4, S16)', async () => {
    const { findings, report, totals } = await audit();
    expect(findings).to.deep.equal([]);
    expect(report.findings).to.include({ gateway: 0 });
    expect(totals).to.deep.equal({
      payments: (ORDERS * 8) / 10,
      refunds: ORDERS / 10,
      disputes: 0,
      foreign: 0,
      explained: 0,
      notCompared: 0,
      before: 0,
    });
  });

  it('S16: finds a payment that is of no order, by its name at the gateway', async () => {
    const { reference = '' } = (await world.charge({ orderId: 'x' })) ?? {};
    const ledger = changedOne(reference, { orderId: undefined, attempt: undefined });
    expect(await found({}, ledger)).to.deep.equal([[reference, 'a payment that is of no order']]);
  });

  it('D16, S4: finds a payment whose order the log has lost', async () => {
    await world.charge({ orderId: 'lost' });
    expect(await found()).to.deep.equal([
      ['order#lost', 'the payment names an order that the log does not have'],
    ]);
  });

  it('S1: finds a second payment of one attempt', async () => {
    const { reference } = (await world.charge({ orderId: 'o-0' })) ?? {};
    const { findings } = await audit();
    expect(findings.map(({ streamId, why }) => [streamId, why])).to.deep.equal([
      ['order#o-0', 'a second payment of the order'],
    ]);
    expect(findings[0]?.evidence).to.deep.include({
      reference,
      amountMinor: 4_758,
      currency: 'EUR',
      attempt: 1,
      logSays: 'captured',
    });
  });

  it('S1: a second payment that was refunded in full holds nobody’s money', async () => {
    const { reference: paymentReference = '' } = (await world.charge({ orderId: 'o-0' })) ?? {};
    await world.refund({ paymentReference, amountMinor: 4_000 });
    const [finding] = (await audit()).findings;
    expect(finding?.evidence).to.include({ restMinor: 758 });
    await world.refund({ paymentReference, amountMinor: 758 });
    const { findings, totals } = await audit();
    expect(findings).to.deep.equal([]);
    expect(totals.explained).to.equal(1);
  });

  for (const [changes, why] of [
    [{ amountMinor: 4_759 }, 'the gateway moved another amount than the log says'],
    [{ currency: 'USD' }, 'the gateway moved another amount than the log says'],
    [{ orderId: 'o-5' }, 'the gateway has it under another order'],
    [{ attempt: 2 }, 'the gateway has it under another attempt or refund'],
    [{ deployment: 'other' }, 'the gateway has it under another deployment'],
    [{ orderId: undefined, attempt: undefined }, 'the gateway has it under no order'],
    [{ status: 'open' }, 'the log says that the money moved, and the gateway that it did not'],
    [{ status: 'declined' }, 'the log says that the money moved, and the gateway that it did not'],
  ] as const) {
    it(`G13: finds a payment that the gateway has with ${JSON.stringify(changes)}`, async () => {
      const { life, reference } = await world.paid('seeded');
      await world.keep(life);
      const findings = await found({}, changedOne(reference, changes));
      expect(findings).to.deep.equal([['order#seeded', why]]);
    });
  }

  it('S17: finds a payment that moved though the log says declined', async () => {
    await world.charge({ orderId: 'o-2' });
    expect(await found()).to.deep.equal([
      ['order#o-2', 'the money moved, and the log says that the payment was declined'],
    ]);
  });

  it('G10: finds a payment that landed after the log had it for absent', async () => {
    const life = world
      .placed('late')
      .commanded({ type: 'CancelOrder', orderId: 'late', reason: 'r' });
    await world.keep(life.absent());
    await world.charge({ orderId: 'late' });
    const { findings } = await audit();
    expect(findings.map(({ streamId, why }) => [streamId, why])).to.deep.equal([
      ['order#late', 'the money moved, and the log says that the payment was never executed'],
    ]);
    expect(findings[0]?.evidence).to.include({ logSays: 'failed, cancelled' });
  });

  it('S11: finds a payment that its order never asked for', async () => {
    await world.charge({ orderId: 'o-4' });
    await world.charge({ orderId: 'o-3', attempt: 7 });
    expect(await found()).to.have.deep.members([
      ['order#o-4', 'the order never asked for this payment'],
      ['order#o-3', 'an attempt that the order does not wait for'],
    ]);
  });

  it('L4: a payment that the log still waits for is no finding while it is young', async () => {
    await world.keep(world.placed('open'));
    await world.charge({ orderId: 'open' });
    await world.clock.advance(GIVE_UP_MS - 1);
    const young = await audit();
    expect([young.findings, young.report.inProgress]).to.deep.equal([[], 1]);
    await world.clock.advance(1);
    expect(await found()).to.deep.equal([
      ['order#open', 'the money moved, and the log still waits for the outcome'],
    ]);
  });

  it('S1: explains what a person is to decide, however many payments there are', async () => {
    await world.charge({ orderId: 'o-3' });
    await world.charge({ orderId: 'o-3' });
    await world.clock.advance(2 * GIVE_UP_MS);
    const { findings, totals } = await audit();
    expect([findings, totals.explained]).to.deep.equal([[], 2]);
  });

  it('F23: loads an order that changed since the scan before it makes a finding', async () => {
    const { life, reference } = await world.paid('meanwhile');
    const early = world.placed('meanwhile');
    await world.clock.advance(2 * GIVE_UP_MS);
    await world.keep(early);
    const late = world.orders;
    const ledger: GatewayLedger = {
      async *list(options) {
        // After the scan, and before the gateway answers.
        const held = await must(late.load('meanwhile'));
        const events = life.commits.slice(early.commits.length).flat();
        const trace = { idempotencyKey: 'k', correlationId: 'c', causationId: 'm' };
        await must(late.append('meanwhile', held, { events, ...trace }));
        yield* world.gateway.list(options);
      },
    };
    expect(await found({}, ledger)).to.deep.equal([]);
    expect(reference).to.match(/^pi_/);
  });

  for (const [what, changes, why] of [
    [
      'of another amount',
      { amountMinor: 999 },
      'the gateway moved another amount than the log says',
    ],
    ['under another id', { refundId: 'r-2' }, 'the gateway has it under another attempt or refund'],
    [
      'of another payment',
      { paymentReference: 'pi_memory_1' },
      'the gateway refunded another payment than the log says',
    ],
    [
      'that failed after it was recorded',
      { status: 'failed', amountMinor: 0 },
      'the refund came back, and the log says that it was made',
    ],
  ] as const) {
    it(`S4: finds a refund ${what}`, async () => {
      const { life, reference } = await world.refunded('seeded');
      await world.keep(life);
      const of = 'the gateway holds another amount for the order than the log says';
      expect(await found({}, changedOne(reference, changes))).to.deep.equal([
        ['order#seeded', why],
        ...('paymentReference' in changes ? [['order#o-0', of]] : []),
      ]);
    });
  }

  it('S4: finds a refund that nobody recorded, with our reference and without', async () => {
    const one = await world.paid('one');
    const other = await world.paid('other');
    await world.keep(one.life);
    await world.keep(other.life);
    await world.refund({ paymentReference: one.reference, orderId: 'one', refundId: 'r-9' });
    const byHand = await world.refund({ paymentReference: other.reference });
    const ledger = changedOne(byHand, { orderId: undefined, refundId: undefined });
    const why = 'a refund that nobody recorded';
    expect(await found({ foreign: 'ignore' }, ledger)).to.have.deep.members([
      ['order#one', why],
      ['order#other', why],
    ]);
  });

  it('S4: finds a refund that moved but failed in the log, and a second under one id', async () => {
    const { life, reference: paymentReference } = await world.paid('failed');
    await world.keep(life.asked('r-1', { type: 'Amount', amountMinor: 500 }).refundFailed('r-1'));
    await world.refund({
      paymentReference,
      orderId: 'failed',
      refundId: 'r-1',
      amountMinor: 500,
    });
    const twice = await world.refunded('twice');
    await world.keep(twice.life);
    await world.refund({ ...twice, orderId: 'twice', refundId: 'r-1' });
    expect(await found()).to.have.deep.members([
      ['order#failed', 'the money was refunded, and the log says that the refund was failed'],
      ['order#twice', 'a second refund under one id'],
    ]);
  });

  it('L4: makes no finding of an open refund that is young, or in review', async () => {
    for (const [orderId, isInReview] of [
      ['pending', false],
      ['review', true],
    ] as const) {
      const { life, reference: paymentReference } = await world.paid(orderId);
      const asked = life.asked('r-1', { type: 'Amount', amountMinor: 500 });
      await world.keep(isInReview ? asked.refundInReview('r-1') : asked);
      await world.refund({ paymentReference, orderId, refundId: 'r-1', amountMinor: 500 });
    }
    const young = await audit();
    expect([young.findings, young.report.inProgress]).to.deep.equal([[], 1]);
    await world.clock.advance(GIVE_UP_MS);
    expect(await found()).to.deep.equal([
      ['order#pending', 'the money was refunded, and the log still waits for the outcome'],
    ]);
  });

  it('S4: finds what the log says to have moved and the gateway does not list', async () => {
    const { life, reference, paymentReference } = await world.refunded('gone');
    await world.keep(life);
    const why = 'the log says that the money moved, and the gateway lists nothing';
    const without = (gone: string) => changed((entry) => (entry.reference === gone ? [] : [entry]));
    expect(await found({}, without(reference))).to.deep.equal([['order#gone', why]]);
    expect(await found({}, without(paymentReference))).to.deep.equal([['order#gone', why]]);
  });

  it('S16: finds the same payment in two orders', async () => {
    const { reference } = await world.paid('one');
    await world.keep(world.placed('one').captured(900, reference));
    await world.keep(world.placed('two').captured(901, reference));
    const [[streamId, why] = [], ...more] = await found();
    expect([why, more]).to.deep.equal(['the log has the same money twice', []]);
    expect(streamId).to.be.oneOf(['order#one', 'order#two']);
  });

  it('G11: reports an entry that cannot be read', async () => {
    const ledger = changed((entry) =>
      entry.reference === 'pi_memory_1'
        ? [{ kind: 'unreadable', reference: 'pi_memory_1', why: 'has the status dreaming' }]
        : [entry],
    );
    expect(await found({}, ledger)).to.have.deep.members([
      ['pi_memory_1', 'the gateway’s entry has the status dreaming'],
      ['order#o-0', 'the log says that the money moved, and the gateway lists nothing'],
    ]);
  });

  it('X13: reports an unreadable order once, and does not compare its payment', async () => {
    await makeUnreadable(world, 'order#o-0');
    const { findings, totals } = await audit();
    expect(findings.map((finding) => [finding.invariant, finding.streamId])).to.deep.equal([
      ['readable', 'order#o-0'],
    ]);
    expect(totals.notCompared).to.equal(1);
  });

  describe('on an account that others use too', () => {
    it('leaves alone what carries no reference of ours, and nothing else', async () => {
      const { reference: alien = '' } = (await world.charge({ orderId: 'x' })) ?? {};
      const given = await world.refund({ paymentReference: alien });
      await world.charge({ orderId: 'lost' });
      const ledger = changed(
        (entry) =>
          [
            entry.reference === alien || entry.reference === given
              ? { ...entry, orderId: undefined, attempt: undefined, refundId: undefined }
              : entry,
          ] as readonly LedgerEntry[],
      );
      const { findings, totals } = await audit({ foreign: 'ignore' }, ledger);
      expect(findings.map(({ streamId }) => streamId)).to.deep.equal(['order#lost']);
      expect(totals.foreign).to.equal(2);
    });
  });

  describe('of a deployment with an identity', () => {
    const APART = { foreign: 'apart' } as const;
    const changedParts = (reference: string, without: readonly string[]): GatewayLedger =>
      changed((entry) =>
        entry.reference === reference
          ? [
              Object.fromEntries(
                Object.entries(entry).filter(([name]) => !without.includes(name)),
              ) as LedgerEntry,
            ]
          : [entry],
      );

    beforeEach(async () => {
      const { store, ids, clock } = world;
      const stream = createDeploymentStream({ store, ids, clock });
      const events = [{ type: 'DeploymentIdentified', data: { id: 'dep1', at: NOON } }] as const;
      const trace = { correlationId: 'self', causationId: 'self', idempotencyKey: 'identified' };
      await must(stream.append('self', stream.start, { ...trace, events }));
    });

    it('case 29: counts apart what others moved, and finds no fault with it', async () => {
      const bare = (await world.charge({ orderId: 'x', deployment: '' }))?.reference ?? '';
      await world.charge({ orderId: 'shop-77', deployment: '' });
      await world.charge({ orderId: 'o-0', deployment: 'another' });
      const other = (await world.charge({ orderId: 'shop-78', deployment: 'another' }))?.reference;
      await world.refund({ paymentReference: other ?? '', deployment: 'another' });
      const ledger = changedParts(bare, ['orderId', 'attempt']);
      const { findings, totals } = await audit(APART, ledger);
      expect(findings).to.deep.equal([]);
      expect(totals).to.include({ foreign: 5, explained: 0 });
    });

    it('finds what is ours: an order that the log has lost, and a second payment', async () => {
      await world.charge({ orderId: 'lost' });
      await world.charge({ orderId: 'o-0' });
      const { findings } = await audit(APART);
      expect(findings.map(({ streamId, why }) => [streamId, why])).to.have.deep.members([
        ['order#lost', 'the payment names an order that the log does not have'],
        ['order#o-0', 'a second payment of the order'],
      ]);
      const lost = findings.find(({ streamId }) => streamId === 'order#lost');
      expect(lost?.evidence['remedy']).to.include('`paidonce restored`');
    });

    it('counts as ours what an older release asked for, which named no deployment', async () => {
      const context = contextAt(NOON, { deployment: { ...DEPLOYMENT, id: '' } });
      await world.keep(
        orderLife(context)
          .placed(anOrder({ orderId: 'old' }))
          .captured(901, 'pi_old'),
      );
      await world.charge({ orderId: 'old', deployment: '' });
      expect(await found({ ...APART, since: NOON })).to.deep.equal([
        ['order#old', 'a second payment of the order'],
      ]);
    });

    it('case 10: finds our refund that nobody asked for; its command puts it right', async () => {
      const { life, reference: paymentReference } = await world.paid('back');
      await world.keep(life);
      const made = world.gateway.refundByHand(paymentReference, 500);
      const reference = made.type === 'Refunded' ? made.reference : '';
      const { findings } = await audit(APART);
      expect(findings.map(({ streamId, why }) => [streamId, why])).to.deep.equal([
        ['order#back', 'a refund that nobody recorded'],
      ]);
      expect(findings[0]?.evidence['remedy']).to.match(/^paidonce review adopt back /);

      const asked = { by: 'ada', reason: 'r', at: NOON, series: 'CN', seriesFrom: 0 };
      const listed = { reference, amountMinor: 500, currency: 'EUR', status: 'moved' } as const;
      const adopted = life
        .adding(Order.askToCompare(asked, life.state)._unsafeUnwrap())
        .compared([listed], 902);
      let held = await must(world.orders.load('back'));
      for (const events of adopted.commits.slice(life.commits.length)) {
        const trace = { correlationId: 'c', causationId: 'c', idempotencyKey: 'k' };
        held = await must(world.orders.append('back', held, { ...trace, events }));
      }
      expect((await audit(APART)).findings).to.deep.equal([]);
    });
  });

  it('S1: sees that an unrecorded payment was refunded by hand, there too', async () => {
    const { reference: paymentReference = '' } = (await world.charge({ orderId: 'o-0' })) ?? {};
    const byHand = await world.refund({ paymentReference, amountMinor: 4_758 });
    const ledger = changedOne(byHand, { orderId: undefined, refundId: undefined });
    const { findings, totals } = await audit({ foreign: 'ignore' }, ledger);
    expect([findings, totals.explained]).to.deep.equal([[], 1]);
  });

  it('F22: counts a stream once that the scan shows in pieces', async () => {
    const { store, clock, gateway } = world;
    const check = createGatewayCheck({ ledger: gateway, store, clock }, OPTIONS);
    const { commits } = await must(store.load(orderStreamId('o-0')));
    for (const again of [false, true]) {
      const shown = check.visit({ streamId: 'order#o-0', commits, again });
      expect(shown).to.deep.equal([]);
    }
  });

  describe('since a time', () => {
    const SINCE = NOON + 86_400_000;

    it('lists what was made since, and asks the log for what was asked for since', async () => {
      await world.clock.advance(SINCE - NOON);
      await world.charge({ orderId: 'o-0' });
      const { findings, totals } = await audit({ since: SINCE });
      expect(findings.map(({ streamId }) => streamId)).to.deep.equal(['order#o-0']);
      expect(totals).to.include({ payments: 1, refunds: 0, before: (ORDERS * 8) / 10 });
    });

    it('still compares a young refund of an old payment', async () => {
      await world.clock.advance(SINCE - NOON);
      await world.refund({ paymentReference: 'pi_memory_1' });
      const byHand = `re_memory_${ORDERS / 10 + 1}`;
      const ledger = changedOne(byHand, { orderId: undefined, refundId: undefined });
      expect(await found({ since: SINCE, foreign: 'ignore' }, ledger)).to.deep.equal([
        ['order#o-0', 'a refund that nobody recorded'],
      ]);
    });
  });

  it('ends with the failure of the gateway, and calls nothing missing', async () => {
    const failure = {
      type: 'Unavailable',
      dependency: 'PaymentGateway',
      cause: 'timed out',
      throttled: false,
    } as const;
    const { store, clock } = world;
    const ledger: GatewayLedger = {
      async *list() {
        yield err(failure);
      },
    };
    const check = createGatewayCheck({ ledger, store, clock }, OPTIONS);
    const done = await createAudit({ store, clock })({ segments: 1, checks: [check] });
    expect(done).to.deep.equal(err(failure));
  });

  it('calls nothing missing once it was asked to stop', async () => {
    const { store, clock } = world;
    const check = createGatewayCheck({ ledger: world.gateway, store, clock }, OPTIONS);
    const { commits } = await must(store.load(orderStreamId('o-0')));
    await check.visit({ streamId: 'order#o-0', commits, again: false });
    const pages: unknown[] = [];
    for await (const page of check.conclude(AbortSignal.abort())) pages.push(page);
    expect(pages).to.deep.equal([]);
  });
});
