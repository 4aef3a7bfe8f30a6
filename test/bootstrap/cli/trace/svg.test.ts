import { expect } from 'chai';
import fc from 'fast-check';
import { JSDOM } from 'jsdom';
import { drawSvg } from '../../../../src/bootstrap/cli/trace/draw.ts';
import { pictureOf } from '../../../../src/bootstrap/cli/trace/picture.ts';
import { plainText } from '../../../../src/bootstrap/cli/trace/text.ts';
import { anyTimeline } from '../../../support/arbitraries/timeline.ts';
import { fetchedBy } from '../../../support/page.ts';
import { LIVES } from '../../../support/lives.ts';
import { timelineOf, told, ugliestLife } from '../../../support/timelines.ts';
import { runsOf } from '../../../support/runs.ts';

describe('a life as SVG', () => {
  for (const [name, life] of Object.entries(LIVES)) {
    it(`is well-formed and stands alone: ${name}`, () => {
      const svg = drawSvg(life());
      const { lanes, rows } = pictureOf(life());
      const document = xmlOf(svg);

      expect(fetchedBy(svg)).to.deep.equal([]);
      expect(document.querySelectorAll('.actor')).to.have.length(lanes.length);
      expect(document.querySelectorAll('.message, .note')).to.have.length(rows.length);
      expect(document.querySelectorAll('script, image, foreignObject')).to.have.length(0);
      expect(document.querySelector('title')?.textContent).to.equal(
        `The life of order ${plainText(life().orderId)}`,
      );
    });
  }

  it('shows each label between what is above it and its own arrow', () => {
    const document = xmlOf(drawSvg(wordyLife()));
    const bottoms = [
      ...[...document.querySelectorAll('.actor rect')].map(
        (rect) => numberOf(rect, 'y') + numberOf(rect, 'height'),
      ),
      ...[...document.querySelectorAll('.note polygon:first-of-type')].map((note) =>
        Math.max(
          ...(note.getAttribute('points') ?? '').split(' ').map((at) => Number(at.split(',')[1])),
        ),
      ),
    ];
    const messages = [...document.querySelectorAll('.message[data-self=false]')];

    expect(messages).to.have.length(4);
    for (const message of messages) {
      const [arrow, label] = [message.querySelector('line'), message.querySelector('text')];
      if (arrow === null || label === null) throw new Error('a message has an arrow and a label');
      const below = numberOf(arrow, 'y1');
      const baselines = baselinesOf(label).filter(({ text }) => text !== '');
      const above = Math.max(...bottoms.filter((bottom) => bottom < below));
      for (const { at, text } of baselines) {
        expect(at, text).to.be.within(above + ASCENT_PX, below - DESCENT_PX);
      }
    }
  });

  it('reports what was refused and what was lost by the shape of the arrow', () => {
    const document = xmlOf(drawSvg(ugliestLife()));
    const { rows } = pictureOf(ugliestLife());
    const ofKind = (kind: string) =>
      rows.filter((row) => row.type === 'Arrow' && row.kind === kind).length;

    expect(document.querySelectorAll('[data-arrow-head=open]')).to.have.length(ofKind('refused'));
    expect(document.querySelectorAll('[data-line-style=dashed]')).to.have.length(ofKind('lost'));
    expect(ofKind('refused') * ofKind('lost')).to.be.greaterThan(0);
  });

  it('says the words as they are, but for signs that the drawing would take for its own', () => {
    const what = 'a & b &amp; &lt;i&gt; <b>c</b> **d** ~~e~~ "f" #35; %%g';
    const life = timelineOf([told({ phase: 3, from: 'gateway', what })]);

    expect(xmlOf(drawSvg(life)).querySelector('.message text')?.textContent).to.equal(
      '3 pay: a & b &amp; &lt;i&gt; ‹b›c‹/b› ∗∗d∗∗ ∼∼e∼∼ ”f” #35; %%g',
    );
  });

  it('has no colour that a program without CSS would not know', () => {
    const svg = drawSvg(ugliestLife());
    const colours = [...svg.matchAll(/(?:fill|stroke)="([^"]*)"/g)].map(([, colour]) => colour);

    expect(svg).to.not.include('var(');
    expect(new Set(colours).size).to.be.greaterThan(4);
    for (const colour of colours) expect(colour).to.match(/^(?:#[0-9a-f]{6}|none)$/);
  });

  it('has another colour for each of its own in the dark', () => {
    const svg = drawSvg(ugliestLife());
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
        expect(xmlOf(svg).querySelectorAll('.message, .note')).to.have.length(
          pictureOf(timeline).rows.length,
        );
      }),
      { numRuns: runsOf(8, 25) },
    );
  });
});

const xmlOf = (svg: string): Document =>
  new JSDOM(svg, { contentType: 'image/svg+xml' }).window.document;

/** Long labels below the names of the lanes, below a pause, and below each other. */
const wordyLife = () =>
  timelineOf(
    [0, 5, 5_000, 5_005].map((at) =>
      told({ at, phase: 3, from: 'payment service', to: 'gateway', what: `${at} word`.repeat(20) }),
    ),
  );

const numberOf = (element: Element, name: string): number =>
  Number(element.getAttribute(name) ?? Number.NaN);

/** Of characters of 11 px. */
const ASCENT_PX = 8;
const DESCENT_PX = 1;

const baselinesOf = (label: Element): readonly { readonly at: number; readonly text: string }[] => {
  const top = numberOf(label, 'y');
  const lines = [...label.querySelectorAll('tspan[dy]')];
  if (lines.length === 0) return [{ at: top + numberOf(label, 'dy'), text: label.textContent }];
  let at = top;
  return lines.map((line) => {
    at += numberOf(line, 'dy');
    return { at, text: line.textContent };
  });
};
