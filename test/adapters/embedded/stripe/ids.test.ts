import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { derivedId, newId } from '../../../../src/adapters/embedded/stripe/ids.ts';
import * as CardNumber from '../../../../src/domain/cardNumber/index.ts';

/** One id in some 10,000 would look like a card number. */
const IDS = 60_000;

describe('ids of the sandbox', () => {
  it('never look like a card number, for which their message would be refused', () => {
    const plain = (at: number) => {
      const digest = createHash('sha256').update(String(at)).digest('hex');
      return `evt_${digest.slice(0, 24)}`;
    };
    const numbers = Array.from({ length: IDS }, (_, at) => at);
    const cards = numbers.filter((at) => CardNumber.holdsCardNumber(plain(at)));
    expect(cards).to.not.deep.equal([]);
    for (const at of numbers) {
      const id = derivedId('evt', at);
      if (!cards.includes(at)) expect(id).to.equal(plain(at));
      else expect(CardNumber.holdsCardNumber(id), id).to.equal(false);
      expect(CardNumber.holdsCardNumber(newId('evt'))).to.equal(false);
    }
  });

  it('are the same for the same, and others for everything else', () => {
    expect(derivedId('evt', 'a', 1)).to.equal(derivedId('evt', 'a', 1));
    expect(derivedId('evt', 'a', 2)).not.to.equal(derivedId('evt', 'a', 1));
    expect(newId('pi'))
      .to.match(/^pi_[0-9a-f]{24}$/)
      .and.not.equal(newId('pi'));
  });
});
