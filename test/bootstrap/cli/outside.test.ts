import { expect } from 'chai';
import { openEmbedded, type EmbeddedStack } from '../../../src/bootstrap/embedded.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';
import { jsonLines, run, start, type Ended, type Env } from '../../support/cli.ts';
import { describeInTurn } from '../../support/runs.ts';

/** So that a request is past its life after seconds, and not after minutes. */
const SHORT = {
  GATEWAY_TIMEOUT_MS: '2000',
  GATEWAY_RUN_ON_MS: '0',
  CLOCK_SKEW_MAX_MS: '1000',
  GATEWAY_SETTLE_DELAY_MS: '1000',
  // Shorter than a fence has to be waited for, so that a refusal ends by a look-up instead.
  GATEWAY_RESEND_HORIZON_MS: '10000',
  RETRY_DELAY_MAX_MS: '1000',
  RECEIVE_WAIT_MS: '1000',
};

const BY_ADA = ['--by', 'ada', '--reason', 'rang'] as const;

describeInTurn(2, 'money that others move in the same account', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let embedded: EmbeddedStack;
  let env: Env;
  let worker: ReturnType<typeof start>;
  let orders: readonly string[] = [];

  before(async () => {
    folder = await makeTemporaryFolder();
    env = { ...SHORT, PAIDONCE_DATA_DIR: folder.path };
    embedded = (await openEmbedded(env))._unsafeUnwrap();
    worker = start(['worker', '--embedded', '--json'], env);
    worker.stdout.resume();
    const submitted = await run(['submit', '--generate', '2', '--embedded', '--json'], { env });
    orders = jsonLines(submitted.stdout).flatMap(({ orderId }) =>
      typeof orderId === 'string' ? [orderId] : [],
    );
    expect(orders, submitted.stdout + submitted.stderr).to.have.length(2);
    for (const orderId of orders) {
      const paid = await run(['resume', orderId, '--embedded', '--wait', '60'], { env });
      expect(paid.code, paid.stderr).to.equal(0);
    }
  });
  after(async () => {
    await worker.stop();
    await embedded.close();
    await folder.remove();
  });

  const paidonce = (...args: readonly string[]): Promise<Ended> =>
    run([...args, '--embedded', '--json'], { env });
  const last = ({ stdout }: Ended): Record<string, unknown> => jsonLines(stdout).at(-1) ?? {};
  const atTheGateway = async (path: string, body: Record<string, string>): Promise<void> => {
    const answer = await fetch(`${embedded.addresses.stripe}${path}`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk_test_embedded' },
      body: new URLSearchParams(body),
    });
    expect(answer.status, await answer.text()).to.equal(200);
  };
  const orderOf = async (orderId: string) => last(await paidonce('order', orderId));
  const paymentOf = async (orderId: string): Promise<string> => {
    const { stdout } = await paidonce('order', orderId);
    return /"pi_\w+"/.exec(stdout)?.[0].slice(1, -1) ?? expect.fail(stdout);
  };

  it('case 29: what other applications take is counted apart by the audit', async () => {
    for (const more of [{}, { 'metadata[order_id]': '4711' }]) {
      const charge = { confirm: 'true', payment_method: 'pm_card_visa', ...more };
      await atTheGateway('/v1/payment_intents', {
        amount: '1999',
        currency: 'eur',
        off_session: 'true',
        ...charge,
      });
    }
    const audited = await paidonce('audit', '--gateway');
    expect(audited.code, audited.stdout + audited.stderr).to.equal(0);
    expect(last(audited)).to.deep.nested.include({ 'gateway.foreign': 2, 'gateway.payments': 4 });
  });

  it('case 10: a cancelled order refunded in the dashboard ends, credited, notified', async () => {
    const [orderId = ''] = orders;
    await atTheGateway('/v1/refunds', { payment_intent: await paymentOf(orderId) });
    const found = await paidonce('audit', '--gateway');
    expect(found.code).to.equal(1);
    expect(found.stdout).to.include(`paidonce review adopt ${orderId}`);

    const cancelled = await paidonce('cancel', orderId, ...BY_ADA, '--yes', '--wait', '120');
    expect(cancelled.code, cancelled.stdout + cancelled.stderr).to.equal(0);
    expect(last(cancelled)).to.deep.include({ status: 'cancelled' });
    const { stdout } = await paidonce('order', orderId);
    expect(stdout).to.match(/RefundFailed[^]*RefundAdopted[^]*CreditNoteIssued[^]*OrderCancelled/);
    const audited = await paidonce('audit', '--gateway');
    expect(audited.code, audited.stdout).to.equal(0);
  });

  it('case 10: `review adopt` records a refund in part, once, and says what it found', async () => {
    const [, orderId = ''] = orders;
    const payment = await paymentOf(orderId);
    await atTheGateway('/v1/refunds', { payment_intent: payment, amount: '100' });
    const because = ['--by', 'ada', '--reason', 'given back in the dashboard'];
    const adopted = await paidonce('review', 'adopt', orderId, ...because, '--wait', '60');
    expect(adopted.code, adopted.stdout + adopted.stderr).to.equal(0);
    expect(last(adopted)).to.deep.include({ done: true, status: 'partly refunded' });
    expect(last(adopted)['adopted']).to.have.length(1);
    const again = await paidonce('review', 'adopt', orderId, ...because, '--wait', '60');
    expect(last(again)).to.deep.include({ done: true, adopted: [] });
    expect((await paidonce('audit', '--gateway')).code).to.equal(0);
    expect(JSON.stringify(await orderOf(orderId))).to.include('gateway#re_');
  });

  it('says of a restore what follows, and records it', async () => {
    const said = await paidonce('restored', '--by', 'ada', '--reason', 'to 09:00, INC-42');
    expect(said.code, said.stderr).to.equal(0);
    expect(last(said)).to.include({ by: 'ada', reason: 'to 09:00, INC-42' });
    const inWords = ['restored', '--by', 'ada', '--reason', 'once more', '--embedded'];
    expect((await run(inWords, { env })).stderr)
      .to.include('paidonce series floor')
      .and.include('audit --gateway');
    expect((await paidonce('restored', '--by', '', '--reason', 'x')).code).to.equal(2);
  });
});
