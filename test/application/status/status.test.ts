import { expect } from 'chai';
import { ok, okAsync, type Result } from 'neverthrow';
import {
  loadLastAudit,
  createRecordAudit,
} from '../../../src/application/registry/auditRecords.ts';
import { countDeadLetters } from '../../../src/application/status/deadLetterCauses.ts';
import { createDocumentsSince } from '../../../src/application/status/documents.ts';
import { readStanding, standingOfAudit } from '../../../src/application/status/standing.ts';
import { createTotalsSince } from '../../../src/application/status/totals.ts';
import { documentOf } from '../../../src/bootstrap/cli/invoice/invoice.ts';
import { createAudit } from '../../../src/application/audit/audit.ts';
import type { PaymentGateway } from '../../../src/application/ports/paymentGateway.ts';
import type { InvoiceRow } from '../../../src/application/ports/invoiceView.ts';
import * as Registry from '../../../src/domain/registry/index.ts';
import { must } from '../../support/commits.ts';
import { orderLife } from '../../support/orderLife.ts';
import { createShop, numbering, type Shop } from '../../support/shop.ts';
import { createReconcileWorld } from '../reconcile/world.ts';

const FORMAT = '{series}-{year}-{number:6}';
const DAY_MS = 86_400_000;
const JUNE_1 = Date.UTC(2026, 5, 1);
const SILENT: Partial<PaymentGateway> = {
  charge: () => okAsync({ type: 'Unknown', cause: 'no answer' }),
  find: () => okAsync({ type: 'Unknown', cause: 'no answer' }),
};
const AUDIT: Registry.AuditConclusion = {
  startedAt: JUNE_1,
  endedAt: JUNE_1 + 1_000,
  commits: 7,
  findings: 0,
  unchecked: ['gateway'],
  open: 2,
  openSince: JUNE_1 - 1,
  unknown: 0,
  unknownSince: 0,
  inReview: 1,
  inReviewSince: JUNE_1 - 2,
  disputes: 1,
  disputesDueBy: JUNE_1 + DAY_MS,
  manifestSha256: '',
};

const registered = (...names: readonly string[]) =>
  names.map((series) => {
    const data = { series, format: FORMAT, documents: 'invoices', at: 0 } as const;
    return { events: [Registry.codec.encode({ type: 'SeriesRegistered', data })], at: 0 };
  });

describe('the totals since a time', () => {
  let shop: Shop;
  let rows: Map<string, InvoiceRow>;
  let asked: string[];

  const invoices = {
    getMany: (orderIds: readonly string[]) => {
      asked.push(...orderIds);
      return okAsync(
        new Map(
          orderIds.flatMap((id): [string, Result<InvoiceRow, never>][] => {
            const row = rows.get(id);
            return row === undefined ? [] : [[id, ok(row)]];
          }),
        ),
      );
    },
  };
  const totalsSince = (since: number) =>
    createTotalsSince({ store: shop.store, invoices, documentOf }, since);
  /** Ten days with two commits each of one document. */
  const layDays = (days: number): void => {
    shop.lay(
      'series#INV',
      Array.from({ length: 2 * days }, (_, at) =>
        numbering({
          first: at + 1,
          date: JUNE_1 + Math.floor(at / 2) * DAY_MS,
          year: 2026,
          entries: [{ id: `o-${at}`, reference: 'pi_1' }],
          format: FORMAT,
        }),
      ),
    );
  };

  beforeEach(() => {
    shop = createShop();
    rows = new Map();
    asked = [];
    shop.lay('registry#series', registered('INV', 'CN'));
  });

  it('reads the documents of that time alone, and each once', async () => {
    layDays(10);
    let reads = 0;
    const store = {
      ...shop.store,
      load: (...args: Parameters<Shop['store']['load']>) => {
        reads += 1;
        return shop.store.load(...args);
      },
    };
    const documentsSince = createDocumentsSince(store, JUNE_1 + 9 * DAY_MS);
    const { documents, isCut } = await must(documentsSince());

    expect(documents.map(({ orderId }) => orderId)).to.deep.equal(['o-18', 'o-19']);
    expect(isCut).to.equal(false);
    // The registry, the halves of twenty commits, a page of each series.
    expect(reads).to.be.at.most(1 + 5 + 2);
    expect((await must(documentsSince())).documents).to.deep.equal([]);
    layDays(11);
    expect((await must(documentsSince())).documents.map(({ orderId }) => orderId)).to.deep.equal([
      'o-20',
      'o-21',
    ]);
    const later = createDocumentsSince(store, JUNE_1 + 20 * DAY_MS);
    expect((await must(later())).documents).to.deep.equal([]);
  });

  it('stops at its bound, says so, and goes on from there', async () => {
    layDays(300);
    const documentsSince = createDocumentsSince(shop.store, JUNE_1);
    const first = await must(documentsSince(150));
    const rest = await must(documentsSince(1_000));

    expect(first.isCut).to.equal(true);
    expect(rest.isCut).to.equal(false);
    const all = [...first.documents, ...rest.documents].map(({ orderId }) => orderId);
    expect(all).to.deep.equal(Array.from({ length: 600 }, (_, at) => `o-${at}`));
  });

  it('sums what was charged and refunded by currency, from the documents', async () => {
    const life = orderLife().placed().captured(1).asked('r-1').refunded('r-1', 1);
    shop.layOrder('o-1', life.commits);
    rows.set('o-1', shop.rows.get('o-1') ?? expect.fail('it has no row'));
    const { issuedAt } = documentOf(rows.get('o-1') ?? expect.fail())._unsafeUnwrap();
    const lay = (series: string, id: string): void =>
      shop.lay(`series#${series}`, [
        numbering({
          first: 1,
          date: issuedAt,
          year: 2026,
          entries: [{ id, reference: 'x' }],
          format: FORMAT,
        }),
      ]);
    lay('INV', 'o-1');
    lay('CN', 'o-1#r-1');
    const total = life.state.placed?.totalMinor;

    expect(await must(totalsSince(issuedAt - 1)())).to.deep.equal({
      since: issuedAt - 1,
      currencies: [
        {
          currency: 'EUR',
          invoices: 1,
          chargedMinor: total,
          creditNotes: 1,
          refundedMinor: total,
        },
      ],
      withoutRow: 0,
      isCut: false,
    });
  });

  it('counts a number whose document is not there yet, and asks for it again', async () => {
    const life = orderLife().placed().captured(1);
    shop.layOrder('o-0', life.commits);
    layDays(1);
    const read = totalsSince(JUNE_1);

    expect((await must(read())).withoutRow).to.equal(2);
    rows.set('o-0', shop.rows.get('o-0') ?? expect.fail('it has no row'));
    asked = [];
    const { withoutRow, currencies } = await must(read());
    expect({ withoutRow, invoices: currencies[0]?.invoices }).to.deep.equal({
      withoutRow: 1,
      invoices: 1,
    });
    expect(asked).to.have.members(['o-0', 'o-1']);
  });
});

describe('what waits', () => {
  let world: ReturnType<typeof createReconcileWorld>;

  beforeEach(() => {
    world = createReconcileWorld();
  });

  const bounds = { segments: 2, commitsMax: 1_000 };

  it('is counted from the log: open orders, outcomes, and reviews by their reason', async () => {
    await world.place('o-1');
    await world.work();
    await world.place('o-2', { paymentMethod: 'pm_sandbox_wrong_amount' });
    await world.work();
    await world.place('o-3');
    await world.work(1_000, SILENT);
    const standing = await must(readStanding(world, bounds));

    expect(standing).to.deep.include({ source: 'log', isWhole: true });
    expect([standing.open, standing.unknown, standing.inReview].map(({ count }) => count)) //
      .to.deep.equal([1, 1, 1]);
    expect(standing.open.since).to.be.a('number');
    expect(standing.reviews.map(({ reason, count }) => [reason, count])).to.deep.equal([
      ['amount', 1],
    ]);
  });

  it('shows the reviews of an order that is open besides', async () => {
    const shop = createShop();
    const life = orderLife()
      .placed()
      .captured(1)
      .asked('r-1', { type: 'Amount', amountMinor: 100 });
    shop.layOrder('o-1', life.refundInReview('r-1').asked('r-2').commits, { derive: false });
    const { open, inReview } = await must(readStanding(shop, bounds));

    expect([open.count, inReview.count]).to.deep.equal([1, 1]);
  });

  it('is said to be a part where the scan stopped at its bound', async () => {
    await world.place('o-1');
    await world.work();
    const standing = await must(readStanding(world, { ...bounds, commitsMax: 1 }));
    expect(standing.isWhole).to.equal(false);
  });

  it('is what the last audit counted, where nobody reads the log', () => {
    expect(standingOfAudit(AUDIT)).to.deep.include({
      source: 'audit',
      at: JUNE_1,
      open: { count: 2, since: JUNE_1 - 1 },
      unknown: { count: 0 },
      inReview: { count: 1, since: JUNE_1 - 2 },
    });
  });

  it('shows dead letters by what is wrong with them, the oldest cause first', async () => {
    await world.place('o-1', { paymentMethod: 'pm_sandbox_wrong_amount' });
    await world.work();
    await world.clock.advance(60_000);
    await must(world.payments.send([{ body: 'no message' }, { body: 'nor this' }]));
    await world.work();
    const { paymentsDlq: payments, notificationsDlq: notifications, clock } = world;
    const look = { clock, deadLettersMax: 100 };
    const seen = await world.through(
      (async () => countDeadLetters({ payments, notifications }, look))(),
    );
    const { causes, looked, isCut } = await must(okAsync(seen._unsafeUnwrap()));

    expect({ looked, isCut }).to.deep.equal({ looked: 3, isCut: false });
    expect(causes.map(({ queue, cause, count }) => [queue, cause, count])).to.deep.equal([
      ['payments', 'ReviewRequired: amount', 1],
      ['payments', 'MalformedMessage', 2],
    ]);
    expect(payments.counts().visible).to.equal(3);
  });
});

describe('the cause of a dead letter that waits for a person', () => {
  it('is what a person has to decide, whichever part of the order it is about', async () => {
    const {
      paymentsDlq: payments,
      notificationsDlq: notifications,
      ...world
    } = createReconcileWorld();
    for (const why of [
      'payment#1 is in review: amount',
      'refund#r-1 is in review: unresolved',
      'contradiction: refund#r-1',
      'contradiction: refund#r-2',
      'cancel-refund-exhausted',
    ]) {
      const attributes = { ErrorType: 'ReviewRequired', Reason: `ReviewRequired; ${why}` };
      await must(payments.send([{ body: '{}', attributes }]));
    }
    const look = { clock: world.clock, deadLettersMax: 100 };
    const seen = await world.through(
      (async () => countDeadLetters({ payments, notifications }, look))(),
    );
    const { causes } = seen._unsafeUnwrap();

    expect(causes.map(({ cause, count }) => [cause, count])).to.have.deep.members([
      ['ReviewRequired: amount', 1],
      ['ReviewRequired: unresolved', 1],
      ['ReviewRequired: contradiction', 2],
      ['ReviewRequired: cancel-refund-exhausted', 1],
    ]);
  });
});

describe('an audit that was made', () => {
  it('is recorded after the one before, also beside another, and is audited itself', async () => {
    const world = createReconcileWorld();
    const record = createRecordAudit(world);
    expect(await must(loadLastAudit(world.store))).to.equal(undefined);
    const [one, other] = await Promise.all([
      record(AUDIT),
      record({ ...AUDIT, startedAt: JUNE_1 + 1 }),
    ]);
    expect([one.isOk(), other.isOk()]).to.deep.equal([true, true]);
    await must(record({ ...AUDIT, startedAt: JUNE_1 + 2, findings: 3 }));

    expect(await must(loadLastAudit(world.store))).to.deep.equal({
      ...AUDIT,
      startedAt: JUNE_1 + 2,
      findings: 3,
    });
    const audited = await createAudit(world)({ segments: 1, checks: [] });
    expect(audited._unsafeUnwrap()).to.deep.include({
      commits: 3,
      findings: { readable: 0, contiguous: 0 },
    });
  });

  it('stands apart from the registry, which workers read', () => {
    const events: readonly Registry.Event[] = [{ type: 'AuditConcluded', data: AUDIT }];
    expect([...Registry.fold(events)]).to.deep.equal([]);
  });
});
