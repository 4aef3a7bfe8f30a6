import { expect } from 'chai';
import fc from 'fast-check';
import { JSDOM } from 'jsdom';
import type { Timeline } from '../../../../src/application/trace/timeline.ts';
import { drawHtml } from '../../../../src/bootstrap/cli/trace/html.ts';
import { plainText } from '../../../../src/bootstrap/cli/trace/text.ts';
import { anyTimeline } from '../../../support/arbitraries/timeline.ts';
import { fetchedBy } from '../../../support/htmlPage.ts';
import { TIMELINES } from '../../../support/timelines.ts';
import { ugliestTimeline } from '../../../support/timelines.ts';
import { describeInTurn, runsOf } from '../../../support/runs.ts';

describeInTurn(0, 'a life as a page', () => {
  for (const [name, life] of Object.entries(TIMELINES)) {
    it(`holds everything as text and asks for nothing: ${name}`, () => {
      holdsEverything(life());
    });
  }

  it('holds everything as text and asks for nothing, whatever happened', () => {
    fc.assert(fc.property(anyTimeline(), holdsEverything), { numRuns: runsOf(1, 10) });
  });

  it('can be read aloud: language, headings, named regions, heads of rows and columns', () => {
    const { document } = new JSDOM(drawHtml(ugliestTimeline())).window;

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
    const life = { ...ugliestTimeline(), notes: ['two clocks differ by 3 s'] };
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

  expect(fetchedBy(html)).to.deep.equal([]);
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
