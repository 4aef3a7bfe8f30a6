import { expect } from 'chai';
import { operationsPage } from '../../bench/scaling/main.ts';
import { ROUND, SERVICE_METRICS, TASK, TASKS_MAX, TASKS_MIN } from '../../bench/scaling/monthly.ts';
import { ALARMS } from '../../infra/alarmTable.ts';
import { BURN_RATES, EVENTS_MIN, OBJECTIVES } from '../../infra/objectives.ts';
import { settingSchemas } from '../../src/bootstrap/config/settings.ts';
import { sourcesBelow } from '../architecture/source.ts';
import { alarmCells, burnRateCells, objectiveCells } from '../support/alarmTexts.ts';
import { emittedMetrics } from '../support/emittedMetrics.ts';
import { parsesAsMermaid } from '../support/mermaid.ts';
import { fenced, listItems, pages, readText, tableRows } from './markdown.ts';

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

  it('says of every alarm and objective what to do, and of nothing else', () => {
    const rows = tableRows(page, 'Ringing');
    const documented = rows.flatMap(([names = '']) =>
      [...names.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
    );

    expect(documented).to.have.members([...ALARMS, ...OBJECTIVES].map(({ name }) => name));
    for (const row of rows) expect(row.filter((cell) => cell === '')).to.deep.equal([]);
  });

  it('has the costs and limits that units, prices and templates come to', async () => {
    expect(await operationsPage(page)).to.equal(page);
  });

  it('counts for them what a run emits, and what the templates have', () => {
    const tasks = readText('infra/tasks.ts');

    expect(emitted.size).to.equal(SERVICE_METRICS);
    expect(tasks).to.include(`prod: { min: ${TASKS_MIN}, max: ${TASKS_MAX} }`);
    expect(tasks).to.include(`cpu: ${TASK.cores * 1_024},`);
    expect(tasks).to.include(`memoryLimitMiB: ${TASK.gigabytes * 1_024},`);
    const rounds = settingSchemas.RECONCILE_INTERVAL_MS.parse(undefined);
    expect(rounds).to.equal(ROUND.everySeconds * 1_000);
  });

  it('says once what is not proven without an account', () => {
    const said = listItems(page.split('## What is not proven without an account')[1] ?? '');

    expect(said).to.have.length.greaterThan(5);
    const others = pages().filter((path) => /^## .*not proven/im.test(readText(path)));
    expect(others).to.have.members(['docs/operations.md', 'docs/infrastructure.md']);
    expect(readText('docs/infrastructure.md')).to.include(
      '[operations.md](operations.md#what-is-not-proven-without-an-account)',
    );
  });

  it('is the one page with alarms', () => {
    expect(readText('docs/aws.md')).to.include('[operations.md](operations.md#alarms)');
    expect(readText('docs/aws.md')).to.not.match(/^## Alarms/m);
  });
});

describe('pictures of the pages', () => {
  for (const path of pages()) {
    for (const source of fenced(readText(path), 'mermaid')) {
      it(`are taken by Mermaid: ${path}, ${source.split('\n')[0]}`, async () => {
        expect(await parsesAsMermaid(source)).to.match(/^(?:flowchart|state|sequence)/);
      });
    }
  }
});
