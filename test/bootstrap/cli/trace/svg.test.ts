import { expect } from 'chai';
import fc from 'fast-check';
import { JSDOM } from 'jsdom';
import { drawSvg } from '../../../../src/bootstrap/cli/trace/svg.ts';
import { pictureOf } from '../../../../src/bootstrap/cli/trace/picture.ts';
import { plainText } from '../../../../src/bootstrap/cli/trace/text.ts';
import { anyTimeline } from '../../../support/arbitraries/timeline.ts';
import { fetchedBy } from '../../../support/htmlPage.ts';
import { TIMELINES } from '../../../support/timelines.ts';
import { timelineOf, timelineStep, ugliestTimeline } from '../../../support/timelines.ts';
import { runsOf } from '../../../support/runs.ts';

describe('a life as SVG', () => {
  for (const [name, life] of Object.entries(TIMELINES)) {
    it(`is well-formed and stands alone: ${name}`, () => {
      const svg = drawSvg(life());
      const { lanes, rows } = pictureOf(life());
      const document = xmlOf(svg);

      expect(fetchedBy(svg)).to.deep.equal([]);
      expect(document.querySelectorAll('.lane')).to.have.length(lanes.length);
      expect(document.querySelectorAll('.row')).to.have.length(rows.length);
      expect(document.querySelectorAll('script, image, foreignObject')).to.have.length(0);
      expect(document.querySelector('title')?.textContent).to.equal(
        `The life of order ${plainText(life().orderId)}`,
      );
    });
  }

  it('gives each line of a label a place of its own, beside the lanes and inside', () => {
    const document = xmlOf(drawSvg(wordyTimeline()));
    const svg = document.documentElement;
    const lines = [...document.querySelectorAll('.row text')];
    const places = lines.map((line) => numberOf(line, 'y'));
    const lanes = [...document.querySelectorAll('.lane line')].map((lane) => numberOf(lane, 'x1'));

    expect(lines.length).to.be.greaterThan(2 * 4);
    for (const [at, y] of places.slice(1).entries()) {
      expect(y - (places[at] ?? 0)).to.be.at.least(FONT_PX);
    }
    expect(places.at(-1)).to.be.at.most(numberOf(svg, 'height') - DESCENT_PX);
    for (const line of lines) expect(numberOf(line, 'x')).to.be.greaterThan(Math.max(...lanes));
  });

  it('reports what was refused and what was lost by the shape of the arrow', () => {
    const document = xmlOf(drawSvg(ugliestTimeline()));
    const { rows } = pictureOf(ugliestTimeline());
    const ofKind = (kind: string) =>
      rows.filter((row) => row.type === 'Arrow' && row.kind === kind).length;
    const shapes = [...document.querySelectorAll('.row line, .row circle')];
    const bad = shapes.filter((shape) => shape.getAttribute('stroke') === '#b3202c');
    const crosses = shapes.filter((shape) => shape.getAttribute('marker-end')?.includes('cross'));

    expect(bad.filter((shape) => shape.hasAttribute('stroke-dasharray'))).to.have.length(
      ofKind('lost'),
    );
    expect(bad.filter((shape) => !shape.hasAttribute('stroke-dasharray'))).to.have.length(
      ofKind('refused'),
    );
    expect(crosses).to.deep.equal(bad.filter((shape) => shape.tagName === 'line'));
    expect(ofKind('refused') * ofKind('lost')).to.be.greaterThan(0);
  });

  it('says the words as they are', () => {
    const what = 'a & b &amp; &lt;i&gt; <b>c</b> **d** ~~e~~ "f" #35; %%g';
    const life = timelineOf([timelineStep({ phase: 3, from: 'gateway', what })]);

    expect(xmlOf(drawSvg(life)).querySelector('.row text')?.textContent).to.equal(`3 pay: ${what}`);
  });

  it('has no colour that a program without CSS would not know', () => {
    const svg = drawSvg(ugliestTimeline());
    const colours = [...svg.matchAll(/(?:fill|stroke)="([^"]*)"/g)].map(([, colour]) => colour);

    expect(svg).to.not.include('var(');
    expect(new Set(colours).size).to.be.greaterThan(4);
    for (const colour of colours) expect(colour).to.match(/^(?:#[0-9a-f]{6}|none)$/);
  });

  it('has another colour for each of its own in the dark', () => {
    const svg = drawSvg(ugliestTimeline());
    const dark = svg.slice(svg.indexOf('prefers-color-scheme: dark'));
    const body = svg.slice(svg.indexOf('</defs>'));
    const painted = new Set(
      [...body.matchAll(/(fill|stroke)="(#\w+)"/g)].map(
        ([, paint, colour]) => `${paint}="${colour}"`,
      ),
    );

    for (const colour of painted) expect(dark).to.include(`[${colour}]`);
  });

  it('is well-formed and stands alone, whatever happened', () => {
    fc.assert(
      fc.property(anyTimeline(), (timeline) => {
        const svg = drawSvg(timeline);

        expect(fetchedBy(svg)).to.deep.equal([]);
        expect(xmlOf(svg).querySelectorAll('.row')).to.have.length(pictureOf(timeline).rows.length);
      }),
      { numRuns: runsOf(8, 25) },
    );
  });
});

const xmlOf = (svg: string): Document =>
  new JSDOM(svg, { contentType: 'image/svg+xml' }).window.document;

/** Long labels below the names of the lanes, below a pause, and below each other. */
const wordyTimeline = () =>
  timelineOf(
    [0, 5, 5_000, 5_005].map((at) =>
      timelineStep({
        at,
        phase: 3,
        from: 'payment service',
        to: 'gateway',
        what: `${at} word`.repeat(20),
      }),
    ),
  );

const numberOf = (element: Element, name: string): number =>
  Number(element.getAttribute(name) ?? Number.NaN);

const FONT_PX = 13;
const DESCENT_PX = 3;
