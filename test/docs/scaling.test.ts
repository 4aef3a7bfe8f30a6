import { expect } from 'chai';
import { scalingPage } from '../../bench/scaling/main.ts';
import { readText } from './markdown.ts';
import { runsOf } from '../support/runs.ts';

describe('docs/scaling.md', () => {
  it('has the tables that its inputs, limits and simulations come to', async () => {
    const page = readText('docs/scaling.md');

    const races = runsOf(0, 1) === 1;
    expect(await scalingPage(page, { races })).to.equal(page);
  });
});
