import { expect } from 'chai';
import { okAsync } from 'neverthrow';
import { createEventStore } from '../../../src/adapters/eventStore/eventStore.ts';
import { createMemoryCommitTable } from '../../../src/adapters/memory/commitTable.ts';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import {
  createBindAccount,
  createCurrentDeployment,
  createIdentifyDeployment,
} from '../../../src/application/deployment/deployment.ts';
import { must } from '../../support/commits.ts';
import { NOON } from '../../support/orderContext.ts';

describe('the account that a deployment moves money on', () => {
  const setUp = async () => {
    const clock = { now: () => NOON };
    const log = {
      store: createEventStore(createMemoryCommitTable(), clock),
      ids: createMemoryIds(),
      clock,
    };
    await must(createIdentifyDeployment(log)());
    const gatewayOf = (account: string) => ({ identify: () => okAsync(account) });
    return {
      worker: (account: string) =>
        createCurrentDeployment({ ...log, gateway: gatewayOf(account) })(),
      bind: (account: string) =>
        createBindAccount({ ...log, gateway: gatewayOf(account) })({ by: 'ada', reason: 'moved' }),
      commits: async () => (await must(log.store.load('deployment#self'))).commits.length,
    };
  };

  it('is the first that a worker uses, and no other until a person binds it', async () => {
    const { worker, bind } = await setUp();
    expect(await must(worker('acct_1:live'))).to.include({ account: 'acct_1:live' });
    for (const other of ['acct_2:live', 'acct_1:test']) {
      const refused = (await worker(other))._unsafeUnwrapErr();
      expect(refused).to.include({ type: 'Misconfigured', dependency: 'PaymentGateway' });
      expect(refused.cause).to.include('paidonce gateway-account bind');
    }
    const bound = { account: 'acct_2:live', before: 'acct_1:live', isNew: true };
    expect(await must(bind('acct_2:live'))).to.deep.equal(bound);
    expect(await must(worker('acct_2:live'))).to.include({ account: 'acct_2:live' });
    expect((await worker('acct_1:live')).isErr()).to.equal(true);
  });

  it('is recorded once, however often it is said', async () => {
    const { bind, commits } = await setUp();
    expect(await must(bind('acct_1:live'))).to.deep.equal({ account: 'acct_1:live', isNew: true });
    const before = await commits();
    expect((await must(bind('acct_1:live'))).isNew).to.equal(false);
    expect(await commits()).to.equal(before);
  });
});
