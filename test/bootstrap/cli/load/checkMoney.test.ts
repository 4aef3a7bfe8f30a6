import { expect } from 'chai';
import { ok, okAsync } from 'neverthrow';
import { checkMoney } from '../../../../src/bootstrap/cli/load/load.ts';

type CheckedSession = Parameters<typeof checkMoney>[1];

describe('A load', () => {
  const sessionWith = (key?: string): CheckedSession => ({
    isGiven: () => key !== undefined,
    config: () => okAsync({ STRIPE_SECRET_KEY: key } as never),
  });
  const check = (account: string, key?: string, realMoney = false) =>
    checkMoney(account, sessionWith(key), realMoney);

  it('is sent where the workers move no real money', async () => {
    expect(await check('acct_1:test')).to.deep.equal(ok(undefined));
    expect(await check('acct_1:test', 'sk_live_1')).to.deep.equal(ok(undefined));
    expect(await check('', 'sk_test_1')).to.deep.equal(ok(undefined));
  });

  it('is refused where they do, or where nobody knows', async () => {
    for (const [account, key] of [
      ['acct_1:live', undefined],
      ['acct_1:live', 'sk_test_1'],
      ['', 'sk_live_1'],
      ['', 'rk_live_1'],
      ['', undefined],
    ] as const) {
      const refused = (await check(account, key))._unsafeUnwrapErr();
      expect(refused, `${account} ${key}`).to.include({
        exitCode: 2,
      });
    }
  });

  it('is still sent where the word is given', async () => {
    expect(await check('acct_1:live', undefined, true)).to.deep.equal(ok(undefined));
    expect(await check('', undefined, true)).to.deep.equal(ok(undefined));
  });
});
