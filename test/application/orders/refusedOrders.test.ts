import { expect } from 'chai';
import { err, errAsync, ok } from 'neverthrow';
import { orderStreamId } from '../../../src/application/log/eventStreams.ts';
import { CANCEL, order, refundOf, RESUME, setUp } from './payments.ts';

const REFUSED_NOTICE = '{"type":"OrderSettled","v":1,"orderId":"o-1","outcome":"refused"}';

/** Whatever the door can refuse of an order that says which one it is. */
const REFUSALS: readonly (readonly [what: string, type: string, draft: object])[] = [
  ['no lines', 'InvalidOrder', { ...order, lines: [] }],
  ['parts that nobody knows', 'InvalidOrder', { ...order, gift: true }],
  ['a card number in a text', 'InvalidOrder', { ...order, note: '4242 4242 4242 4242' }],
  [
    'a total that is too great to be exact',
    'InvalidOrder',
    {
      ...order,
      lines: [{ ...order.lines[0], quantity: 1_000_000, unitPriceMinor: Number.MAX_SAFE_INTEGER }],
    },
  ],
  ['what the gateway cannot charge', 'Unchargeable', { ...order, currency: 'UYW' }],
];

const textOf = (more: string): string =>
  `${JSON.stringify({ type: 'PlaceOrder', v: 1, ...order }).slice(0, -1)},${more}}`;

describe('the payment service, refusing an order at the door', () => {
  for (const [what, type, draft] of REFUSALS) {
    it(`of ${what}: is a fact of the order, is reported, and only then a dead letter`, async () => {
      const world = setUp();
      const refused = await world.place(draft);
      expect(refused.mapErr((error) => error.type)).to.deep.equal(err(type));
      expect(world.stored()).to.deep.equal(['OrderRefused']);
      expect(world.notified()).to.deep.equal([REFUSED_NOTICE]);
      expect(world.gateway.ledger().charges).to.have.length(0);
      const [{ level, outcome, facts } = {}] = world.records('order.refused');
      expect([level, outcome]).to.deep.equal(['warn', 'its customer is notified']);
      expect(facts).to.deep.equal({ isTold: true });
    });
  }

  it('records a commit that is too large to be kept, of a first commit alone', async () => {
    const bytes = 500_000;
    let appends = 0;
    const world = setUp({
      orders: (real) => ({
        append: (id, held, commit) => {
          appends += 1;
          return appends === 1
            ? errAsync({ type: 'CommitTooLarge', streamId: orderStreamId(id), bytes })
            : real.append(id, held, commit);
        },
      }),
    });
    expect((await world.place())._unsafeUnwrapErr().type).to.equal('CommitTooLarge');
    expect(world.stored()).to.deep.equal(['OrderRefused']);
    expect(world.notified()).to.deep.equal([REFUSED_NOTICE]);
  });

  it('answers a redelivery alike, records it once, and publishes again (Q1, R10)', async () => {
    const world = setUp();
    const first = await world.place({ ...order, lines: [] });
    expect(await world.place({ ...order, lines: [] })).to.deep.equal(first);
    expect(world.stored()).to.deep.equal(['OrderRefused']);
    expect(world.notified()).to.deep.equal([REFUSED_NOTICE, REFUSED_NOTICE]);
  });

  it('places and charges the corrected order under the same id', async () => {
    const world = setUp();
    await world.place({ ...order, lines: [] });
    expect((await world.place()).map(({ outcome }) => outcome)).to.deep.equal(ok('paid'));
    expect(world.stored()[1]).to.equal('OrderPlaced+PaymentRequested');
    expect(world.gateway.ledger().charges).to.have.length(1);
  });

  it('leaves an order alone that stands under the id, and reports nothing of it', async () => {
    const world = setUp();
    await world.place();
    const [stored, notified] = [world.stored(), world.notified()];
    const refused = await world.place({ ...order, lines: [] });
    expect(refused._unsafeUnwrapErr().type).to.equal('InvalidOrder');
    expect(world.stored()).to.deep.equal(stored);
    expect(world.notified()).to.deep.equal(notified);
  });

  it('records nothing of another content under a known id: that order exists (F14)', async () => {
    const world = setUp();
    await world.place();
    await world.place({ ...order, currency: 'USD' });
    expect(world.stored()).to.not.include('OrderRefused');
  });

  it('notifies nobody where no address can be read, and says so', async () => {
    const world = setUp();
    await world.place({ ...order, customer: { id: 'c-1', email: 'nobody' } });
    expect(world.stored()).to.deep.equal(['OrderRefused']);
    expect(world.notified()).to.deep.equal([]);
    const [{ outcome, facts } = {}] = world.records('order.refused');
    expect(outcome).to.equal('it names nobody who could be notified');
    expect(facts).to.deep.equal({ isTold: false });
  });

  it('records nothing of what names no order, or is none', async () => {
    const world = setUp();
    await world.place({ ...order, orderId: 'not an id' });
    await world.handle({ type: 'CancelOrder', v: 1, orderId: 'o-1' });
    await world.handle({ type: 'Teleport', orderId: 'o-1' });
    expect(world.stored()).to.deep.equal([]);
    expect(world.notified()).to.deep.equal([]);
  });

  it('keeps the message where the refusal could not be recorded or reported', async () => {
    const away = {
      type: 'Unavailable',
      dependency: 'EventStore',
      cause: '503',
      throttled: false,
    } as const;
    const world = setUp({ orders: () => ({ append: () => errAsync(away) }) });
    expect(await world.place({ ...order, lines: [] })).to.deep.equal(err(away));
    expect(world.notified()).to.deep.equal([]);
  });

  it('neither logs nor keeps a value of what it refused', async () => {
    const world = setUp();
    const lines = [{ ...order.lines[0], quantity: 31_337.5, sku: '' }];
    await world.place({ ...order, lines, currency: 'QQQ' });
    const [{ outcome } = {}] = world.records('order.committed');
    expect(outcome).to.equal('OrderRefused');
    const item = await world.table.read({ streamId: 'order#o-1', version: 1 });
    expect(JSON.stringify(item))
      .to.contain('OrderRefused')
      .and.not.match(/31337|QQQ/);
  });

  it('keeps no hash from which a card number could be guessed', async () => {
    const fingerprints = new Set<unknown>();
    for (const note of ['4242 4242 4242 4242', '5555 5555 5555 4444']) {
      const world = setUp();
      await world.place({ ...order, note });
      const item = await world.table.read({ streamId: 'order#o-1', version: 1 });
      fingerprints.add(/fingerprint\W+([\w-]{43})/.exec(JSON.stringify(item))?.[1]);
    }
    expect(fingerprints.has(undefined)).to.equal(false);
    // Whatever the number is, it is the same.
    expect(fingerprints.size).to.equal(1);
  });

  it('keeps none either where another part of the same name hides the number', async () => {
    const fingerprints = new Set<unknown>();
    for (const note of ['4242 4242 4242 4242', '5555 5555 5555 4444']) {
      const world = setUp();
      await world.handle(textOf(`"note":"${note}","note":""`));
      const item = await world.table.read({ streamId: 'order#o-1', version: 1 });
      fingerprints.add(/fingerprint\W+([\w-]{43})/.exec(JSON.stringify(item))?.[1]);
    }
    expect([...fingerprints])
      .to.have.length(1)
      .and.not.include(undefined);
  });

  for (const [what, part] of [
    ['half a surrogate pair', String.raw`"\ud800"`],
    ['a number that is none', '1e400'],
    ['lists in lists in lists', '['.repeat(20_000) + ']'.repeat(20_000)],
  ] as const) {
    it(`of ${what}: no canonical form takes it, and it is refused like any other`, async () => {
      const world = setUp();
      const refused = await world.handle(textOf(`"gift":${part}`));
      expect(refused._unsafeUnwrapErr().type).to.equal('InvalidOrder');
      await world.handle(textOf(`"gift":${part}`));
      expect(world.stored()).to.deep.equal(['OrderRefused']);
      await world.handle(textOf(`"gift":${part},"more":1`));
      expect(world.stored()).to.deep.equal(['OrderRefused', 'OrderRefused']);
      expect(world.notified()[0]).to.equal(REFUSED_NOTICE);
    });
  }

  it('says of every later message of the order that it was refused', async () => {
    const world = setUp();
    await world.place({ ...order, lines: [] });
    expect((await world.handle(RESUME)).map(({ outcome }) => outcome)).to.deep.equal(ok('refused'));
    expect((await world.handle(refundOf('r-1'))).map(({ outcome }) => outcome)).to.deep.equal(
      ok('refused'),
    );
    expect((await world.handle(CANCEL)).map(({ outcome }) => outcome)).to.deep.equal(ok('refused'));
    expect(world.stored()).to.deep.equal(['OrderRefused', 'CancellationRequested']);
    // Whoever cancelled it is not charged when it comes again.
    await world.place();
    expect(world.gateway.ledger().charges).to.have.length(0);
  });
});
