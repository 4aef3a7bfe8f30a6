import { expect } from 'chai';
import {
  failureOf,
  startStripeSandbox,
  type StripeSandbox,
} from '../../../support/stripeSandbox.ts';

const LAG_MS = 5_000;

describe('search in the Stripe sandbox, by the official SDK', () => {
  let sandbox: StripeSandbox;
  let nowMs: number;

  beforeEach(async () => {
    nowMs = Date.now();
    sandbox = await startStripeSandbox({ now: () => nowMs, searchLagMs: LAG_MS });
  });

  afterEach(() => sandbox.close());

  const pay = async (metadata: Record<string, string>, changes: object = {}): Promise<string> => {
    const payment = { amount: 100, currency: 'eur', confirm: true, off_session: true, metadata };
    const { id } = await sandbox.stripe.paymentIntents.create({
      ...payment,
      payment_method: 'pm_card_visa',
      ...changes,
    });
    return id;
  };

  const found = async (query: string): Promise<readonly string[]> =>
    (await sandbox.stripe.paymentIntents.search({ query })).data.map(({ id }) => id);

  it('G10: finds a payment only when the lag is over, though lists have it at once', async () => {
    const id = await pay({ order_id: 'o-1' });
    nowMs += LAG_MS - 1;
    expect(await found(`metadata['order_id']:'o-1'`)).to.deep.equal([]);
    expect((await sandbox.stripe.paymentIntents.list()).data.map((each) => each.id)).to.deep.equal([
      id,
    ]);
    nowMs += 1;
    expect(await found(`metadata['order_id']:'o-1'`)).to.deep.equal([id]);
  });

  it('joins clauses by AND, in either kind of quotes, whatever is in them', async () => {
    const odd = `it's "quoted" \\ and AND`;
    const first = await pay({ order_id: odd, attempt: '1' });
    const second = await pay({ order_id: odd, attempt: '2' });
    nowMs += LAG_MS;
    const single = odd.replaceAll(/[\\']/g, '\\$&');
    const double = odd.replaceAll(/[\\"]/g, '\\$&');
    expect(await found(`metadata['order_id']:'${single}'`)).to.deep.equal([second, first]);
    expect(
      await found(`metadata["order_id"]:"${double}" AND metadata['attempt']:'1'`),
    ).to.deep.equal([first]);
    expect(await found(`metadata['order_id']:'${single}' AND status:'canceled'`)).to.deep.equal([]);
    expect(await found(`status:'succeeded' AND metadata['attempt']:'2'`)).to.deep.equal([second]);
  });

  it('ignores upper and lower case, as the search of Stripe does', async () => {
    const id = await pay({ order_id: 'ORDER-1' });
    nowMs += LAG_MS;
    expect(await found(`metadata['order_id']:'order-1'`)).to.deep.equal([id]);
  });

  it('gives pages by a token, the newest first', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.push(await pay({ order_id: 'o-1' }));
    await pay({ order_id: 'o-2' });
    nowMs += LAG_MS;
    const query = `metadata['order_id']:'o-1'`;
    const listed: string[] = [];
    for await (const { id } of sandbox.stripe.paymentIntents.search({ query, limit: 2 }))
      listed.push(id);
    expect(listed).to.deep.equal(ids.toReversed());
    const last = await sandbox.stripe.paymentIntents.search({ query });
    expect(last).to.deep.include({ object: 'search_result', has_more: false, next_page: null });
  });

  for (const query of [
    '',
    'o-1',
    'order_id:o-1',
    `metadata['order_id']:'o-1`,
    `metadata:'o-1'`,
    `metadata['order_id']:'o-1' OR metadata['order_id']:'o-2'`,
    `metadata['order_id']:'o-1' AND`,
    `-metadata['order_id']:'o-1'`,
    `amount>100`,
    `currency:'eur'`,
    Array.from({ length: 11 }, () => `status:'succeeded'`).join(' AND '),
  ]) {
    it(`refuses what it cannot search for: ${query.slice(0, 60) || 'nothing'}`, async () => {
      expect(await failureOf(sandbox.stripe.paymentIntents.search({ query }))).to.deep.equal({
        statusCode: 400,
        rawType: 'invalid_request_error',
        param: 'query',
      });
    });
  }

  it('refuses a missing query, a page that is none, and what it does not know', async () => {
    const search = (parameters: object) =>
      failureOf(sandbox.stripe.rawRequest('GET', `/v1/payment_intents/search?${form(parameters)}`));
    const query = `status:'succeeded'`;
    expect(await search({})).to.include({ statusCode: 400, param: 'query' });
    expect(await search({ query, page: 'x' })).to.include({ statusCode: 400, param: 'page' });
    expect(await search({ query, limit: 101 })).to.include({ statusCode: 400, param: 'limit' });
    expect(await search({ query, amuont: 1 })).to.include({ statusCode: 400, param: 'amuont' });
  });
});

const form = (parameters: object): string =>
  new URLSearchParams(
    Object.entries(parameters).map(([name, value]): [string, string] => [name, `${value}`]),
  ).toString();
