import { expect } from 'chai';
import { ALARMS } from '../../infra/alarmTable.ts';
import { BURN_RATES, EVENTS_MIN, OBJECTIVES } from '../../infra/objectives.ts';
import { sourcesBelow } from '../architecture/source.ts';
import { alarmCells, burnRateCells, objectiveCells } from '../support/alarmTexts.ts';
import { emittedMetrics } from '../support/emittedMetrics.ts';
import { readText, tableRows } from './markdown.ts';

describe('docs/operations.md', () => {
  const page = readText('docs/operations.md');
  let emitted: ReadonlySet<string> = new Set();

  before(async () => {
    emitted = await emittedMetrics();
  });

  it('shows every alarm as it is, and no other', () => {
    expect(tableRows(page, 'Alarm')).to.deep.equal(ALARMS.map(alarmCells));
  });

  it('shows the objectives, and when they ring', () => {
    expect(tableRows(page, 'Objective')).to.deep.equal(
      OBJECTIVES.map((objective) => objectiveCells(objective, BURN_RATES)),
    );
    expect(tableRows(page, 'Burn rate')).to.deep.equal(BURN_RATES.map(burnRateCells));
    expect(page).to.include(`fewer than ${EVENTS_MIN} `);
  });

  for (const { name, watched } of ALARMS) {
    if (watched.of !== 'service') continue;
    it(`has for ${name} a metric that a run emits, with its dimension`, () => {
      expect([...emitted]).to.include(`${watched.service} ${watched.metric}`);
    });
  }

  for (const { name, service, bad, all } of OBJECTIVES) {
    it(`has for ${name} metrics that a run emits, with their dimension`, () => {
      const metrics = [...bad, ...all].map((metric) => `${service} ${metric}`);
      expect([...emitted]).to.include.members(metrics);
    });
  }

  it('names records that the services write', () => {
    const sources = sourcesBelow('src').map(({ text }) => text);
    const events = ALARMS.flatMap(({ watched }) =>
      watched.of === 'records' && watched.event !== undefined ? [watched.event] : [],
    );
    const unknown = events.filter((event) => !sources.some((text) => text.includes(`'${event}'`)));

    expect(events.length).to.be.above(5);
    expect(unknown).to.deep.equal([]);
  });

  it('is the one page with alarms', () => {
    expect(readText('docs/aws.md')).to.include('[operations.md](operations.md#alarms)');
    expect(readText('docs/aws.md')).to.not.match(/^## Alarms/m);
  });
});
