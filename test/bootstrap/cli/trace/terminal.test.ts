import { stripVTControlCharacters } from 'node:util';
import { expect } from 'chai';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { drawTerminal } from '../../../../src/bootstrap/cli/trace/terminal.ts';
import { pictureOf } from '../../../../src/bootstrap/cli/trace/picture.ts';
import { anyTimeline } from '../../../support/arbitraries/timeline.ts';
import { TIMELINES } from '../../../support/timelines.ts';
import { plainTimeline, ugliestTimeline } from '../../../support/timelines.ts';
import { runsOf } from '../../../support/runs.ts';

describe('a life on a terminal', () => {
  for (const [name, life] of Object.entries(TIMELINES)) {
    it(`fits the width and reports every step: ${name}`, () => {
      for (const columns of [80, 100, 160, 240]) {
        const drawn = drawTerminal(life(), { columns, colour: false });
        expect(widest(drawn)).to.be.at.most(columns);
        for (const { text } of pictureOf(life()).rows) {
          expect(deadLettersOf(drawn)).to.include(deadLettersOf(text.slice(0, 12)));
        }
      }
    });
  }

  it('is drawn with a line to a step beside narrow lanes, however wide the terminal is', () => {
    for (const columns of [80, 400]) {
      const drawn = drawTerminal(plainTimeline(), { columns, colour: false });

      expect(drawn).to.match(/^client\n│ {2}payments queue\n/);
      expect(drawn).to.match(/^├──▶ .* 1 ingest: PlaceOrder, 58\.96 EUR$/m);
    }
  });

  it('shows refused, lost and waiting steps by signs, not by colour alone', () => {
    const drawn = drawTerminal(ugliestTimeline(), { columns: 80, colour: false });

    expect(drawn).to.match(/├╌+✗ .*\? charge 58\.96 EUR$/m);
    expect(drawn).to.match(/├─+✗ .*✗ refund 58\.96 EUR$/m);
    expect(drawn).to.match(/○ .*… outcome unknown, again in 12 s$/m);
    expect(drawn.split('\n').at(-1)).to.equal('? outcome not known   ✗ refused   … waits');
  });

  it('has colours only where they are wanted, and the same words with them', () => {
    for (const columns of [80, 160]) {
      const plain = drawTerminal(plainTimeline(), { columns, colour: false });
      const coloured = drawTerminal(plainTimeline(), { columns, colour: true });

      expect(plain).to.not.include('\u001b');
      expect(coloured).to.include('\u001b[');
      expect(stripVTControlCharacters(coloured)).to.equal(plain);
    }
  });

  it('fits, and moves no cursor, whatever happened', () => {
    fc.assert(
      fc.property(anyTimeline(), fc.integer({ min: 80, max: 300 }), (timeline, columns) => {
        const drawn = drawTerminal(timeline, { columns, colour: false });

        expect(widest(drawn)).to.be.at.most(columns);
        expect(drawn).to.not.match(/[^\P{C}\n]/u);
      }),
      { numRuns: runsOf(20, 60) },
    );
  });
});

const widest = (text: string): number =>
  Math.max(...text.split('\n').map((line) => stringWidth(line)));

/** Without what lines, lanes and look-alikes put in between. */
const deadLettersOf = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '');
