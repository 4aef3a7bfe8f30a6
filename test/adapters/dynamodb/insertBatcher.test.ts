import { expect } from 'chai';
import { err, ok } from 'neverthrow';
import { createInsertBatcher } from '../../../src/adapters/dynamodb/commitTable.ts';
import { encodeCommit } from '../../../src/adapters/eventStore/storedCommit.ts';
import { STREAM_START } from '../../../src/application/ports/eventStore.ts';
import { commitOf } from '../../support/commits.ts';

const itemOf = (id: string) => encodeCommit(`order#${id}`, STREAM_START, commitOf(id), 0);

describe('the insert batcher', () => {
  it('takes an insert that got no answer of its own for ambiguous (S18)', async () => {
    const insert = createInsertBatcher(async () => [ok('Inserted')], 0);
    expect(await Promise.all([insert(itemOf('a')), insert(itemOf('b'))])).to.deep.equal([
      ok('Inserted'),
      err({ type: 'Ambiguous', cause: 'no answer for this statement' }),
    ]);
  });

  it('A4: takes a throw over an answer for no answer, so that nobody waits for ever', async () => {
    const insert = createInsertBatcher(async () => {
      throw new TypeError('an answer of nobody');
    }, 0);
    expect(await insert(itemOf('a'))).to.deep.equal(
      err({ type: 'Ambiguous', cause: 'no answer for this statement' }),
    );
  });

  it('starts a new batch after one was sent, while that one is still on its way', async () => {
    const sent: string[][] = [];
    const answer: (() => void)[] = [];
    const insert = createInsertBatcher(async (items) => {
      sent.push(items.map(({ streamId }) => streamId));
      await new Promise<void>((resolve) => answer.push(resolve));
      return items.map(() => ok('Inserted'));
    }, 0);
    const first = insert(itemOf('a'));
    const again = insert(itemOf('a'));
    expect(sent).to.deep.equal([['order#a']]);
    answer[0]?.();
    expect(await first).to.deep.equal(ok('Inserted'));
    while (answer.length < 2) await new Promise((resolve) => setImmediate(resolve));
    answer[1]?.();
    expect(await again).to.deep.equal(ok('Inserted'));
  });
});
