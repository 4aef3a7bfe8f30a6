import { readFileSync } from 'node:fs';
import type http from 'node:http';
import https from 'node:https';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import fc from 'fast-check';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { readAwsError, isNotConnected } from '../../src/adapters/aws/errors.ts';
import { createSqsClient } from '../../src/adapters/aws/clients.ts';
import { exchange, type HttpFailure } from '../../src/adapters/http.ts';
import { proxyAt, proxyFor, throughProxies } from '../../src/adapters/proxy.ts';
import { createStripeClient } from '../../src/adapters/stripe/client.ts';
import { chargeFailure } from '../../src/adapters/stripe/errors.ts';
import { startProxy, type TestProxy } from '../support/proxy.ts';
import { startScriptedServer, type ScriptedServer } from '../support/scriptedServer.ts';

const TLS_FILES = new URL('../fixtures/tls/', import.meta.url);
const key = readFileSync(new URL('key.pem', TLS_FILES));
const cert = readFileSync(new URL('certificate.pem', TLS_FILES));

const PROXY = 'http://proxy.example:3128';

describe('the choice of a proxy', () => {
  const proxied = (url: string, except?: string, names: object = { https: PROXY, http: PROXY }) => {
    const { protocol, hostname: host, port } = new URL(url);
    const isSecure = protocol === 'https:';
    const target = {
      protocol: isSecure ? 'https:' : 'http:',
      host,
      port: port === '' ? (isSecure ? 443 : 80) : Number(port),
    } as const;
    return (
      proxyFor(target, { ...names, ...(except === undefined ? {} : { except }) }) !== undefined
    );
  };

  it('is by the protocol that is asked', () => {
    expect(proxied('https://a.example', '', { https: PROXY })).to.equal(true);
    expect(proxied('http://a.example', '', { https: PROXY })).to.equal(false);
    expect(proxied('http://a.example', '', { http: PROXY })).to.equal(true);
    expect(proxied('https://a.example', '', { http: PROXY })).to.equal(false);
  });

  it('is never made for this machine, nor for where credentials come from', () => {
    for (const host of [
      '127.0.0.1',
      '127.8.9.1',
      'localhost',
      'LOCALHOST',
      'sqs.localhost',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '0.0.0.0',
      // Instances, containers of ECS, pods of EKS.
      '169.254.169.254',
      '169.254.170.2',
      '169.254.170.23',
      '[fd00:ec2::254]',
      '[fd00:ec2::23]',
    ]) {
      expect(proxied(`http://${host}:8080`), host).to.equal(false);
    }
    expect(proxied('http://[fd00:ec3::254]')).to.equal(true);
    expect(proxied('http://localhost.example')).to.equal(true);
    expect(proxied('http://128.0.0.1')).to.equal(true);
  });

  const rows: readonly [except: string, direct: readonly string[], proxied: readonly string[]][] = [
    ['*', ['https://a.example', 'http://10.0.0.1'], []],
    ['a.example', ['https://a.example', 'https://b.a.example'], ['https://ba.example']],
    ['.a.example', ['https://a.example', 'https://b.a.example'], ['https://ba.example']],
    ['*.a.example', ['https://a.example', 'https://c.b.a.example'], ['https://ba.example']],
    ['A.Example', ['https://a.example', 'https://A.EXAMPLE'], []],
    ['a.example:8443', ['https://a.example:8443'], ['https://a.example']],
    ['a.example:443', ['https://a.example'], ['http://a.example']],
    ['x, 10.1.2.3 , y', ['http://10.1.2.3', 'http://x', 'http://y'], ['http://10.1.2.30']],
    ['x y', ['http://x', 'http://y'], ['http://z']],
    ['10.1.0.0/16', ['http://10.1.2.3'], ['http://10.2.0.1', 'http://a.10.1.0.0.example']],
    ['10.1.2.3:81', ['http://10.1.2.3:81'], ['http://10.1.2.3']],
    ['2001:db8::/32', ['http://[2001:db8::1]'], ['http://[2001:db9::1]']],
    ['2001:db8::1', ['http://[2001:db8::1]'], ['http://[2001:db8::2]']],
    ['[2001:db8::1]:81', ['http://[2001:db8::1]:81'], ['http://[2001:db8::1]']],
    [',,', [], ['http://x']],
    ['10.1.0.0/99', [], ['http://10.1.0.1']],
    ['not/a/network', [], ['http://x']],
  ];
  for (const [except, direct, through] of rows) {
    it(`leaves out what NO_PROXY=${JSON.stringify(except)} names`, () => {
      for (const url of direct) expect(proxied(url, except), url).to.equal(false);
      for (const url of through) expect(proxied(url, except), url).to.equal(true);
    });
  }

  it('throws for nothing that may be in NO_PROXY', () => {
    fc.assert(
      fc.property(fc.string(), (except) => {
        expect(proxied('https://a.example', except)).to.be.a('boolean');
      }),
    );
  });

  it('takes an address with or without its scheme, and no other kind of proxy', () => {
    expect(proxyAt('proxy:3128')?.href).to.equal('http://proxy:3128/');
    expect(proxyAt('10.0.0.1:3128')?.href).to.equal('http://10.0.0.1:3128/');
    expect(proxyAt('https://u:p%40ss@proxy')?.href).to.equal('https://u:p%40ss@proxy/');
    for (const text of ['', 'http://', 'socks5://proxy:1', 'http://p/x', 'http://p?x', 'p:99999']) {
      expect(proxyAt(text), text).to.equal(undefined);
    }
    expect(proxyAt('http://u:%zz@proxy')).to.equal(undefined);
  });
});

describe('a connection through a proxy', () => {
  let servers: { close(): unknown }[];
  let agents: http.Agent[];
  beforeEach(() => {
    servers = [];
    agents = [];
  });
  afterEach(async () => {
    for (const agent of agents) agent.destroy();
    for (const server of servers) await server.close();
  });

  const proxyTo = async (
    ports: Readonly<Record<string, number>>,
    react?: Parameters<typeof startProxy>[0]['react'],
  ): Promise<TestProxy> => {
    const proxy = await startProxy({ ports, ...(react && { react }) });
    servers.push(proxy);
    return proxy;
  };
  const scripted = async (react: Parameters<typeof startScriptedServer>[0]) => {
    const server = await startScriptedServer(react);
    servers.push(server);
    return server;
  };
  const portOf = ({ url }: Pick<ScriptedServer, 'url'>): number => Number(new URL(url).port);
  const listening = async (server: Server): Promise<number> => {
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
    return (server.address() as AddressInfo).port;
  };
  const withTls = (proxy: string) => {
    const agent = throughProxies(new https.Agent({ ca: cert, keepAlive: true }), { https: proxy });
    agents.push(agent);
    return agent;
  };
  const ask = (agent: http.Agent, more: object = {}) =>
    exchange({
      agent,
      host: 'api.test',
      port: 443,
      method: 'POST',
      path: '/x?y',
      headers: { 'content-length': 2 },
      body: '{}',
      timeoutMs: 5_000,
      answerBytesMax: 1_000,
      ...more,
    });
  const failureOf = (work: Promise<unknown>): Promise<HttpFailure> =>
    work.then(
      () => expect.fail('it was answered'),
      (error: HttpFailure) => error,
    );

  it('encrypts up to the target, asks with the password, and is kept', async () => {
    const server = https.createServer({ key, cert }, (request, response) =>
      response.end(`${request.headers.host} ${request.url}`),
    );
    const proxy = await proxyTo({ 'api.test': await listening(server) });
    const agent = withTls(proxy.url.replace('//', '//ada:p%40ss@'));
    for (const _ of [1, 2]) expect(String((await ask(agent)).body)).to.equal('api.test /x?y');
    const authorization = `Basic ${Buffer.from('ada:p@ss').toString('base64')}`;
    expect(proxy.asked).to.deep.equal([{ to: 'api.test:443', authorization }]);
    server.closeAllConnections();
  });

  it('believes no target that has no right to its name', async () => {
    const server = https.createServer({ key, cert }, (_request, response) => response.end());
    const proxy = await proxyTo({ 'api.example': await listening(server) });
    const failure = await failureOf(ask(withTls(proxy.url), { host: 'api.example' }));
    expect(failure.code).to.equal('NOT_CONNECTED');
    expect(failure.cause).to.have.property('code', 'ERR_TLS_CERT_ALTNAME_INVALID');
    server.closeAllConnections();
  });

  it('writes nothing before the target’s TLS stands, nor asks whether it is late', async () => {
    const received: Buffer[] = [];
    const silent = createServer((socket: Socket) => {
      socket.on('data', (chunk: Buffer) => received.push(chunk)).on('error', () => undefined);
      servers.push({ close: () => socket.destroy() });
    });
    const proxy = await proxyTo({ 'api.test': await listening(silent) });
    let asked = 0;
    const begun = Date.now();
    const failure = await failureOf(
      ask(withTls(proxy.url), { connectTimeoutMs: 300, isTooLate: () => (asked += 1) < 0 }),
    );
    expect(failure.code).to.equal('NOT_CONNECTED');
    expect(Date.now() - begun).to.be.below(1_500);
    expect(asked).to.equal(0);
    expect(Buffer.concat(received).includes('POST')).to.equal(false);
  });

  const refusals: readonly [string, Parameters<typeof startProxy>[0]['react'], RegExp][] = [
    [
      'wants a password',
      (_request, socket) => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'),
      /does not connect to api\.test:443: 407 Proxy Authentication Required/,
    ],
    [
      'forbids the host',
      (_request, socket) => socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno'),
      /403 Forbidden/,
    ],
    ['closes', (_request, socket) => void socket.destroy(), /cannot be reached: ECONNRESET/],
    ['speaks something else', (_request, socket) => socket.end('SSH-2.0\r\n'), /HPE_INVALID/],
    ['never answers', () => undefined, /did not answer in time/],
  ];
  for (const [what, react, says] of refusals) {
    it(`fails, so that nothing was sent, where the proxy ${what}`, async () => {
      const proxy = await proxyTo({}, react);
      const failure = await failureOf(ask(withTls(proxy.url)));
      expect(failure.code).to.equal('NOT_CONNECTED');
      expect(String(failure.cause)).to.match(says).and.not.include('ada');
    });
  }

  it('leads Stripe’s requests, and gives no answer of its own for Stripe’s', async () => {
    const server = await scripted((response) => response.end('{"object":"account","id":"acct_1"}'));
    const proxy = await proxyTo({ 'stripe.test': portOf(server) });
    const made = (http: string) =>
      createStripeClient({
        secretKey: 'sk_test_1',
        apiUrl: 'http://stripe.test',
        proxies: { http },
      });
    const frozen = { path: '/v1/x', body: '', idempotencyKey: 'k', notAfter: Infinity };
    const stripe = made(proxy.url);
    expect(await stripe.rawRequest('GET', '/v1/account')).to.include({ id: 'acct_1' });
    expect(await stripe.postFrozen(frozen)).to.include({ id: 'acct_1' });
    expect(server.seen.map(({ headers }) => headers.host)).to.deep.equal([
      'stripe.test',
      'stripe.test',
    ]);

    const refusing = await proxyTo({}, (_request, socket) =>
      socket.end('HTTP/1.1 402 Payment Required\r\nContent-Length: 0\r\n\r\n'),
    );
    const failed = await made(refusing.url)
      .postFrozen(frozen)
      .catch((error: unknown) => chargeFailure(error));
    expect(failed).to.include({ type: 'NotExecuted', reason: 'not connected' });
  });

  for (const parts of ['lean', 'original'] as const) {
    it(`leads AWS’s requests, and says why it does not (${parts} parts)`, async () => {
      const server = await scripted((response) =>
        response
          .writeHead(200, { 'content-type': 'application/x-amz-json-1.0' })
          .end('{"Attributes":{}}'),
      );
      const proxy = await proxyTo({ 'sqs.test': portOf(server) });
      const clientBy = (http: string) =>
        createSqsClient({
          region: 'eu-central-1',
          endpoint: 'http://sqs.test',
          credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
          parts,
          proxies: { http },
        });
      const command = new GetQueueAttributesCommand({ QueueUrl: 'http://sqs.test/1/q' });
      const client = clientBy(proxy.url);
      expect((await client.send(command)).Attributes).to.deep.equal({});
      expect(proxy.asked.map(({ to }) => to)).to.deep.equal(['sqs.test:80']);
      client.destroy();

      const refusing = await proxyTo({});
      const refused = clientBy(refusing.url);
      const error = await refused.send(command).then(
        () => expect.fail('it was answered'),
        (thrown: unknown) => readAwsError(thrown),
      );
      expect(error.cause).to.match(/ProxyError: the proxy .* does not connect .*502 No such host/);
      expect(isNotConnected(error)).to.equal(true);
      refused.destroy();
    });
  }
});
