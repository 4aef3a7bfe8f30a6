import { expect } from 'chai';
import { okAsync, ResultAsync } from 'neverthrow';
import { CHOSEN_BYTES_MAX } from '../../../src/application/deadLetters/act.ts';
import { must } from '../../support/commits.ts';
import { anOrder } from '../../support/orderLife.ts';
import { createDeadLetterWorld, outcomesOf, type DeadLetterWorld, type Shared } from './world.ts';

const MINUTE_MS = 60_000;
/** Far more calls than sending two dead letters again takes. */
const CALLS_MAX = 60;

type When = 'before' | 'after';

type Around = <T, E>(call: () => ResultAsync<T, E>) => ResultAsync<T, E>;

/** The ports that a person's process calls, with something around each call. */
const around = (
  { store, payments, paymentsDlq }: DeadLetterWorld,
  does: Around,
): Partial<Shared> => ({
  store: {
    ...store,
    load: (...args) => does(() => store.load(...args)),
    append: (...args) => does(() => store.append(...args)),
  },
  payments: { ...payments, send: (...args) => does(() => payments.send(...args)) },
  paymentsDlq: {
    ...paymentsDlq,
    receive: (...args) => does(() => paymentsDlq.receive(...args)),
    changeVisibility: (...args) => does(() => paymentsDlq.changeVisibility(...args)),
    delete: (...args) => does(() => paymentsDlq.delete(...args)),
  },
});

/** Those of a process that dies at its n-th call: nothing that it asked for ever comes back. */
const dyingAt = (world: DeadLetterWorld, n: number, when: When) => {
  let calls = 0;
  const ports = around(world, <T, E>(call: () => ResultAsync<T, E>) => {
    calls += 1;
    const never = new ResultAsync<T, E>(new Promise(() => undefined));
    if (calls < n) return call();
    return calls > n || when === 'before' ? never : call().andThen(() => never);
  });
  return { ports, wasReached: () => calls >= n };
};

describe('a person’s process that dies while it acts on dead letters (X1, X2)', () => {
  for (const when of ['before', 'after'] as const) {
    it(`at any call, ${when} it: the same decision again ends it, recorded once`, async () => {
      const reached: number[] = [];
      for (let n = 1; n <= CALLS_MAX; n += 1) {
        const world = createDeadLetterWorld();
        const ids = ['o-1', 'o-2'];
        for (const orderId of ids) {
          await world.deadLetter('payments', { type: 'PlaceOrder', v: 1, ...anOrder({ orderId }) });
        }
        const { ports, wasReached } = dyingAt(world, n, when);
        void world.dlq(ports).act('redrive');
        // What it held shows again, since nobody renews it.
        await world.clock.advance(3 * MINUTE_MS);

        const again = await world.dlq().redrive();
        await world.work();

        expect(again.sums, `call ${n}`).to.have.property('failed', 0);
        expect(world.paymentsDlq.counts(), `call ${n}`).to.deep.equal({ visible: 0, inFlight: 0 });
        expect(world.payments.dump(), `call ${n}`).to.deep.equal([]);
        expect(world.gateway.ledger().charges, `call ${n}`).to.have.length(2);
        for (const orderId of ids) {
          const types = await world.types(orderId);
          const count = (type: string): number => types.filter((other) => other === type).length;
          const counts = ['LetterRedriven', 'PaymentCaptured', 'InvoiceIssued'].map(count);
          expect(counts, `call ${n}: ${types.join()}`).to.deep.equal([1, 1, 1]);
        }
        if (!wasReached()) break;
        reached.push(n);
      }
      // Every receive, load, append, send and delete, and no run without its end.
      expect(reached.length).to.be.within(10, CALLS_MAX - 1);
    });
  }

  it('records before it sends, and sends before it deletes', async () => {
    const world = createDeadLetterWorld();
    await world.deadLetter('payments', { type: 'PlaceOrder', v: 1, ...anOrder() });
    const seen: string[] = [];
    const look = async (): Promise<void> => {
      const [sent, deadLetters] = [world.payments, world.paymentsDlq].map(
        (queue) => queue.dump().length,
      );
      const events = (await world.types('o-1')).length;
      seen.push(`${events} events, ${sent} sent, ${deadLetters} letters`);
    };
    await world
      .dlq(
        around(world, <T, E>(call: () => ResultAsync<T, E>) =>
          ResultAsync.fromSafePromise<void, E>(look()).andThen(call),
        ),
      )
      .redrive();

    const changes = seen.filter((one, at) => one !== seen[at - 1]);
    expect(changes).to.deep.equal([
      '0 events, 0 sent, 1 letters',
      '1 events, 0 sent, 1 letters',
      '1 events, 1 sent, 1 letters',
    ]);
  });
});

describe('people and reconcilers at one dead-letter queue', () => {
  it('two people redrive everything: each is sent, and recorded once (Q17, L2)', async () => {
    const world = createDeadLetterWorld();
    const orders = Array.from({ length: 25 }, (_, at) => `o-${at}`);
    for (const orderId of orders) {
      await world.deadLetter('payments', { type: 'PlaceOrder', v: 1, ...anOrder({ orderId }) });
    }

    const both = Promise.all([
      world.dlq().act('redrive'),
      world.dlq().act('redrive'),
      world.reconciler()(),
    ]);
    await world.through(both);
    const rest = await world.dlq().redrive();

    const outcomes = [...(await both).slice(0, 2), rest].flatMap((ended) =>
      'acted' in ended ? outcomesOf(ended) : [],
    );
    expect(new Set(outcomes)).to.deep.equal(new Set(['done']));
    expect(outcomes).to.have.length(25);
    expect(world.paymentsDlq.counts()).to.deep.equal({ visible: 0, inFlight: 0 });
    await world.work(20_000);
    for (const orderId of orders) {
      expect(
        (await world.types(orderId)).filter((type) => type === 'LetterRedriven'),
      ).to.have.length(1);
    }
    expect(world.gateway.ledger().charges).to.have.length(25);
  });

  it('stops between two dead letters, and releases the rest at once (X2)', async () => {
    const world = createDeadLetterWorld();
    for (const orderId of ['o-1', 'o-2', 'o-3']) {
      await world.deadLetter('payments', { type: 'PlaceOrder', v: 1, ...anOrder({ orderId }) });
    }
    const stop = new AbortController();

    const { sums } = await world
      .dlq()
      .redrive({ rate: 1, signal: stop.signal, onActed: () => stop.abort() });

    expect(sums).to.deep.include({ found: 3, done: 1, failed: 0 });
    expect(world.paymentsDlq.counts()).to.deep.equal({ visible: 2, inFlight: 0 });
  });

  it('holds what it chose for as long as its turn takes, and each is sent once', async () => {
    const world = createDeadLetterWorld();
    const orders = Array.from({ length: 150 }, (_, at) => `o-${at}`);
    for (const orderId of orders) {
      await world.deadLetter('payments', { type: 'PlaceOrder', v: 1, ...anOrder({ orderId }) });
    }
    const shown = new Set<number>();

    // Two and a half minutes, of which a hold lasts one.
    const ended = await world
      .dlq()
      .redrive({ rate: 1, onActed: () => shown.add(world.paymentsDlq.counts().visible) });

    expect(ended.sums).to.deep.include({ looked: 150, done: 150, failed: 0 });
    expect([...shown]).to.deep.equal([0]);
    expect(world.payments.dump()).to.have.length(150);
  });

  it('chooses no more than it can hold with bodies, and says there may be more', async () => {
    const world = createDeadLetterWorld();
    const body = '.'.repeat(1_000_000);
    await must(world.paymentsDlq.send(Array.from({ length: 30 }, () => ({ body }))));

    const { sums } = await world.dlq().redrive();

    const atOnce = Math.ceil(CHOSEN_BYTES_MAX / body.length);
    expect(sums).to.deep.include({ looked: atOnce, done: atOnce, isCut: true });
    expect(world.paymentsDlq.counts()).to.deep.equal({ visible: 30 - atOnce, inFlight: 0 });
  });

  it('leaves alone what it does not hold any more: it may be another’s by then', async () => {
    const world = createDeadLetterWorld();
    for (let at = 0; at < 50; at += 1) {
      const order = anOrder({ orderId: `o-${at}` });
      await world.deadLetter('payments', { type: 'PlaceOrder', v: 1, ...order });
    }
    const paymentsDlq: typeof world.paymentsDlq = {
      ...world.paymentsDlq,
      changeVisibility: (entries) =>
        okAsync(
          entries.map(() => ({ type: 'Failed', code: 'MessageNotInflight', retryable: false })),
        ),
    };

    const outcomes = outcomesOf(await world.dlq({ paymentsDlq }).redrive({ rate: 1 }));

    const done = outcomes.indexOf('Lost');
    expect(done).to.be.within(1, 49);
    expect(outcomes.slice(done)).to.deep.equal(outcomes.slice(done).map(() => 'Lost'));
    expect(world.payments.dump()).to.have.length(done);
    await world.clock.advance(2 * MINUTE_MS);
    expect(world.paymentsDlq.counts()).to.deep.equal({ visible: 50 - done, inFlight: 0 });
  });
});
