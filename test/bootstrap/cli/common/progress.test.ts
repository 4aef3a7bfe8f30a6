import { expect } from 'chai';
import { createWords } from '../../../../src/bootstrap/cli/common/progress.ts';

describe('the words of a progress', () => {
  const after = (seconds: number, from = 0) => {
    let now = 1_000_000;
    const words = createWords({ speed: { from, rough: true } }, () => now);
    now += seconds * 1_000;
    return words;
  };

  it('report how fast it goes and when it may end', () => {
    const words = after(10);
    expect(words(500, { facts: '3 invoices', total: 2_000 })).to.deep.equal({
      ofTotal: ' of about 2000',
      rest: '3 invoices, 50/s, about 30 s left',
    });
    expect(words(500, { facts: '', total: 50_500 }).rest).to.equal('50/s, about 17 min left');
    expect(words(500, { facts: '', total: 1_000_500 }).rest).to.equal('50/s, about 5.6 h left');
  });

  it('leave out of the speed what an earlier run had done', () => {
    expect(after(10, 400)(500, { facts: '', total: 600 }).rest).to.equal('10/s, about 10 s left');
  });

  it('say so where the end is not known, or was passed', () => {
    expect(after(10)(500, { facts: '', total: undefined })).to.deep.equal({
      ofTotal: '',
      rest: '50/s, the end is not known',
    });
    expect(after(10)(500, { facts: '', total: 400 })).to.deep.equal({
      ofTotal: '',
      rest: '50/s, the end is not known',
    });
  });

  it('say neither where nobody asked', () => {
    const words = createWords({});
    expect(words(5, { facts: 'INV', total: 9 })).to.deep.equal({ ofTotal: ' of 9', rest: 'INV' });
  });
});
