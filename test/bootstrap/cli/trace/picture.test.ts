import { expect } from 'chai';
import fc from 'fast-check';
import { PARTIES, type TimelineStep } from '../../../../src/application/trace/timeline.ts';
import { durationOf } from '../../../../src/bootstrap/cli/common/text.ts';
import { pictureOf, type PictureRow } from '../../../../src/bootstrap/cli/trace/picture.ts';
import { anyTimeline } from '../../../support/arbitraries/timeline.ts';
import {
  plainTimeline,
  refundedOften,
  timelineOf,
  timelineStep,
  ugliestTimeline,
} from '../../../support/timelines.ts';

const textsOf = (rows: readonly PictureRow[]) => rows.map(({ text }) => text);

describe('the picture of an order’s life', () => {
  it('has a lane for each party that takes part, in the order of the phases', () => {
    const { lanes } = pictureOf(plainTimeline());

    expect(lanes).to.deep.equal(PARTIES.filter((party) => party !== 'operator'));
  });

  it('has a lane for each of two workers, and keeps the steps of each in it', () => {
    const { lanes, rows } = pictureOf(ugliestTimeline());
    const placesOf = (text: string) =>
      rows.filter((row) => row.text.includes(text)).map(({ from, to }) => [lanes[from], lanes[to]]);

    expect(lanes.filter((lane) => lane.startsWith('payment service'))).to.deep.equal([
      'payment service 1',
      'payment service 2',
    ]);
    expect(placesOf('PaymentCaptured')).to.deep.equal([['payment service 1', 'event log']]);
    expect(placesOf('CancellationRequested')).to.deep.equal([['payment service 2', 'event log']]);
  });

  it('finds the worker of a step by what it came from, and guesses none', () => {
    const at = { phase: 3, from: 'payment service', to: 'event log' } as const;
    const { lanes, rows } = pictureOf(
      timelineOf([
        timelineStep({ ...at, what: 'one', by: 'p-1' }),
        timelineStep({ ...at, what: 'two', by: 'p-2' }),
        timelineStep({ ...at, what: 'three', cause: 1 }),
        timelineStep({ ...at, what: 'four' }),
        timelineStep({ ...at, what: 'five', cause: 4 }),
      ]),
    );

    expect(rows.map(({ from }) => lanes[from])).to.deep.equal([
      'payment service 1',
      'payment service 2',
      'payment service 2',
      'payment service, unknown',
      'payment service, unknown',
    ]);
  });

  it('gives three workers a lane each, and all further ones one lane', () => {
    const { lanes } = pictureOf(
      timelineOf(
        Array.from({ length: 9 }, (_, worker) =>
          timelineStep({ phase: 3, from: 'payment service', what: 'works', by: `p-${worker}` }),
        ),
      ),
    );

    expect(lanes).to.deep.equal([
      'payment service 1',
      'payment service 2',
      'payment service 3',
      'payment service, others',
    ]);
  });

  it('names a phase where it begins, and marks what did not simply take place', () => {
    const texts = textsOf(pictureOf(ugliestTimeline()).rows);

    expect(texts).to.include.members([
      '1 ingest: PlaceOrder, 58.96 EUR',
      '2 consume: received again (2)',
      '? charge 58.96 EUR',
      '✗ refund 58.96 EUR',
      '… outcome unknown, again in 12 s',
    ]);
    expect(texts).to.include('charge 58.96 EUR, same key and bytes');
  });

  it('says how much time passed in between', () => {
    const { rows } = pictureOf(ugliestTimeline());
    const pauses = rows.filter(({ type }) => type === 'Note');

    expect(textsOf(pauses)).to.deep.equal([
      '10 s later',
      '4 s later',
      '7 s later',
      '2 h 11 min later',
      '10 s later',
    ]);
    const skewed = [0, 5_000, 0, 5_100].map((at) =>
      timelineStep({ at, phase: 3, from: 'gateway', what: `at ${at}` }),
    );
    expect(textsOf(pictureOf({ steps: skewed }).rows)).to.deep.equal([
      '3 pay: at 0',
      '5 s later',
      'at 5000',
      'at 0',
      'at 5100',
    ]);
    expect(durationOf(2 * 86_400_000 + 3_600_000 + 1)).to.equal('2 d 1 h');
    expect(durationOf(59_999)).to.equal('59 s');
    expect(durationOf(12)).to.equal('12 ms');
  });

  it('leaves repetitions out of a long life, says how many, and keeps what happened once', () => {
    const life = refundedOften(100);
    const { rows } = pictureOf(life);
    const texts = textsOf(rows);
    const skipped = texts.flatMap((text) => {
      const count = /^(\d+) more steps like those drawn/.exec(text)?.[1];
      return count === undefined ? [] : [Number(count)];
    });
    const arrows = rows.filter(({ type }) => type === 'Arrow').length;

    expect(life.steps.length).to.be.greaterThan(1_000);
    expect(rows.length).to.be.lessThan(80);
    expect(skipped.reduce((sum, count) => sum + count, arrows)).to.equal(life.steps.length);
    // The one answer of a hundred that was lost.
    expect(texts.filter((text) => text.startsWith('? '))).to.have.length(1);
  });

  it('is bounded and accounts for each step, whatever happened', () => {
    fc.assert(
      fc.property(anyTimeline(), fc.integer({ min: 1, max: 4 }), (timeline, times) => {
        const steps = Array.from({ length: times }, () => timeline.steps).flat();
        const { rows, lanes } = pictureOf({ steps });
        const arrows = rows.filter(({ type }) => type === 'Arrow').length;
        const skipped = rows.reduce(
          (sum, { type, text }) =>
            sum + (type === 'Note' ? Number(/^(\d+) more steps/.exec(text)?.[1] ?? 0) : 0),
          0,
        );

        expect(arrows + skipped).to.equal(Math.max(1, steps.length));
        // Steps, gaps between them, and pauses before them.
        expect(rows.length).to.be.at.most(3 * 3 * 120);
        expect(lanes.length).to.be.within(1, PARTIES.length + 6);
        for (const { from, to } of rows) {
          expect(lanes[from]).to.not.equal(undefined);
          expect(lanes[to]).to.not.equal(undefined);
        }
      }),
    );
  });

  it('takes no more of what was said than any picture has room for', () => {
    const life = timelineOf([
      timelineStep({ phase: 3, from: 'gateway', what: 'word '.repeat(100_000) }),
    ]);

    expect(pictureOf(life).rows[0]?.text.length).to.be.within(900, 1_100);
  });

  it('draws the beginning and the end where no two steps are alike', () => {
    const word = (at: number): string =>
      Array.from(String(at))
        .map((digit) => 'abcdefghij'[Number(digit)])
        .join('');
    const steps: readonly TimelineStep[] = Array.from({ length: 500 }, (_, at) =>
      timelineStep({ at, phase: 3, from: 'gateway', what: `says ${word(at)}` }),
    );
    const texts = textsOf(pictureOf({ steps }).rows);

    expect(texts).to.have.length(121);
    expect(texts[60]).to.equal('380 more steps that are not drawn');
    expect(texts.at(-1)).to.equal(`says ${word(499)}`);
  });
});
