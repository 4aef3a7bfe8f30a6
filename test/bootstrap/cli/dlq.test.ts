import { expect } from 'chai';
import { createSqsMessageQueue } from '../../../src/adapters/sqs/messageQueue.ts';
import { openEmbedded, type EmbeddedStack } from '../../../src/bootstrap/embedded.ts';
import { aws } from '../../../src/bootstrap/modules/aws.ts';
import { settingsOf } from '../../../src/bootstrap/openServices.ts';
import { must } from '../../support/commits.ts';
import { anOrder } from '../../support/orderLife.ts';
import { localSqsClients } from '../../support/sqs.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';
import { until } from '../../support/until.ts';
import { jsonLines, run, start, type Ended, type Env } from '../../support/cli.ts';

const ADA = ['--by', 'ada', '--reason', 'it was a test'] as const;

describe('paidonce dlq', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let embedded: EmbeddedStack;
  let env: Env;

  before(async () => {
    folder = await makeTemporaryFolder();
    env = { PAIDONCE_DATA_DIR: folder.path, RECEIVE_WAIT_MS: '1000' };
    embedded = (await openEmbedded(env))._unsafeUnwrap();
    await poison();
  });
  after(async () => {
    await embedded.close();
    await folder.remove();
  });

  const dlq = (...args: readonly string[]): Promise<Ended> =>
    run(['dlq', ...args, '--embedded'], { env });

  /** Three messages that a worker cannot handle, each for a reason of its own. */
  const poison = async (): Promise<void> => {
    const clients = localSqsClients(embedded.addresses.sqs);
    const { PAYMENTS_QUEUE_URL: queueUrl = '', PAYMENTS_DLQ_URL: dlqUrl = '' } = embedded.settings;
    const queue = createSqsMessageQueue(clients, { queueUrl });
    const place = (changes: object) =>
      JSON.stringify({ type: 'PlaceOrder', v: 1, ...anOrder({ orderId: 'o-1' }), ...changes });
    await must(
      queue.send([
        { body: place({ paymentMethod: 'pm_sandbox_wrong_amount' }) },
        { body: place({ orderId: 'o-2', currency: 'EURO' }) },
        { body: '{"type":"CancelOrder","mail":"ada@example.com"}' },
      ]),
    );
    const deadLetterQueue = createSqsMessageQueue(clients, { queueUrl: dlqUrl });
    const worker = start(['worker', '--service', 'payments', '--embedded'], env);
    worker.stdout.resume();
    worker.stderr.resume();
    await until('three dead letters', async (see) => {
      const asked = { max: 10, waitMs: 1_000, visibilityMs: 0 };
      const bodies = new Set((await must(deadLetterQueue.receive(asked))).map(({ body }) => body));
      see([...bodies]);
      return bodies.size === 3 ? bodies : undefined;
    });
    await worker.stop();
    clients.client.destroy();
    clients.receiveClient.destroy();
  };

  it('lists, shows and would send again what is there, and sends or deletes nothing', async () => {
    const { code, stdout, stderr } = await dlq('list');

    expect(stdout)
      .to.match(/o-1 +PlaceOrder +ReviewRequired; .* still in review: decide with `paidonce review/)
      .and.match(
        /o-2 +PlaceOrder +InvalidOrder; .* malformed still: .*; that it was refused is recorded/,
      )
      .and.match(/unknown +MalformedMessage; /);
    expect(stderr).to.include('3 looked at and released, 3 shown.');
    expect(code).to.equal(0);

    const dryRun = await dlq('redrive', '--order', 'o-1', '--dry-run', '--json');
    const [{ messageId = '', would } = {}, end] = jsonLines(dryRun.stdout);
    expect(would).to.match(/^still in review/);
    expect(end).to.deep.equal({
      summary: { looked: 3, found: 1, isCut: false, charges: [], refunds: [] },
    });

    const thrown = await dlq('discard', '--all', '--dry-run');
    expect(thrown.stdout.match(/loses nothing$/gm)).to.have.length(2);
    expect(thrown.stdout).to.match(/o-2 .* loses nothing: that it was refused is recorded$/m);

    const masked = await dlq('show', String(messageId));
    expect(masked.stdout)
      .to.include('attribute  Service: payments@0.2.0')
      .and.include('"email": "[mail address]"')
      .and.include('PaymentReviewRequired')
      .and.match(/^if sent +still in review/m)
      .and.match(/^discard +loses nothing/m)
      .and.not.match(/ada@example|pm_sandbox/);
    const [maskedJson] = jsonLines((await dlq('show', String(messageId), '--json')).stdout);
    expect(maskedJson)
      .to.include({ codeVersion: 'payments@0.2.0' })
      .and.have.nested.include({ 'attributes.Service': 'payments@0.2.0' })
      .and.have.nested.include({ 'body.customer.email': '[mail address]' });
    const raw = await dlq('show', String(messageId), '--raw', '--json');
    const [shown] = jsonLines(raw.stdout);
    expect(shown).to.have.nested.property('body.customer.email', 'ada@example.com');
  });

  it('needs no gateway’s secret, and no queue to send to, to list or show', () => {
    const needed = settingsOf(aws({ service: 'test' }), {
      services: ['listDeadLetters', 'store', 'clock'],
    });
    expect(needed).to.include.members(['PAYMENTS_DLQ_URL', 'NOTIFICATIONS_DLQ_URL']);
    const unneeded = /^STRIPE|^MAIL|^INTENT_SEAL|S_QUEUE_URL$/;
    expect(needed.filter((name) => unneeded.test(name))).to.deep.equal([]);
  });

  it('does nothing without saying which, who and why', async () => {
    const which = await run(['dlq', 'redrive', ...ADA], { env });
    const who = await run(['dlq', 'discard', '--order', 'o-1'], { env });

    expect([which.code, who.code]).to.deep.equal([2, 2]);
    expect(which.stderr).to.include('say which dead letters are selected');
    expect(who.stderr).to.include('--by WHO --reason TEXT');
  });

  it('resends one of three and discards another; the order reports who and why (F38)', async () => {
    const sent = await dlq('redrive', '--order', 'o-1', ...ADA, '--json');

    expect(sent.code, sent.stderr).to.equal(0);
    const [one, end] = jsonLines(sent.stdout);
    expect(one).to.include({ verb: 'redrive', orderId: 'o-1', done: true, isNew: true });
    expect(end).to.deep.equal({
      summary: { verb: 'redrive', looked: 3, found: 1, isCut: false, done: 1, failed: 0 },
    });
    const malformed = ['discard', '--error', 'MalformedMessage', ...ADA];
    const nobody = await dlq(...malformed);
    expect(nobody).to.deep.include({ code: 2, stdout: '' });
    expect(nobody.stderr).to.include('Discard these dead letters? Nobody can be asked here');
    const args = ['dlq', ...malformed, '--embedded'];
    const no = await run(args, { env, input: 'n\n', isTerminal: true });
    expect(no.code).to.equal(1);
    expect(no.stderr)
      .to.include('2 looked at and released, 1 shown.')
      .and.include('Discard 1 dead letter? [y/N] ')
      .and.include('not confirmed; nothing was done');
    const gone = await run(args, { env, input: 'y\n', isTerminal: true });
    expect(gone.stdout)
      .to.match(/^discarded: [\w-]+ {2}unknown of no order$/m)
      // The other is looked at only where it comes first.
      .and.match(/^(2|1) looked at, 1 selected, 1 discarded, (1|0) left in place\.$/m);
    expect(gone.code).to.equal(0);
    const { stdout } = await run(['order', 'o-1', '--embedded'], { env });
    expect(stdout).to.match(
      /LetterRedriven +PlaceOrder of payments, .* sent again by ada: it was a test/,
    );
    const again = await dlq('redrive', '--id', 'nobody', ...ADA);
    expect(again.stderr).to.include('not every dead letter was found');
    expect(again.code).to.equal(1);
  });
});
