import { expect } from 'chai';
import fc from 'fast-check';
import { drawMermaid } from '../../../../src/bootstrap/cli/trace/mermaid.ts';
import { pictureOf } from '../../../../src/bootstrap/cli/trace/picture.ts';
import { anyTimeline } from '../../../support/arbitraries/timeline.ts';
import { readMermaid } from '../../../support/mermaid.ts';
import { TIMELINES } from '../../../support/timelines.ts';
import { describeInTurn, runsOf } from '../../../support/runs.ts';

describeInTurn(2, 'a life as Mermaid', () => {
  for (const [name, life] of Object.entries(TIMELINES)) {
    it(`is read by Mermaid as it was meant: ${name}`, async () => {
      const { lanes, rows } = pictureOf(life());
      const { participants, texts } = await readMermaid(drawMermaid(life()));

      expect(participants).to.deep.equal(lanes);
      expect(texts).to.have.length(rows.length);
      for (const [at, { text }] of rows.entries()) {
        const read = texts[at] ?? '';
        if (read.endsWith('…') && !text.endsWith('…')) {
          const [shown, whole] = [read.slice(0, -1), text].map((one) => one.replaceAll(' ', ''));
          expect(whole?.startsWith(shown ?? '…'), `${text} as ${read}`).to.equal(true);
        } else expect(read.replaceAll(' ', '')).to.equal(text.replaceAll(' ', ''));
      }
    });
  }

  it('is read by Mermaid whatever happened', async () => {
    await fc.assert(
      fc.asyncProperty(anyTimeline(), async (timeline) => {
        const { lanes, rows } = pictureOf(timeline);
        const { participants, texts } = await readMermaid(drawMermaid(timeline));

        expect(participants).to.deep.equal(lanes);
        expect(texts).to.have.length(rows.length);
      }),
      { numRuns: runsOf(6, 20) },
    );
  });
});
