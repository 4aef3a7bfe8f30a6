import { expect } from 'chai';
import type { Fault } from './faults.ts';
import { createScript, type Script } from './script.ts';
import { cancelOrder, placeOrder, resumeOrder } from './story.ts';
import { GIVE_UP_MS } from './time.ts';

const REVIEWED = 'OrderPlaced PaymentRequested PaymentReviewRequired';
const SILENT = { find: ['reject'], findRefund: ['reject'] } as const;
/** The first append of a `PlaceOrder` takes its order for new. */
const second = (fault: Fault): readonly Fault[] => ['none', fault];

describe('the hole of the draft: dead letters of reviews', () => {
  it('hole 22: a review has its dead letter, though message and process are gone', async () => {
    const script = createScript();
    const { give, world } = script;
    const place = script.send(placeOrder());
    expect(await give(place)).to.equal('deleted');
    const cancel = script.send(cancelOrder());
    expect(await give(cancel, { refund: ['lose'] })).to.equal('OutcomeUnknown');
    await world.time.pass(GIVE_UP_MS);
    // SQS delivers what was deleted once more, and that process finds what a person must look at.
    expect(await give(place, { ...SILENT, 'insert order': second('crash after') })).to.equal(
      'crashed',
    );
    expect(await give(cancel, SILENT)).to.equal('deleted');
    expect(world.log.order('o-1').map(({ type }) => type)).to.include('RefundReviewRequired');
    expect(world.payments.deadLettersOf('o-1')).to.equal(1);
    await script.end();
  });

  it('a crash between dead letter and review costs a second one, and no review', async () => {
    const script = createScript();
    const { give, story, world } = script;
    const place = await unanswered(script);
    expect(await give(place, { ...SILENT, 'insert order': second('crash before') })).to.equal(
      'crashed',
    );
    expect([story(), world.payments.deadLettersOf('o-1')]).to.deep.equal([OPEN, 1]);
    expect(await give(place, SILENT)).to.equal('dead letter');
    expect([story(), world.payments.deadLettersOf('o-1')]).to.deep.equal([REVIEWED, 2]);
    await script.end();
  });

  it('a crash between review and delete costs a second dead letter of the message', async () => {
    const script = createScript();
    const { give, story, world } = script;
    const place = await unanswered(script);
    expect(await give(place, { ...SILENT, delete: ['crash before'] })).to.equal('crashed');
    expect([story(), place.deadLetters, place.isQueued]).to.deep.equal([REVIEWED, 1, true]);
    expect(await give(place, SILENT)).to.equal('dead letter');
    expect([place.deadLetters, place.isQueued]).to.deep.equal([2, false]);
    for (const message of [script.send(resumeOrder()), script.send(cancelOrder())]) {
      expect(await give(message, SILENT)).to.equal('deleted');
    }
    expect(world.payments.deadLettersOf('o-1')).to.equal(2);
    await script.end();
  });

  it('without its dead letter no review is recorded', async () => {
    const script = createScript();
    const { give, story } = script;
    const place = await unanswered(script);
    expect(await give(place, { ...SILENT, deadLetter: ['reject'] })).to.equal('SendFailed');
    expect([story(), place.deadLetters]).to.deep.equal([OPEN, 0]);
    expect(await give(place, { ...SILENT, deadLetter: ['lose'] })).to.equal('SendFailed');
    expect([story(), place.deadLetters]).to.deep.equal([OPEN, 1]);
    expect(await give(place, SILENT)).to.equal('dead letter');
    expect(story()).to.equal(REVIEWED);
    await script.end();
  });

  it('the loser of the race has sent a surplus dead letter, and its message goes', async () => {
    const script = createScript();
    const { give, story, world } = script;
    const place = await unanswered(script);
    const append = script.stop('A', 'insert order');
    const byA = give(script.send(resumeOrder()), script.process('A', SILENT));
    await append.reached;
    expect(await give(place, SILENT)).to.equal('dead letter');
    append.go();
    expect(await byA).to.equal('deleted');
    expect([story(), world.payments.deadLettersOf('o-1')]).to.deep.equal([REVIEWED, 2]);
    await script.end();
  });

  it('whoever comes to a review that is recorded by now sends no dead letter', async () => {
    const script = createScript();
    const { give, story, world } = script;
    const place = await unanswered(script);
    const lookUp = script.stop('A', 'find');
    const byA = give(script.send(resumeOrder()), script.process('A', SILENT));
    await lookUp.reached;
    expect(await give(place, SILENT)).to.equal('dead letter');
    lookUp.go();
    expect(await byA).to.equal('deleted');
    expect([story(), world.payments.deadLettersOf('o-1')]).to.deep.equal([REVIEWED, 1]);
    await script.end();
  });
});

const OPEN = 'OrderPlaced PaymentRequested';

/** Placed; whether it was charged nobody knows, and no look-up will show. */
const unanswered = async ({ send, give, world }: Script) => {
  const place = send(placeOrder());
  expect(await give(place, { charge: ['crash before'] })).to.equal('crashed');
  await world.time.pass(GIVE_UP_MS);
  return place;
};
