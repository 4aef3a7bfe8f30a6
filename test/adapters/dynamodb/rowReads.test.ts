import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'chai';
import { createReadRows } from '../../../src/adapters/dynamodb/rowReads.ts';

/** A table that leaves out all but the first `served` keys of each request. */
const tableOf = (servedOf: (request: number) => number) => {
  const requests: string[][] = [];
  const pauses: number[] = [];
  const client = {
    send: async (command: unknown) => {
      if (!(command instanceof BatchGetItemCommand)) expect.fail('another command');
      const { Keys = [] } = command.input.RequestItems?.['t'] ?? {};
      requests.push(Keys.map(({ orderId }) => String(orderId?.S)));
      const served = servedOf(requests.length);
      const left = Keys.slice(served);
      return {
        Responses: { t: Keys.slice(0, served) },
        UnprocessedKeys: left.length === 0 ? {} : { t: { Keys: left } },
      };
    },
  };
  const clock = { sleep: async (ms: number) => void pauses.push(ms) };
  const readRows = createReadRows(client as never, { table: 't', clock });
  return { requests, pauses, readRows };
};

const IDS = Array.from({ length: 230 }, (_, at) => `o-${at}`);
const all = () => 100;

describe('reading many rows', () => {
  it('asks for at most 100 keys in a request, and for each key once', async () => {
    const { requests, pauses, readRows } = tableOf(all);
    const read = await readRows([...IDS, ...IDS]);
    expect(read.map((items) => items.length)._unsafeUnwrap()).to.equal(230);
    expect(requests.map(({ length }) => length)).to.deep.equal([100, 100, 30]);
    expect(requests.flat()).to.deep.equal(IDS);
    expect(pauses).to.deep.equal([]);
  });

  it('asks again for keys that an answer left out, without a pause while it gets on', async () => {
    const { requests, pauses, readRows } = tableOf(() => 4);
    const read = await readRows(IDS.slice(0, 10));
    expect(read._unsafeUnwrap().map(({ orderId }) => orderId?.S)).to.deep.equal(IDS.slice(0, 10));
    expect(requests.map(({ length }) => length)).to.deep.equal([10, 6, 2]);
    expect(pauses).to.deep.equal([]);
  });

  it('waits longer and longer while nothing is processed', async () => {
    const { requests, pauses, readRows } = tableOf((request) => (request <= 3 ? 0 : 100));
    expect((await readRows(['o-1'])).isOk()).to.equal(true);
    expect(requests).to.have.length(4);
    expect(pauses).to.deep.equal([50, 100, 200]);
  });

  it('calls a table throttled that processes nothing six times in a row', async () => {
    const { requests, pauses, readRows } = tableOf(() => 0);
    const read = await readRows(['o-1', 'o-2']);
    expect(pauses).to.deep.equal([50, 100, 200, 400, 800]);
    expect(read._unsafeUnwrapErr()).to.deep.equal({
      type: 'Unavailable',
      dependency: 'InvoiceView',
      cause: '2 keys were not processed',
      throttled: true,
    });
    expect(requests).to.have.length(6);
  });

  it('asks for nothing where it is asked for nothing', async () => {
    const { requests, readRows } = tableOf(all);
    expect((await readRows([]))._unsafeUnwrap()).to.deep.equal([]);
    expect(requests).to.deep.equal([]);
  });
});
