import { expect } from 'chai';
import { simulateSeries } from '../../../bench/scaling/simulateSeries.ts';

describe('Allocators of several processes', () => {
  for (const processes of [2, 4]) {
    it(`share a series: ${processes} get numbers, and no request is sent back`, async () => {
      const raced = await simulateSeries({ ratePerSecond: 200, processes, slots: 50 });

      expect(raced.sentBackShare).to.equal(0);
      expect(raced.leastShare).to.be.greaterThan(0.5);
      expect(raced.numbersPerSecond).to.be.greaterThan(150);
    });
  }
});
