import { expect } from 'chai';
import { GRACE_MS } from '../../src/application/reconcile/checkSeries.ts';
import { PUSH_AGAIN_MS } from '../../src/application/reconcile/pushes.ts';
import { EVENTS_MAX } from '../../src/application/reconcile/readGatewayEvents.ts';
import { ROUND_COMMITS_MAX, ROUND_MAX_MS } from '../../src/application/reconcile/reconciler.ts';
import { DEAD_LETTERS_MAX } from '../../src/application/deadLetters/deadLetter.ts';
import { settingSchemas } from '../../src/bootstrap/config/settings.ts';
import { AWAITED_MAX } from '../../src/domain/reconcile/index.ts';
import { readText, tableRows } from './markdown.ts';

describe('docs/reconcile.md', () => {
  const page = readText('docs/reconcile.md');

  it('names each bound as it is', () => {
    const minutes = (ms: number): string => `${ms / 60_000} min`;
    const whole = (count: number): string => count.toLocaleString('en-US');
    expect(tableRows(page, 'Bound').map(([, value]) => value)).to.deep.equal([
      minutes(settingSchemas.RECONCILE_INTERVAL_MS.parse(undefined)),
      minutes(GRACE_MS),
      whole(AWAITED_MAX),
      whole(ROUND_COMMITS_MAX),
      whole(DEAD_LETTERS_MAX),
      whole(EVENTS_MAX),
      `${3_600_000 / PUSH_AGAIN_MS} an hour`,
      minutes(ROUND_MAX_MS),
    ]);
  });
});
