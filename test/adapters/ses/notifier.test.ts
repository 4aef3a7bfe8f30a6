import { expect } from 'chai';
import { fastify } from 'fastify';
import { after, before, describe, it } from 'mocha';
import { createSesClient } from '../../../src/adapters/aws/clients.ts';
import { readMailbox, startEmbeddedSes } from '../../../src/adapters/embedded/ses.ts';
import { createSesNotifier } from '../../../src/adapters/ses/notifier.ts';
import type { EmbeddedServer } from '../../../src/adapters/embedded/server.ts';
import { describeNotifier } from '../../contracts/notifier.contract.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';

const FROM = 'Paidonce <orders@shop.example>';
const MAIL = {
  to: 'ada@example.com',
  subject: 'Receipt',
  text: 'text',
  html: '<p>html</p>',
  dedupeKey: 'order-1:receipt',
};

const clientFor = (endpoint: string) =>
  createSesClient({
    region: 'us-east-1',
    endpoint,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });

describeNotifier('ses, embedded server', async () => {
  const folder = await makeTemporaryFolder();
  const server = await startEmbeddedSes({ dataDir: folder.path, port: 0 });
  const client = clientFor(server.url);
  return {
    notifier: createSesNotifier(client, { from: FROM }),
    read: () => readMailbox(server.url),
    async close() {
      client.destroy();
      await server.close();
      await folder.remove();
    },
  };
});

describe('createSesNotifier', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let server: EmbeddedServer;
  before(async () => {
    folder = await makeTemporaryFolder();
    server = await startEmbeddedSes({ dataDir: folder.path, port: 0 });
  });
  after(async () => {
    await server.close();
    await folder.remove();
  });

  it('sends both parts and the key by which copies can be told', async () => {
    const client = clientFor(server.url);
    await createSesNotifier(client, { from: FROM }).send(MAIL);
    client.destroy();
    expect(await readMailbox(server.url)).to.deep.equal([MAIL]);
  });
});

describe('the errors of SES', () => {
  const answer = fastify();
  let refusal: { readonly status: number; readonly type: string; readonly message: string };
  let requests = 0;
  let url: string;
  before(async () => {
    answer.addContentTypeParser('*', (_request, _payload, done) => {
      done(null);
    });
    answer.post('/*', (_request, reply) => {
      requests += 1;
      void reply.code(refusal.status).header('x-amzn-errortype', refusal.type);
      return reply.send({ message: refusal.message });
    });
    url = await answer.listen({ host: '127.0.0.1', port: 0 });
  });
  after(() => answer.close());

  const errorOf = async (status: number, type: string, message = 'no') => {
    refusal = { status, type, message };
    const client = clientFor(url);
    const result = await createSesNotifier(client, { from: FROM }).send(MAIL);
    client.destroy();
    return result.isErr() ? result.error : expect.fail('it was taken');
  };

  for (const [status, type, expected] of [
    [400, 'MessageRejected', 'Undeliverable'],
    [400, 'BadRequestException', 'Undeliverable'],
    [403, 'AccessDeniedException', 'Misconfigured'],
    [403, 'UnrecognizedClientException', 'Misconfigured'],
    [400, 'AccountSuspendedException', 'Misconfigured'],
    [400, 'SendingPausedException', 'Misconfigured'],
    [400, 'MailFromDomainNotVerifiedException', 'Misconfigured'],
    [404, 'NotFoundException', 'Misconfigured'],
    [400, 'LimitExceededException', 'Unavailable'],
    [400, 'SomethingNewException', 'Unavailable'],
  ] as const) {
    it(`${type} means ${expected}`, async () => {
      expect((await errorOf(status, type)).type).to.equal(expected);
    });
  }

  for (const identity of ['orders@shop.example', 'ada@example.com']) {
    it(`case 30: an unverified ${identity} is a matter of the account, as it can be in the sandbox alone`, async () => {
      const error = await errorOf(
        400,
        'MessageRejected',
        `Email address is not verified. The following identities failed the check in region US-EAST-1: ${identity}`,
      );
      expect(error).to.include({ type: 'Misconfigured', dependency: 'Notifier' });
      expect(JSON.stringify(error)).to.not.contain(identity);
    });
  }

  it('what is said of the account in words pauses, too, and the pace of a second only slows', async () => {
    for (const [type, message] of [
      ['MessageRejected', 'Sending paused for this account.'],
      ['BadRequestException', 'Your account has been suspended.'],
      ['LimitExceededException', 'Daily message quota exceeded.'],
    ] as const) {
      expect((await errorOf(400, type, message)).type, message).to.equal('Misconfigured');
    }
    const rate = await errorOf(429, 'TooManyRequestsException', 'Maximum sending rate exceeded.');
    expect(rate).to.include({ type: 'Unavailable', throttled: true });
    const suppressed = 'Address is on the suppression list.';
    expect((await errorOf(400, 'MessageRejected', suppressed)).type).to.equal('Undeliverable');
  });

  it('an answer of 503 is Unavailable, after a few tries', async () => {
    requests = 0;
    const error = await errorOf(503, 'ServiceUnavailable');
    expect(error).to.deep.include({ type: 'Unavailable', throttled: false });
    expect(requests).to.equal(3);
  });

  it('a refused connection is Unavailable', async () => {
    const client = clientFor('http://127.0.0.1:1');
    const result = await createSesNotifier(client, { from: FROM }).send(MAIL);
    client.destroy();
    expect(result.isErr() && result.error.type).to.equal('Unavailable');
  });
});
