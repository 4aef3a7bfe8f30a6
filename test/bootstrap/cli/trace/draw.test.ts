import { stripVTControlCharacters } from 'node:util';
import { expect } from 'chai';
import fc from 'fast-check';
import { JSDOM } from 'jsdom';
import stringWidth from 'string-width';
import {
  drawHtml,
  drawMermaid,
  drawSvg,
  drawTerminal,
} from '../../../../src/bootstrap/cli/trace/draw.ts';
import { pictureOf } from '../../../../src/bootstrap/cli/trace/picture.ts';
import { plainText } from '../../../../src/bootstrap/cli/trace/text.ts';
import type { Timeline } from '../../../../src/application/books/trace/timeline.ts';
import { anyTimeline, HOSTILE } from '../../../support/arbitraries/timeline.ts';
import { readMermaid } from '../../../support/mermaid.ts';
import {
  plainLife,
  poisonLife,
  refundedOften,
  timelineOf,
  told,
  ugliestLife,
} from '../../../support/timelines.ts';

/** Every hostile text, on an arrow, alone, and as a wait. */
const hostileLife = (): Timeline =>
  timelineOf(
    HOSTILE.flatMap((what) => [
      told({ phase: 3, from: 'payment service', to: 'gateway', kind: 'refused', what }),
      told({ phase: 3, from: 'gateway', what }),
      told({ phase: 3, from: 'gateway', kind: 'waited', what }),
    ]),
    { orderId: HOSTILE[3], notes: HOSTILE, missing: HOSTILE },
  );

const LIVES = {
  plain: plainLife,
  ugliest: ugliestLife,
  poison: poisonLife,
  'refunded a hundred times': () => refundedOften(100),
  hostile: hostileLife,
  empty: () => timelineOf([]),
};

describe('a life as Mermaid', () => {
  for (const [name, life] of Object.entries(LIVES)) {
    it(`is read by Mermaid as it was meant: ${name}`, async () => {
      const { lanes, rows } = pictureOf(life());
      const { participants, texts } = await readMermaid(drawMermaid(life()));

      expect(participants).to.deep.equal(lanes);
      expect(texts).to.have.length(rows.length);
      for (const [at, { text }] of rows.entries()) {
        const read = texts[at] ?? '';
        if (read.endsWith('…') && !text.endsWith('…')) {
          expect(text.startsWith(read.slice(0, 20)), `${text} as ${read}`).to.equal(true);
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
      { numRuns: 20 },
    );
  });
});

describe('a life on a terminal', () => {
  for (const [name, life] of Object.entries(LIVES)) {
    it(`fits the width and tells every step: ${name}`, () => {
      for (const columns of [80, 100, 160, 240]) {
        const drawn = drawTerminal(life(), { columns, colour: false });
        expect(widest(drawn)).to.be.at.most(columns);
        for (const { text } of pictureOf(life()).rows) {
          expect(lettersOf(drawn)).to.include(lettersOf(text.slice(0, 12)));
        }
      }
    });
  }

  it('is drawn wide where there is room, and with a line to a step where there is not', () => {
    const wide = drawTerminal(plainLife(), { columns: 160, colour: false });
    const narrow = drawTerminal(plainLife(), { columns: 80, colour: false });

    expect(wide).to.match(/^┌─+┐ +┌─+┐/);
    expect(narrow).to.match(/^client\n│ {2}payments queue\n/);
    expect(narrow).to.match(/^├──▶ .* 1 ingest: PlaceOrder, 58\.96 EUR$/m);
    expect(drawTerminal(ugliestLife(), { columns: 400, colour: false })).to.match(/^client\n/);
  });

  it('shows refused, lost and waiting steps by signs, not by colour alone', () => {
    const drawn = drawTerminal(ugliestLife(), { columns: 80, colour: false });

    expect(drawn).to.match(/├╌+✗ .*\? charge 58\.96 EUR$/m);
    expect(drawn).to.match(/├─+✗ .*✗ refund 58\.96 EUR$/m);
    expect(drawn).to.match(/○ .*… outcome unknown, again in 12 s$/m);
    expect(drawn.split('\n').at(-1)).to.equal(
      '? no answer came   ✗ refused   … waits, and comes again',
    );
  });

  it('has colours only where they are wanted, and the same words with them', () => {
    for (const columns of [80, 160]) {
      const plain = drawTerminal(plainLife(), { columns, colour: false });
      const coloured = drawTerminal(plainLife(), { columns, colour: true });

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
      { numRuns: 60 },
    );
  });
});

describe('a life as SVG', () => {
  for (const [name, life] of Object.entries(LIVES)) {
    it(`is well-formed and stands alone: ${name}`, () => {
      const svg = drawSvg(life());
      const { lanes, rows } = pictureOf(life());
      const document = xmlOf(svg);

      expect(outsideOf(svg)).to.deep.equal([]);
      expect(document.querySelectorAll('.actor')).to.have.length(lanes.length);
      expect(document.querySelectorAll('.message, .note')).to.have.length(rows.length);
      expect(document.querySelectorAll('script, image, foreignObject')).to.have.length(0);
      expect(document.querySelector('title')?.textContent).to.equal(
        `The life of order ${plainText(life().orderId)}`,
      );
    });
  }

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

        expect(outsideOf(svg)).to.deep.equal([]);
        expect(xmlOf(svg).querySelectorAll('.message, .note')).to.have.length(
          pictureOf(timeline).rows.length,
        );
      }),
      { numRuns: 25 },
    );
  });
});

describe('a life as a page', () => {
  for (const [name, life] of Object.entries(LIVES)) {
    it(`holds everything as text and asks for nothing: ${name}`, () => {
      holdsEverything(life());
    });
  }

  it('holds everything as text and asks for nothing, whatever happened', () => {
    fc.assert(fc.property(anyTimeline(), holdsEverything), { numRuns: 10 });
  });

  it('can be read aloud: language, headings, named regions, heads of rows and columns', () => {
    const { document } = new JSDOM(drawHtml(ugliestLife())).window;

    expect(document.documentElement.lang).to.equal('en');
    expect(document.querySelectorAll('h1')).to.have.length(1);
    expect(document.querySelectorAll('th:not([scope])')).to.have.length(0);
    expect(document.querySelector('svg')?.getAttribute('role')).to.equal('img');
    for (const named of document.querySelectorAll('[aria-labelledby]')) {
      const label = document.getElementById(named.getAttribute('aria-labelledby') ?? '');
      expect(label?.textContent).to.not.equal('');
    }
  });

  it('says what could not be asked, what is not certain, and what it cost', () => {
    const life = { ...ugliestLife(), notes: ['two clocks differ by 3 s'] };
    const text = new JSDOM(drawHtml(life)).window.document.body.textContent;

    expect(text).to.include('the log group did not answer within 10 s');
    expect(text).to.include('two clocks differ by 3 s');
    expect(text).to.include('$0.000027');
  });
});

const holdsEverything = (timeline: Timeline): void => {
  const html = drawHtml(timeline);
  const { document } = new JSDOM(html).window;
  const rows = [...document.querySelectorAll('.steps tbody tr')];

  expect(outsideOf(html)).to.deep.equal([]);
  expect(document.querySelectorAll('script, img, iframe, link, object, form')).to.have.length(0);
  for (const { attributes } of document.querySelectorAll('*')) {
    for (const { name } of attributes) expect(name).to.not.match(/^on/);
  }
  expect(rows).to.have.length(timeline.steps.length);
  for (const [at, { what }] of timeline.steps.entries()) {
    expect(rows[at]?.querySelector('[data-name=what]')?.textContent).to.include(plainText(what));
  }
  expect(document.querySelector('h1')?.textContent).to.equal(
    `Order ${plainText(timeline.orderId)}`,
  );
};

const widest = (text: string): number =>
  Math.max(...text.split('\n').map((line) => stringWidth(line)));

/** Without what lines, lanes and look-alikes put in between. */
const lettersOf = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '');

const xmlOf = (svg: string): Document =>
  new JSDOM(svg, { contentType: 'image/svg+xml' }).window.document;

/** Whatever a browser would fetch. */
const outsideOf = (document: string): readonly string[] =>
  [...document.matchAll(/@import|url\((?!#)|(?:src|href|srcset|action)="(?!#)[^"]*"/g)].map(
    ([found]) => found,
  );
