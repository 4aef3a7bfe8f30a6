import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { createSqsMessageQueue } from '../../../src/adapters/sqs/messageQueue.ts';
import { RECEIVES_MAX } from '../../../src/bootstrap/config/queueSettings.ts';
import { openEmbedded, type EmbeddedStack } from '../../../src/bootstrap/embedded.ts';
import { jsonLines, run, start, type Ended, type Env } from '../../support/cli.ts';
import { must } from '../../support/commits.ts';
import { anOrder } from '../../support/orderLife.ts';
import { localSqsClients } from '../../support/sqs.ts';
import { stripeEvent } from '../../support/stripeEvents.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';
import { until } from '../../support/until.ts';
import { describeInTurn } from '../../support/runs.ts';

const ORDERS = ['again', 'otherwise', 'disputed', 'lost'] as const;
const BY_ADA = ['--by', 'ada', '--reason', 'rang'] as const;
const SAYS = ['--by', 'ada', '--evidence', 'dashboard'] as const;

describeInTurn(0, 'what the gateway does later, by hand', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let embedded: EmbeddedStack;
  let env: Env;
  const payments = new Map<string, string>();
  const refunds = new Map<string, string>();

  const paidonce = (...args: readonly string[]): Promise<Ended> =>
    run([...args, '--embedded'], { env });
  const json = async (...args: readonly string[]): Promise<Record<string, unknown>> => {
    const { code, stdout, stderr } = await paidonce(...args, '--json');
    expect(code, stdout + stderr).to.equal(0);
    return jsonLines(stdout).at(-1) ?? {};
  };
  const orderOf = (orderId: string) => json('order', orderId);

  const standing = (orderId: string, wanted: string) =>
    until(`${orderId}: ${wanted}`, async (see) => {
      const { status } = await orderOf(orderId);
      see(status);
      return status === wanted ? status : undefined;
    });

  const working = async (work: () => Promise<void>): Promise<void> => {
    const worker = start(['worker', '--service', 'payments', '--embedded'], env);
    worker.stdout.resume();
    worker.stderr.resume();
    try {
      await work();
    } finally {
      await worker.stop();
    }
  };

  /** Pays all of them, and has two refunds come back. */
  before(async () => {
    folder = await makeTemporaryFolder();
    env = { PAIDONCE_DATA_DIR: folder.path, RECEIVE_WAIT_MS: '1000' };
    embedded = (await openEmbedded(env))._unsafeUnwrap();
    const file = join(folder.path, 'orders.jsonl');
    const lines = ORDERS.map((orderId) => JSON.stringify(anOrder({ orderId })));
    await writeFile(file, lines.join('\n'));
    await json('submit', file);
    await working(async () => {
      for (const orderId of ORDERS) {
        await json('resume', orderId, '--wait', '60');
        const { payment } = (await orderOf(orderId)) as { payment: { reference: string } };
        payments.set(orderId, payment.reference);
      }
      for (const orderId of ['again', 'otherwise']) {
        const args = ['--id', 'r-1', '--amount', '10.00', ...BY_ADA, '--yes', '--wait', '60'];
        const { refund } = (await json('refund', orderId, ...args)) as {
          refund: { reference: string };
        };
        refunds.set(orderId, refund.reference);
        await json('sandbox', 'settle', refund.reference, '--fails');
        await json('review', 'adopt', orderId, ...BY_ADA);
        await standing(orderId, 'refund returned');
      }
    });
  });

  after(async () => {
    await embedded.close();
    await folder.remove();
  });

  const resolve = (orderId: string, ...more: readonly string[]): Promise<Ended> =>
    paidonce('review', 'resolve', orderId, ...SAYS, ...more);

  it('lists a refund that came back, and says what is no decision about it (R21)', async () => {
    const list = await paidonce('review', 'list');
    expect(list.stdout).to.match(/^again +refund r-1 +.*EUR 10\.00/m);
    expect(list.stdout).to.include('refund-returned');
    for (const [says, more] of [
      ['--reference names the other refund', ['--refund', 'r-1', '--as', 'refunded-again']],
      ['--reference names the other refund', ['--refund', 'r-1', '--as', 'paid-otherwise']],
      ['name a refund with --refund', ['--as', 'refunded-again', '--reference', 're_1']],
      [
        'evidence: holds a card number',
        ['--refund', 'r-1', '--as', 'paid-otherwise', '--reference', 'x', ...CARD],
      ],
      [
        'reference: is not 1 to 128 characters',
        ['--refund', 'r-1', '--as', 'paid-otherwise', '--reference', 'x'.repeat(129)],
      ],
      [
        '--force and --reason go together',
        ['--refund', 'r-1', '--as', 'paid-otherwise', '--reference', 'x', '--force'],
      ],
    ] as const) {
      const wrong = await resolve('again', ...more);
      expect(wrong, more.join(' ')).to.deep.include({ code: 2, stdout: '' });
      expect(wrong.stderr).to.include(says);
    }
    const of = ['--as', 'refunded-again', '--reference', 're_1'];
    const nobody = await resolve('again', '--refund', 'r-9', ...of);
    expect(nobody.code).to.equal(1);
    expect(nobody.stderr).to.include('the order again has no such refund');
    const unreturned = await resolve('disputed', '--refund', 'r-1', ...of);
    expect(unreturned.code).to.equal(1);
  });

  it('takes the refund that was made again, and none that the gateway does not have', async () => {
    const as = ['--refund', 'r-1', '--as', 'refunded-again', '--reference'] as const;
    const unknown = await resolve('again', ...as, 're_nobody');
    expect(unknown).to.deep.include({ code: 1, stdout: '' });
    expect(unknown.stderr).to.include('something speaks against it; nothing was recorded');
    const itself = await resolve('again', ...as, refunds.get('again') ?? '');
    expect(itself.stderr).to.include('something speaks against it; nothing was recorded');

    const of = payments.get('again') ?? '';
    const made = await json('sandbox', 'refund', of, '--amount', '1000');
    const decided = await resolve('again', ...as, String(made['id']));
    expect(decided.code, decided.stderr).to.equal(0);
    expect(decided.stdout).to.include(`refunded again as ${String(made['id'])}`);
    const { status, refunds: known } = await orderOf('again');
    expect(status).to.equal('partly refunded');
    expect(known).to.have.length(1);
    const cheque = ['--as', 'paid-otherwise', '--reference', 'cheque'];
    const otherwise = await resolve('again', '--refund', 'r-1', ...cheque);
    expect(otherwise.code).to.equal(1);
    expect(otherwise.stderr).to.include('it was decided otherwise before, and stays so');
  });

  it('takes a person’s word that it was paid otherwise, once', async () => {
    const as = ['--refund', 'r-1', '--as', 'paid-otherwise', '--reference', 'transfer of 3 May'];
    const decided = await resolve('otherwise', ...as);
    expect(decided.code, decided.stderr).to.equal(0);
    expect(decided.stdout).to.match(/^decided +.*transfer of 3 May/m);
    expect((await resolve('otherwise', ...as)).stdout).to.match(/^as before /m);
    const list = await paidonce('review', 'list');
    expect(list.stderr).to.include('0 in review.').and.not.include('Disputes');
  });

  it('reads and sends again an event that its queue gave up, without its customer', async () => {
    for (const orderId of ['disputed', 'lost']) {
      const of = payments.get(orderId) ?? '';
      const { id } = await json('sandbox', 'dispute', of, '--reason', 'fraudulent');
      disputes.set(orderId, String(id));
      if (orderId === 'lost') await json('sandbox', 'dispute-close', String(id), '--lost');
    }
    await givenUp([
      ...[...disputes].map(([orderId, dispute]) =>
        bridged(
          'charge.dispute.created',
          {
            id: dispute,
            object: 'dispute',
            status: 'needs_response',
            payment_intent: payments.get(orderId),
            evidence: { customer_email_address: 'ada@example.com' },
          },
          dispute,
        ),
      ),
      bridged('customer.updated', { object: 'customer', email: 'ada@example.com' }),
    ]);

    const listed = jsonLines((await paidonce('dlq', 'list', '--json')).stdout);
    const events = listed.filter(({ command }) => command === 'GatewayEvent');
    expect(events).to.have.length(2);
    for (const { errorType, would } of events) {
      expect(errorType).to.equal('GivenUp');
      expect(would).to.match(/^would ask the gateway about pi_\w+, and record what is new$/);
    }
    expect(listed.map(({ would }) => would).join('\n'))
      .to.include('nothing to do: customer.updated says nothing of a payment')
      .and.not.include('malformed');
    const raw = await paidonce('dlq', 'show', String(events[0]?.['messageId']), '--raw');
    expect(raw.stdout).to.include('GatewayEvent').and.not.include('ada@example.com');

    const again = await paidonce('dlq', 'redrive', '--all', ...BY_ADA, '--yes');
    expect(again.code, again.stdout + again.stderr).to.equal(0);
    await working(async () => {
      await standing('disputed', 'disputed');
      await standing('lost', 'charged back');
    });
  });

  it('lists disputes that are open or lost, and has the audit count them', async () => {
    const reviews = await paidonce('review', 'list');
    expect(reviews.stderr).to.include(
      'Disputes: 1 open, 1 lost: `paidonce review list --disputes`.',
    );
    const { code, stdout, stderr } = await paidonce('review', 'list', '--disputes');
    expect(code).to.equal(0);
    const [, open = '', lost = ''] = stdout.split('\n');
    expect(open).to.match(/^disputed +du_\w+ +chargeback +fraudulent +EUR 47\.58 .* due by 20/);
    expect(lost).to.match(/^lost +du_\w+ +chargeback +fraudulent +EUR 47\.58 .* lost$/);
    expect(stderr).to.include('Disputes: 1 open, 1 lost.');
    const { stdout: lines } = await paidonce('review', 'list', '--disputes', '--json');
    expect(jsonLines(lines).map(({ orderId, verdict }) => [orderId, verdict])).to.deep.equal([
      ['disputed', undefined],
      ['lost', 'lost'],
    ]);

    const audited = await paidonce('audit', '--gateway');
    expect(audited.code, audited.stdout).to.equal(0);
    expect(audited.stdout).to.match(/: nothing was found.* Disputes: 1 lost, 1 open\.$/m);
    expect((await json('audit', '--gateway'))['disputes']).to.deep.equal({ open: 1, lost: 1 });
  });

  const disputes = new Map<string, string>();

  /** Sends them, and receives each as often as the queue takes it, and once more. */
  const givenUp = async (bodies: readonly string[]): Promise<void> => {
    const clients = localSqsClients(embedded.addresses.sqs);
    const { PAYMENTS_QUEUE_URL: queueUrl = '' } = embedded.settings;
    const queue = createSqsMessageQueue(clients, { queueUrl });
    const asked = { max: 10, waitMs: 0, visibilityMs: 0 };
    await must(queue.send(bodies.map((body) => ({ body }))));
    for (let times = 0; times <= RECEIVES_MAX; times += 1) await must(queue.receive(asked));
    expect(await must(queue.receive(asked))).to.deep.equal([]);
    clients.client.destroy();
    clients.receiveClient.destroy();
  };
});

/** As Stripe’s partner event source has it. */
const bridged = (
  type: string,
  object: Readonly<Record<string, unknown>>,
  id = 'customer',
): string =>
  JSON.stringify({
    version: '0',
    source: 'aws.partner/stripe.com/ed_test_1',
    'detail-type': type,
    detail: stripeEvent(type, object, { id: `evt_${id}` }),
  });

const CARD = ['--evidence', '4242424242424242'] as const;
