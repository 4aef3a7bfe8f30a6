import { expect } from 'chai';
import { okAsync } from 'neverthrow';
import { createTwoSidedMatch } from '../../../src/application/audit/twoSidedMatch.ts';
import { createObligationsCheck } from '../../../src/application/audit/checks/obligationsCheck.ts';
import { placed } from '../../support/orderCases.ts';
import { createShop, NOW } from '../../support/shop.ts';

describe('the bounds of an audit', () => {
  it('holds as many without a counterpart as it has room for, and judges the rest', async () => {
    const judged: string[] = [];
    const matching = createTwoSidedMatch<string>({
      judge: (about, side) => {
        judged.push(`${about} of the ${side}`);
        return okAsync([]);
      },
      heldMax: 2,
    });
    const item = (key: string) => ({ key, about: key });
    await matching.see('orders', [item('a'), item('b')]);
    expect(judged).to.deep.equal([]);
    await matching.see('orders', [item('c')]);
    expect(judged).to.deep.equal(['c of the orders']);
    await matching.see('others', [item('a')]);
    for await (const findings of matching.conclude()) expect(findings.isOk()).to.equal(true);
    expect(judged).to.deep.equal(['c of the orders', 'b of the orders']);
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
