import type { BatchExecuteStatementCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect } from 'chai';
import { createInserts, type TableInsert } from '../../../src/adapters/dynamodb/inserts.ts';
import { createVirtualClock } from '../../../src/adapters/memory/clock.ts';

const insertOf = (key: string, table = 'events'): TableInsert => ({
  table,
  key,
  item: { streamId: key, version: 1, hash: new Uint8Array(2) },
});

type Answers = (keys: readonly string[]) => readonly object[];

const createClient = (answer: Answers) => {
  const calls: string[][] = [];
  const send = async ({ input }: BatchExecuteStatementCommand) => {
    const keys = (input.Statements ?? []).map(({ Parameters }) => String(Parameters?.[0]?.S));
    calls.push(keys);
    return { Responses: answer(keys) };
  };
  return { client: { send } as unknown as DynamoDBClient, calls };
};

const refusal = (name: string, status = 400) =>
  Object.assign(new Error('no'), { name, $metadata: { httpStatusCode: status } });

describe('inserts into tables', () => {
  it('of different streams and tables share a request', async () => {
    const { client, calls } = createClient((keys) => keys.map(() => ({})));
    const inserts = createInserts(client, createVirtualClock());
    const all = [insertOf('a'), insertOf('b', 'invoices'), insertOf('c')].map(inserts);
    const inserted = { type: 'Inserted' };
    expect(await Promise.all(all)).to.deep.equal([inserted, inserted, inserted]);
    expect(calls).to.deep.equal([['a', 'b', 'c']]);
  });

  it('of one stream never do', async () => {
    const { client, calls } = createClient((keys) => keys.map(() => ({})));
    const clock = createVirtualClock();
    const inserts = createInserts(client, clock);
    const all = Promise.all([insertOf('a'), insertOf('a')].map(inserts));
    await clock.advance(10);
    await all;
    expect(calls).to.deep.equal([['a'], ['a']]);
  });

  it('without an answer of their own, or a readable one, are ambiguous (S18)', async () => {
    const short = createInserts(createClient(() => [{}]).client, createVirtualClock());
    const [, unanswered] = await Promise.all([insertOf('a'), insertOf('b')].map(short));
    expect(unanswered).to.deep.include({ type: 'Failed' });
    const { client } = createClient(() => {
      throw new TypeError('an answer of nobody');
    });
    const answer = await createInserts(client, createVirtualClock())(insertOf('a'));
    expect(answer).to.deep.include({ type: 'Failed' });
  });

  for (const name of [
    'ValidationException',
    'AccessDeniedException',
    'ResourceNotFoundException',
  ]) {
    it(`are sent one by one where all were refused for one of them: ${name}`, async () => {
      const { client, calls } = createClient((keys) => {
        if (keys.includes('bad')) throw refusal(name);
        return keys.map(() => ({}));
      });
      const inserts = createInserts(client, createVirtualClock());
      const answers = await Promise.all(['a', 'bad', 'b'].map((key) => inserts(insertOf(key))));
      expect(answers.map(({ type }) => type)).to.deep.equal(['Inserted', 'Failed', 'Inserted']);
      expect(calls).to.have.length(4);
    });
  }

  it('are not sent one by one while the service throttles or is away', async () => {
    for (const error of [refusal('ThrottlingException'), refusal('InternalServerError', 500)]) {
      const { client, calls } = createClient(() => {
        throw error;
      });
      const inserts = createInserts(client, createVirtualClock());
      await Promise.all([insertOf('a'), insertOf('b')].map(inserts));
      expect(calls).to.have.length(1);
    }
  });

  it('that were throttled alone are sent again alone', async () => {
    let throttles = 1;
    const { client, calls } = createClient((keys) =>
      keys.map((key) => {
        if (key !== 'hot' || throttles === 0) return {};
        throttles -= 1;
        return { Error: { Code: 'ThrottlingError', Message: 'slow down' } };
      }),
    );
    const clock = createVirtualClock();
    const inserts = createInserts(client, clock);
    const all = Promise.all([insertOf('a'), insertOf('hot')].map(inserts));
    await clock.advance(1_000);
    expect(await all).to.deep.equal([{ type: 'Inserted' }, { type: 'Inserted' }]);
    expect(calls).to.deep.equal([['a', 'hot'], ['hot']]);
  });
});
