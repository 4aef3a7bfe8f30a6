import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { createDynamoDbClient } from '../../../src/adapters/aws/clients.ts';
import { describeTables } from '../../../src/adapters/dynamodb/tables.ts';
import { createStripeClient } from '../../../src/adapters/stripe/client.ts';
import { createClockWatch, machineClock } from '../../../src/adapters/system/clock.ts';

const DATE = 'Mon, 15 Jun 2026 12:00:00 GMT';
const NOON = Date.parse(DATE);
const OFF_MAX_MS = 30_000;

describe('the watch of this machine’s clock (B8)', () => {
  const checked = (seen: { receivedAt: number; tookMs?: number; date?: string; age?: string }) => {
    const watch = createClockWatch();
    watch.observe({ source: 'sqs.example', date: DATE, tookMs: 0, ...seen });
    return watch.check(OFF_MAX_MS).mapErr(({ dependency, cause }) => ({ dependency, cause }));
  };

  it('finds nothing before anything was answered, nor within the bound, to either side', () => {
    expect(createClockWatch().check(0).isOk()).to.equal(true);
    // Its date may be of any moment of its second.
    expect(checked({ receivedAt: NOON + 1_000 + OFF_MAX_MS }).isOk()).to.equal(true);
    expect(checked({ receivedAt: NOON - OFF_MAX_MS }).isOk()).to.equal(true);
  });

  it('finds a clock that is ahead, or behind, by a millisecond more', () => {
    expect(checked({ receivedAt: NOON + 1_001 + OFF_MAX_MS })._unsafeUnwrapErr()).to.deep.equal({
      dependency: 'Clock',
      cause: 'this machine’s clock is at least 31 s ahead of that of sqs.example',
    });
    expect(checked({ receivedAt: NOON - OFF_MAX_MS - 1 })._unsafeUnwrapErr().cause).to.include(
      'at least 31 s behind that of sqs.example',
    );
  });

  it('takes no slow answer for a wrong clock: it may be dated at any moment since', () => {
    const receivedAt = NOON + 1_000 + OFF_MAX_MS + 20_000;
    expect(checked({ receivedAt, tookMs: 20_000 }).isOk()).to.equal(true);
    expect(checked({ receivedAt, tookMs: 19_999 }).isOk()).to.equal(false);
  });

  it('learns nothing from an answer with no date, with a bad one, or from a cache', () => {
    const receivedAt = NOON + 86_400_000;
    expect(checked({ receivedAt, date: 'soon' }).isOk()).to.equal(true);
    expect(checked({ receivedAt, age: '86400' }).isOk()).to.equal(true);
  });

  it('trusts a clock again that was set right', () => {
    const watch = createClockWatch();
    const answer = { source: 's', date: DATE, tookMs: 0 };
    watch.observe({ ...answer, receivedAt: NOON + 86_400_000 });
    expect(watch.check(OFF_MAX_MS).isErr()).to.equal(true);
    watch.observe({ ...answer, receivedAt: NOON });
    expect(watch.check(OFF_MAX_MS).isOk()).to.equal(true);
  });
});

describe('what the clients are answered', () => {
  let server: Server;
  let url: string;
  let date: string | undefined;

  before((done) => {
    server = createServer((_, response) => {
      if (date !== undefined) response.setHeader('date', date);
      response.writeHead(400, { 'content-type': 'application/json' }).end('{}');
    }).listen(0, '127.0.0.1', () => {
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      done();
    });
  });
  after((done) => void server.close(done));
  afterEach(async () => {
    // It is the clock of the whole process.
    date = undefined;
    await fromStripe();
    expect(machineClock.check(OFF_MAX_MS).isOk()).to.equal(true);
  });

  const fromStripe = () =>
    createStripeClient({ secretKey: 'sk_test_1', timeoutMs: 5_000, apiUrl: url })
      .accounts.retrieveCurrent()
      .catch(() => undefined);
  const fromAws = () => {
    const credentials = { accessKeyId: 'a', secretAccessKey: 's' };
    const client = createDynamoDbClient({ region: 'eu-central-1', endpoint: url, credentials });
    return describeTables(client, { events: 'e', invoices: 'i', keys: 'k' });
  };

  for (const [name, ask] of [
    ['Stripe', fromStripe],
    ['AWS', fromAws],
  ] as const) {
    it(`by ${name} shows a clock that is a day off`, async () => {
      date = new Date(Date.now() - 86_400_000).toUTCString();
      await ask();
      expect(machineClock.check(OFF_MAX_MS)._unsafeUnwrapErr().cause).to.match(
        /at least 8\d{4} s ahead of that of 127\.0\.0\.1/,
      );
    });
  }
});
