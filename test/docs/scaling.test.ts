import { expect } from 'chai';
import { scalingPage } from '../../bench/scaling/main.ts';
import { readText } from './markdown.ts';

describe('docs/scaling.md', () => {
  it('has the tables that its inputs, limits and simulations come to', async () => {
    const page = readText('docs/scaling.md');

    expect(await scalingPage(page)).to.equal(page);
  });
});
