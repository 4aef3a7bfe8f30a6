import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { HttpRequest } from '@smithy/core/protocols';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { expect } from 'chai';
import { isNotConnected, readAwsError } from '../../../src/adapters/aws/errors.ts';
import { createHttpHandler } from '../../../src/adapters/aws/httpHandler.ts';

type Handle = (
  request: object,
  options?: { readonly abortSignal?: AbortSignal },
) => Promise<{ readonly response: { readonly statusCode: number; readonly body: Buffer } }>;

describe('the request handler of the AWS clients', () => {
  let listener: RequestListener;
  let server: Server;
  let port: number;
  const handler = createHttpHandler({ connectTimeoutMs: 500, requestTimeoutMs: 300 });
  const handle = (handler as unknown as { handle: Handle }).handle;

  const requestTo = (to: number, hostname = '127.0.0.1') => ({
    protocol: 'http:',
    hostname,
    port: to,
    method: 'POST',
    path: '/',
    headers: { 'x-amz-target': 'X' },
    body: '{"ä":1}',
  });
  const failureOf = (work: Promise<unknown>): Promise<Error & { readonly code?: string }> =>
    work.then(
      () => expect.fail('it was answered'),
      (error: Error) => error,
    );

  before(async () => {
    server = createServer((request, response) => listener(request, response));
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  after(() => {
    (handler as { destroy(): void }).destroy();
    server.closeAllConnections();
    server.close();
  });

  it('sends a body whole, and reads an answer whole, whatever its status', async () => {
    let received = '';
    listener = (request, response) => {
      request.setEncoding('utf8').on('data', (text: string) => (received += text));
      request.on('end', () => response.writeHead(503).end('no'));
    };
    const { response } = await handle(requestTo(port));
    expect(received).to.equal('{"ä":1}');
    expect(response.statusCode).to.equal(503);
    expect(response.body.toString()).to.equal('no');
  });

  it('fails with Node’s own error where nobody listens, so that nothing was sent', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => void closed.listen(0, '127.0.0.1', resolve));
    const free = (closed.address() as AddressInfo).port;
    await new Promise((resolve) => closed.close(resolve));
    expect((await failureOf(handle(requestTo(free)))).code).to.equal('ECONNREFUSED');
  });

  it('fails as never sent where no connection stands in time', async () => {
    // It accepts connections, and never says anything of TLS.
    const silent = createTcpServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port: silentPort } = silent.address() as AddressInfo;
    for (const connectTimeoutMs of [100, 10_000]) {
      const impatient = createHttpHandler({ connectTimeoutMs, requestTimeoutMs: 300 });
      const request = { ...requestTo(silentPort), protocol: 'https:' };
      const failure = await failureOf((impatient as unknown as { handle: Handle }).handle(request));
      expect(failure).to.include({ name: 'TimeoutError', code: 'NOT_CONNECTED' });
      expect(isNotConnected(readAwsError(failure))).to.equal(true);
      impatient.destroy();
    }
    silent.close();
  });

  it('takes what has arrived while the process was held up beyond its limits', async () => {
    listener = (_, response) => response.end('yes');
    const quick = createHttpHandler({ connectTimeoutMs: 20, requestTimeoutMs: 2_000 });
    const answered = (quick as unknown as { handle: Handle }).handle(requestTo(port));
    const until = performance.now() + 100;
    while (performance.now() < until);
    expect((await answered).response.body.toString()).to.equal('yes');
    quick.destroy();
  });

  it('takes an IPv6 address as it stands in a URL', async () => {
    listener = (_, response) => response.end('yes');
    const six = createServer((request, response) => listener(request, response));
    six.listen(0, '::1');
    await once(six, 'listening');
    const { port: sixPort } = six.address() as AddressInfo;
    const { response } = await handle(requestTo(sixPort, '[::1]'));
    expect(response.body.toString()).to.equal('yes');
    six.close();
  });

  it('fails as timed out where no whole answer comes in time', async () => {
    for (const silent of [
      () => undefined,
      (_: unknown, response: { write(text: string): void }) => response.write('half'),
    ]) {
      listener = silent;
      expect((await failureOf(handle(requestTo(port)))).name).to.equal('TimeoutError');
    }
  });

  it('fails as a lost connection where one breaks off, which the SDK repeats', async () => {
    listener = (_, response) => {
      response.writeHead(200, { 'content-length': '50' });
      response.write('half', () => response.destroy());
    };
    expect((await failureOf(handle(requestTo(port)))).code).to.equal('ECONNRESET');
  });

  it('ends when its signal fires, before and while it waits', async () => {
    listener = () => undefined;
    const abort = new AbortController();
    const waiting = failureOf(handle(requestTo(port), { abortSignal: abort.signal }));
    setTimeout(() => abort.abort(), 20);
    expect((await waiting).name).to.equal('AbortError');
    const late = failureOf(handle(requestTo(port), { abortSignal: abort.signal }));
    expect((await late).name).to.equal('AbortError');
  });

  it('sends what the SDK’s own sends, to the order of the headers', async () => {
    const seen: unknown[] = [];
    listener = (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method, url, rawHeaders } = request;
        seen.push({ method, url, rawHeaders, body: Buffer.concat(chunks).toString('hex') });
        response.end();
      });
    };
    const sdk = new NodeHttpHandler();
    const headers = { 'Content-Type': 'application/x-amz-json-1.0', 'x-amz-target': 'X' };
    const requests = [
      { headers: { ...headers, 'content-length': '8' } },
      { headers },
      { method: 'PUT', path: '/v2/a%20b', body: Buffer.of(0, 1, 255) },
      { method: 'GET', body: undefined, query: { 'a b': "c+d/ü~!*'()", list: ['x', 'y'] } },
    ].map((each) => new HttpRequest({ ...requestTo(port), ...each }));
    for (const request of requests) {
      const { response } = await sdk.handle(request);
      response.body.resume();
      await handle(request);
    }
    sdk.destroy();
    for (let at = 0; at < seen.length; at += 2) expect(seen[at + 1]).to.deep.equal(seen[at]);
    expect(seen).to.have.length(requests.length * 2);
  });
});
