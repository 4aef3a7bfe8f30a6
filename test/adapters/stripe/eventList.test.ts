import { expect } from 'chai';
import { createStripeClient } from '../../../src/adapters/stripe/client.ts';
import { createStripeGatewayEvents } from '../../../src/adapters/stripe/eventList.ts';
import { STRIPE_EVENT_TYPES } from '../../../src/adapters/stripe/events.ts';
import { startScriptedServer, type ScriptedServer } from '../../support/scriptedServer.ts';
import { TEST_KEY } from '../../support/stripeSandbox.ts';

const event = (id: string, changes: object = {}) => ({
  id,
  object: 'event',
  type: 'payment_intent.succeeded',
  created: 1_800_000_000,
  livemode: false,
  data: { object: { id: 'pi_1', object: 'payment_intent', status: 'succeeded', metadata: {} } },
  ...changes,
});

const list = (data: readonly unknown[], has_more = false) => ({ object: 'list', data, has_more });

describe('the events that Stripe has kept', () => {
  let server: ScriptedServer;
  let answers: unknown[];
  let status: number;

  beforeEach(async () => {
    status = 200;
    server = await startScriptedServer((response) => {
      response.writeHead(status).end(JSON.stringify(answers.shift() ?? {}));
    });
  });

  afterEach(() => server.close());

  const listed = (given: readonly unknown[], signal?: AbortSignal) => {
    answers = [...given];
    const stripe = createStripeClient({ secretKey: TEST_KEY, apiUrl: server.url });
    const window = { from: 1_800_000_000_500, to: 1_800_003_600_000 };
    return createStripeGatewayEvents(stripe).list({ ...window, ...(signal && { signal }) });
  };

  it('are asked for by time and by the types that say something of money', async () => {
    await listed([list([])]);
    const { searchParams } = new URL(server.seen[0]?.url ?? '', server.url);
    expect(searchParams.get('created[gte]')).to.equal('1800000000');
    expect(searchParams.get('created[lt]')).to.equal('1800003600');
    const types = [...searchParams].filter(([name]) => name.startsWith('types[')).map(String);
    expect(types).to.have.length(Object.keys(STRIPE_EVENT_TYPES).length);
  });

  it('come the oldest first, of all pages, without what says nothing', async () => {
    const pages = [
      list([event('evt_3'), event('evt_no', { type: 'customer.created' })], true),
      list([event('evt_2', { data: null }), event('evt_1')]),
    ];
    const events = (await listed(pages))._unsafeUnwrap();
    expect(events.map((each) => each.event)).to.deep.equal(['evt_1', 'evt_3']);
    expect(events[0]).to.deep.equal({
      event: 'evt_1',
      at: 1_800_000_000_000,
      mode: 'test',
      kind: 'payment',
      payment: 'pi_1',
      id: 'pi_1',
      says: 'succeeded',
    });
  });

  it('are none at all where a page cannot be read, or the signal has fired', async () => {
    const half = await listed([list([event('evt_1')], true)]);
    expect(half.mapErr(({ type }) => type)._unsafeUnwrapErr()).to.equal('Unavailable');
    const aborted = await listed([list([event('evt_1')])], AbortSignal.abort());
    expect(aborted.isErr()).to.equal(true);
  });

  it('say which key may not read them', async () => {
    status = 403;
    const refused = await listed([{ error: { type: 'invalid_request_error', message: 'no' } }]);
    expect(refused._unsafeUnwrapErr().type).to.equal('Misconfigured');
  });
});
