import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { STRIPE_CALLS } from '../../../src/adapters/stripe/webhookCalls.ts';
import { CALL_BYTES_MAX, serveCalls } from '../../../src/adapters/webhooks/httpServer.ts';
import type { CallServer, HandleCall } from '../../../src/application/ports/gatewayEvents.ts';
import { until } from '../../support/until.ts';

const HOST = '127.0.0.1';

describe('The server of webhooks', () => {
  let calls: Parameters<HandleCall>[0][];
  let status: 200 | 400 | 503;
  let release: Promise<void> | undefined;
  let server: CallServer;

  beforeEach(async () => {
    calls = [];
    status = 200;
    release = undefined;
    const handle: HandleCall = async (call) => {
      calls.push(call);
      await release;
      return { status };
    };
    server = (await serveCalls(handle, { port: 0, host: HOST, ...STRIPE_CALLS }))._unsafeUnwrap();
  });
  afterEach(() => server.close(0));

  const url = (path = '/stripe') => `http://${HOST}:${server.port}${path}`;
  const post = (body: string | Uint8Array<ArrayBuffer>, headers = {}) =>
    fetch(url(), { method: 'POST', body, headers });
  const untilCalled = () =>
    until('a call is handled', () => (calls.length > 0 ? true : undefined), { everyMs: 5 });

  it('hands on the body byte for byte, with the signature', async () => {
    const body = new Uint8Array([0x7b, 0xff, 0x0a, 0x20, 0x7d]);
    const answer = await post(body, { 'stripe-signature': 't=1,v1=a' });

    expect(answer.status).to.equal(200);
    expect(await answer.text()).to.equal('');
    expect(calls).to.have.length(1);
    expect([...(calls[0]?.body ?? [])]).to.deep.equal([...body]);
    expect(calls[0]?.signature).to.equal('t=1,v1=a');
  });

  it('answers with the status of the call alone', async () => {
    status = 400;
    expect((await post('{}')).status).to.equal(400);
    status = 503;
    const answer = await post('{}');
    expect(answer.status).to.equal(503);
    expect(answer.headers.get('retry-after')).to.equal('60');
    expect(await answer.text()).to.equal('');
  });

  it('takes nothing but POST of its one path', async () => {
    expect((await fetch(url())).status).to.equal(405);
    expect((await fetch(url('/'), { method: 'POST', body: '{}' })).status).to.equal(404);
    expect((await fetch(url('/stripe/x'), { method: 'POST', body: '{}' })).status).to.equal(404);
    expect(calls).to.have.length(0);
  });

  it('takes a body of the largest size, and none that is larger, whatever it says', async () => {
    expect((await post(' '.repeat(CALL_BYTES_MAX))).status).to.equal(200);
    expect((await post(' '.repeat(CALL_BYTES_MAX + 1))).status).to.equal(413);
    const stream = new ReadableStream({
      start: (controller) => {
        controller.enqueue(new Uint8Array(CALL_BYTES_MAX));
        controller.enqueue(new Uint8Array(1));
        controller.close();
      },
    });
    const chunked = { method: 'POST', body: stream, duplex: 'half' };
    const unsaid = await fetch(url(), chunked);
    expect(unsaid.status).to.equal(413);
    expect(calls).to.have.length(1);
  });

  it('does not handle what is cut off', async () => {
    const socket = connect(server.port, HOST);
    socket.write('POST /stripe HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{}');
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    await once(socket, 'close');
    // The server answers another call, behind the one that was cut off.
    expect((await post('{}')).status).to.equal(200);
    expect(calls).to.have.length(1);
  });

  it('says why it cannot listen', async () => {
    const second = await serveCalls(async () => ({ status: 200 }), {
      port: server.port,
      host: HOST,
      ...STRIPE_CALLS,
    });
    expect(second._unsafeUnwrapErr()).to.match(/EADDRINUSE/);
  });

  it('answers what is under way when it closes, and cuts what takes longer', async () => {
    let letGo = (): void => undefined;
    release = new Promise((resolve) => (letGo = resolve));
    const waiting = post('{}');
    await untilCalled();
    const closed = server.close(10_000);
    letGo();
    expect((await waiting).status).to.equal(200);
    expect(await closed).to.deep.equal({ finished: 1, cut: 0 });
    expect(await post('{}').catch(() => 'refused')).to.equal('refused');
  });

  it('cuts what does not end in time', async () => {
    release = new Promise(() => undefined);
    const waiting = post('{}').catch(() => 'cut');
    await untilCalled();

    expect(await server.close(20)).to.deep.equal({ finished: 0, cut: 1 });
    expect(await waiting).to.equal('cut');
  });
});
