import { createServer, type AddressInfo } from 'node:net';
import { expect } from 'chai';
import { fastify } from 'fastify';
import { after, before, describe, it } from 'mocha';
import { openSesClient } from '../../../src/adapters/aws/clients.ts';
import { readMailbox, startEmbeddedSes } from '../../../src/adapters/embedded/ses.ts';
import { isNotTaken } from '../../../src/application/ports/notifier.ts';
import { createSesNotifier } from '../../../src/adapters/ses/sender.ts';
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
  openSesClient({
    region: 'us-east-1',
    endpoint,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });

describeNotifier('ses, embedded server', async () => {
  const folder = await makeTemporaryFolder();
  const server = await startEmbeddedSes({ dataDir: folder.path, port: 0 });
  const client = await clientFor(server.url);
  return {
    notifier: createSesNotifier(() => Promise.resolve(client), { from: FROM }),
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

  it('sends both parts and the key by which copies can be recognized', async () => {
    const client = await clientFor(server.url);
    await createSesNotifier(() => Promise.resolve(client), { from: FROM }).send(MAIL);
    client.destroy();
    expect(await readMailbox(server.url)).to.deep.equal([MAIL]);
  });

  it('attaches files under names that no mail program takes for a path or more', async () => {
    const bytes = Uint8Array.of(0, 128, 255, 13, 10);
    const files = ['../R 2026/1"\r\n.pdf', 'x'.repeat(300) + '.pdf'].map((name) => ({
      name,
      mediaType: 'application/pdf',
      bytes,
    }));
    const client = await clientFor(server.url);
    await createSesNotifier(() => Promise.resolve(client), { from: FROM }).send({ ...MAIL, files });
    client.destroy();
    const shown = (await readMailbox(server.url)).at(-1)?.files;
    expect(shown?.map((file) => file.name)).to.deep.equal([
      '..-R-2026-1-.pdf',
      'x'.repeat(96) + '.pdf',
    ]);
    expect(shown?.map((file) => file.bytes)).to.deep.equal([bytes, bytes]);
  });

  it('keeps them over a restart, and only the newest when they are many', async () => {
    const data = await makeTemporaryFolder();
    // Room for ten files of 9,000 bytes.
    const options = { dataDir: data.path, port: 0, attachedCharactersMax: 120_000 };
    const first = await startEmbeddedSes(options);
    const client = await clientFor(first.url);
    const notifier = createSesNotifier(() => Promise.resolve(client), { from: FROM });
    const file = {
      name: 'a.pdf',
      mediaType: 'application/pdf',
      bytes: new Uint8Array(9_000),
    };
    for (let at = 0; at < 12; at += 1) {
      await notifier.send({ ...MAIL, subject: `mail ${at}`, files: [file] });
    }
    client.destroy();
    const kept = await readMailbox(first.url);
    expect(kept.map(({ subject }) => subject)).to.deep.equal(
      Array.from({ length: 10 }, (_, at) => `mail ${at + 2}`),
    );
    await first.close();
    const second = await startEmbeddedSes(options);
    expect((await readMailbox(second.url)).map(({ subject }) => subject)).to.deep.equal(
      kept.map(({ subject }) => subject),
    );
    expect((await readMailbox(second.url)).at(-1)?.files?.[0]?.bytes.length).to.equal(9_000);
    await second.close();
    await data.remove();
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
    const client = await clientFor(url);
    const result = await createSesNotifier(() => Promise.resolve(client), { from: FROM }).send(
      MAIL,
    );
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
    it(`case 30: an unverified ${identity} is the account’s problem`, async () => {
      const error = await errorOf(
        400,
        'MessageRejected',
        'Email address is not verified. The following identities failed the check in region ' +
          `US-EAST-1: ${identity}`,
      );
      expect(error).to.include({ type: 'Misconfigured', dependency: 'Notifier' });
      expect(JSON.stringify(error)).to.not.contain(identity);
    });
  }

  it('pauses for what is said of the account in words, and slows for a rate', async () => {
    for (const [type, message] of [
      ['MessageRejected', 'Sending paused for this account.'],
      ['BadRequestException', 'Your account has been suspended.'],
      ['MessageRejected', 'Your account’s ability to send email is currently paused.'],
      ['MessageRejected', 'Sending suspended for this account. Look at the health dashboard.'],
      ['MessageRejected', 'Email sending for the configuration set receipts is disabled.'],
      ['MessageRejected', 'This account is temporarily under review.'],
      ['LimitExceededException', 'Daily message quota exceeded.'],
    ] as const) {
      expect((await errorOf(400, type, message)).type, message).to.equal('Misconfigured');
    }
    const rate = await errorOf(429, 'TooManyRequestsException', 'Maximum sending rate exceeded.');
    expect(rate).to.include({ type: 'Unavailable', throttled: true });
    for (const message of [
      'Address is on the suppression list.',
      'Missing final ‘@domain’.',
      'Local address contains control or whitespace.',
      'Message length is more than 10485760 bytes.',
      'Email contents not accepted: a virus was found.',
    ]) {
      const { type } = await errorOf(400, 'MessageRejected', message);
      expect(type, message).to.equal('Undeliverable');
    }
  });

  for (const [status, type, isKnown] of [
    [429, 'TooManyRequestsException', true],
    [400, 'ThrottlingException', true],
    [400, 'SomethingNewException', true],
    [413, 'SomethingNewException', true],
    [408, 'RequestTimeout', false],
    [500, 'InternalServiceError', false],
    [503, 'ServiceUnavailable', false],
  ] as const) {
    const may = isKnown ? 'was not taken' : 'may have been taken';
    it(`of ${status} ${type} the mail ${may}, and there is one attempt only`, async () => {
      requests = 0;
      const error = await errorOf(status, type);
      expect(error.type).to.equal('Unavailable');
      expect(isNotTaken(error)).to.equal(isKnown);
      expect(requests).to.equal(1);
    });
  }

  it('of a refused connection the mail was not taken', async () => {
    const client = await clientFor('http://127.0.0.1:1');
    const error = (
      await createSesNotifier(() => Promise.resolve(client), { from: FROM }).send(MAIL)
    )._unsafeUnwrapErr();
    client.destroy();
    expect(error).to.deep.include({ type: 'Unavailable', notTaken: true });
  });

  for (const [what, head] of [
    ['that is lost', ''],
    ['that breaks off', 'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{'],
  ] as const) {
    it(`of an answer ${what} the mail may have been taken, and is not sent again`, async () => {
      let mails = 0;
      const server = createServer((socket) => {
        socket.once('data', () => {
          mails += 1;
          socket.write(head, () => socket.destroy());
        });
      });
      await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
      const client = await clientFor(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      const error = (
        await createSesNotifier(() => Promise.resolve(client), { from: FROM }).send(MAIL)
      )._unsafeUnwrapErr();
      client.destroy();
      server.close();
      expect(error).to.deep.include({ type: 'Unavailable' }).and.not.have.property('notTaken');
      expect(mails).to.equal(1);
    });
  }
});
