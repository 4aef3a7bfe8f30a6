import { expect } from 'chai';
import { okAsync } from 'neverthrow';
import { createTwoSidedMatch } from '../../../src/application/audit/twoSidedMatch.ts';
import { createObligationsCheck } from '../../../src/application/audit/checks/obligationsCheck.ts';
import { placed } from '../../support/fates.ts';
import { createShop, NOW } from '../../support/shop.ts';

describe('the bounds of an audit', () => {
  it('keeps no more of what has no counterpart than it has room for, and returns the rest', () => {
    const matching = createTwoSidedMatch<number>(2);
    const see = (key: string) => matching.see({ side: 'orders', key, about: 1 });
    expect([see('a'), see('b')]).to.deep.equal([[], []]);
    expect(see('c')).to.deep.equal([{ side: 'orders', key: 'c', about: 1 }]);
    expect(matching.see({ side: 'others', key: 'a', about: 2 })).to.deep.equal([]);
    expect(matching.rest().map(({ key }) => key)).to.deep.equal(['b']);
  });

  it('says that it cannot know beyond the dead letters that it looks at (L1)', async () => {
    const shop = createShop();
    const at = NOW - 3_600_000;
    shop.layOrder('o-1', placed('o-1', { at }).commits, { at });
    const seen = { paymentDeadLetters: [], notificationDeadLetters: [], paymentsWaiting: 0 };
    const check = createObligationsCheck(
      { ...shop, readQueues: () => okAsync({ ...seen, isComplete: false }) },
      { graceMs: 0, listedMax: 1 },
    );
    const { commits } = (await shop.store.load('order#o-1'))._unsafeUnwrap();
    await check.visit({ streamId: 'order#o-1', commits, again: false });
    const whys: string[] = [];
    for await (const found of check.conclude()) {
      whys.push(...found._unsafeUnwrap().map(({ why }) => why));
    }
    expect(whys.join()).to.match(/^of 1 open orders.*nothing can be said/);
  });
});
