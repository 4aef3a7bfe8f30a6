import { expect } from 'chai';
import type { DeadLetter } from '../../../src/application/deadLetters/deadLetter.ts';
import { isSelected, type Selection } from '../../../src/application/deadLetters/list.ts';

const NOW = 1_000_000;
const DEAD_LETTER: DeadLetter = {
  messageId: 'l-1',
  queue: 'payments',
  orderId: 'o-1',
  command: 'PlaceOrder',
  errorType: 'ReviewRequired',
  reason: 'ReviewRequired; payment#1 is in review: amount',
  codeVersion: 'payments@0.1.0',
  receives: 1,
  correlationId: 'c',
  sentAt: NOW - 1_000,
};

describe('a selection of dead letters', () => {
  const cases: readonly (readonly [Selection, boolean])[] = [
    [{}, true],
    [{ ids: new Set(['l-1', 'l-2']) }, true],
    [{ ids: new Set(['l-2']) }, false],
    [{ orderId: 'o-1' }, true],
    [{ orderId: 'o-' }, false],
    [{ reason: 'reviewrequired' }, true],
    [{ reason: 'in review: AMOUNT' }, true],
    [{ reason: 'MalformedMessage' }, false],
    [{ codeVersion: '0.1.0' }, true],
    [{ codeVersion: 'payments@0.1.0' }, true],
    [{ codeVersion: '1.0' }, false],
    [{ olderThanMs: 999 }, true],
    [{ olderThanMs: 1_000 }, false],
    [{ newerThanMs: 1_001 }, true],
    [{ newerThanMs: 1_000 }, false],
    [{ orderId: 'o-1', newerThanMs: 1_000 }, false],
  ];
  for (const [selection, isMeant] of cases) {
    const { ids, ...rest } = selection;
    const words = JSON.stringify({ ...rest, ...(ids && { ids: [...ids] }) });
    it(`${words} ${isMeant ? 'means' : 'does not mean'} it`, () => {
      expect(isSelected(DEAD_LETTER, selection, NOW)).to.equal(isMeant);
    });
  }

  it('means none that does not say what is asked for', () => {
    const { orderId: _order, codeVersion: _version, ...bare } = DEAD_LETTER;
    expect(isSelected(bare, { orderId: 'o-1' }, NOW)).to.equal(false);
    expect(isSelected(bare, { codeVersion: '0.1.0' }, NOW)).to.equal(false);
  });
});
