import { expect } from 'chai';
import { errAsync, okAsync } from 'neverthrow';
import { decodeCommits, orderStreamId } from '../../../src/application/log/eventStreams.ts';
import * as DeadLetters from '../../../src/domain/deadLetter/events.ts';
import { must } from '../../support/commits.ts';
import { anOrder } from '../../support/orderLife.ts';
import { ADA, createDeadLetterWorld, only, outcomesOf } from './world.ts';

const PLACE = { type: 'PlaceOrder', v: 1, ...anOrder() };

describe('throwing dead letters away', () => {
  it('records who and why before the dead letter goes, and leaves the others (F38)', async () => {
    const world = createDeadLetterWorld();
    const id = await world.deadLetter('payments', 'rubbish', { reason: 'MalformedMessage; no' });
    await world.deadLetter('payments', PLACE);
    const calls: string[] = [];
    const store: typeof world.store = {
      ...world.store,
      append: (...args) => {
        calls.push('append');
        return world.store.append(...args);
      },
    };
    const paymentsDlq: typeof world.paymentsDlq = {
      ...world.paymentsDlq,
      delete: (receipts) => {
        calls.push('delete');
        return world.paymentsDlq.delete(receipts);
      },
    };

    const ended = await world
      .dlq({ store, paymentsDlq })
      .discard({ selection: { ids: new Set([id]) } });

    expect(outcomesOf(ended)).to.deep.equal(['done']);
    expect(calls).to.deep.equal(['append', 'delete']);
    expect(world.paymentsDlq.counts()).to.deep.equal({ visible: 1, inFlight: 0 });
    expect(world.payments.dump()).to.deep.equal([]);
    const { commits } = await must(world.store.load(`letter#${id}`));
    const { type, data } = only(await must(decodeCommits(commits, DeadLetters.codec)));
    expect([type, data.letterId, data.by, data.because]).to.deep.equal([
      'LetterDiscarded',
      id,
      ADA.by,
      ADA.because,
    ]);
  });

  it('refuses what its order still needs, and does it where it is forced to (L1)', async () => {
    const world = createDeadLetterWorld();
    await world.deadLetter('payments', PLACE);

    const refused = await world.dlq().discard();

    expect(outcomesOf(refused)).to.deep.equal(['Needed']);
    expect(world.paymentsDlq.counts()).to.deep.equal({ visible: 1, inFlight: 0 });
    expect(await world.types('o-1')).to.deep.equal([]);
    const forced = await world.dlq().discard({ isForced: true });
    expect(outcomesOf(forced)).to.deep.equal(['done']);
    expect(await world.types('o-1')).to.deep.equal(['LetterDiscarded']);
    expect(world.paymentsDlq.dump()).to.deep.equal([]);
  });

  it('discards nothing that it could not record, or could not look up', async () => {
    const world = createDeadLetterWorld();
    await world.deadLetter('payments', PLACE);
    const away = {
      type: 'Unavailable',
      dependency: 'EventStore',
      cause: 'away',
      throttled: false,
    } as const;
    const noAppend: typeof world.store = { ...world.store, append: () => errAsync(away) };
    const noLoad: typeof world.store = { ...world.store, load: () => errAsync(away) };

    const unrecorded = await world.dlq({ store: noAppend }).discard({ isForced: true });
    const unseen = await world.dlq({ store: noLoad }).discard();

    expect([unrecorded.sums, unseen.sums]).to.deep.equal([away, away]);
    expect(world.paymentsDlq.counts()).to.deep.equal({ visible: 1, inFlight: 0 });
  });

  it('does not change what the reconciler knows: dead letters alone make no order', async () => {
    const world = createDeadLetterWorld();
    await world.deadLetter('payments', PLACE);
    await world.dlq().discard({ isForced: true });
    await world.deadLetter('payments', PLACE);

    const { deadLetters = [], pushed } = await world.reconciler()();

    expect(deadLetters.map(({ state }) => state)).to.deep.equal(['unknown']);
    expect(pushed).to.deep.equal([]);
  });

  it('is no change of its order: a resumed one is not pushed again for it', async () => {
    const world = createDeadLetterWorld();
    await world.place('o-1');
    const cause = 'no answer';
    const unknown = () => okAsync({ type: 'Unknown', cause } as const);
    await world.work(1_000, { charge: unknown, find: unknown });
    await world.giveUp();
    expect((await world.reconciler()()).pushed).to.deep.equal(['o-1']);
    await world.clock.advance(4_000_000);
    await world.giveUp();
    await world.clock.advance(4_000_000);
    await world.dlq().discard({ isForced: true, selection: { olderThanMs: 6_000_000 } });

    expect(await world.types('o-1')).to.include('LetterDiscarded');
    expect((await world.reconciler()()).pushed).to.deep.equal([]);
  });

  it('reports every reason why nobody decided, before anything is looked at', async () => {
    const world = createDeadLetterWorld();
    await world.deadLetter('payments', PLACE);
    const because = `4242424242424242 ${'x'.repeat(500)}`;

    const { acted, sums } = await world.dlq().discard({ by: 'a\nb', because });

    expect(acted).to.deep.equal([]);
    expect(sums).to.deep.equal({
      type: 'InvalidDecider',
      reasons: [
        'by: has control characters',
        'reason: is not 1 to 500 characters',
        'reason: holds a card number',
      ],
    });
    expect(only(world.paymentsDlq.dump()).receiveCount).to.equal(0);
  });

  it('keeps no card number of a foreign dead letter, and bounds its reason', async () => {
    const world = createDeadLetterWorld();
    const reason = `card 4242424242424242 ${'x'.repeat(5_000)}`;
    await must(world.paymentsDlq.send([{ body: 'no', attributes: { Reason: reason } }]));

    await world.dlq().discard();

    const { messageId } = { messageId: only((await streamsOfNoOrder(world)) ?? []) };
    const { commits } = await must(world.store.load(`letter#${messageId}`));
    const { data } = only(await must(decodeCommits(commits, DeadLetters.codec)));
    expect(data.reason)
      .to.have.length(1_000)
      .and.match(/^card \*{16} x+$/);
    expect((await must(world.store.load(orderStreamId('o-1')))).commits).to.deep.equal([]);
  });
});

const streamsOfNoOrder = async ({ store }: ReturnType<typeof createDeadLetterWorld>) => {
  const ids: string[] = [];
  for await (const page of store.scan({ segment: 0, segments: 1 })) {
    for (const { streamId } of (await must(page)).commits) {
      if (streamId.startsWith('letter#')) ids.push(streamId.slice('letter#'.length));
    }
  }
  return ids;
};
