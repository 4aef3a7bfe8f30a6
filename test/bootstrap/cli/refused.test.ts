import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { createSqsMessageQueue } from '../../../src/adapters/sqs/messageQueue.ts';
import { openEmbedded, type EmbeddedStack } from '../../../src/bootstrap/embedded.ts';
import { must } from '../../support/commits.ts';
import { anOrder } from '../../support/orderLife.ts';
import { localSqsClients } from '../../support/sqs.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';
import { until as seen } from '../../support/until.ts';
import {
  jsonLines,
  lineOf,
  run,
  start,
  type Ended,
  type Env,
  type InProcessCommand,
} from '../../support/cli.ts';

/** Below what Stripe charges in EUR: 10 cents and their tax. */
const SMALL = anOrder({
  orderId: 'too-small',
  lines: [{ sku: 'A', description: 'A thing', quantity: 1, unitPriceMinor: 10, taxRateBps: 1_900 }],
});
const UNLUCKY = anOrder({ orderId: 'unlucky', paymentMethod: 'pm_sandbox_refund_fails' });

const BY_ADA = ['--by', 'ada', '--reason', 'late'] as const;

describe('what ends with a no, on the embedded servers', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let embedded: EmbeddedStack;
  let env: Env;
  let worker: InProcessCommand;

  const paidonce = (...args: readonly string[]): Promise<Ended> =>
    run([...args, '--embedded'], { env });

  const queueOf = (url = '') =>
    createSqsMessageQueue(localSqsClients(embedded.addresses.sqs), { queueUrl: url });

  before(async () => {
    folder = await makeTemporaryFolder();
    env = { PAIDONCE_DATA_DIR: folder.path, RECEIVE_WAIT_MS: '1000' };
    embedded = (await openEmbedded(env))._unsafeUnwrap();
    worker = start(['worker', '--embedded', '--json'], env);
    worker.stderr.resume();
    await lineOf(worker, (line) => line.includes('worker.started'));
  });

  after(async () => {
    const code = await worker.stop();
    await embedded.close();
    await folder.remove();
    expect(code).to.equal(0);
  });

  const until = (command: readonly string[], isIt: (ended: Ended) => boolean): Promise<Ended> =>
    seen(
      `${command.join(' ')} prints what is wanted`,
      async (see) => {
        const ended = await paidonce(...command);
        see(ended);
        return isIt(ended) ? ended : undefined;
      },
      { everyMs: 500, withinMs: 120_000 },
    );

  it('an order that cannot be charged is reported to its customer, and everywhere', async () => {
    const { PAYMENTS_QUEUE_URL: payments, NOTIFICATIONS_QUEUE_URL: notifications } =
      embedded.settings;
    const { orderId, customer } = SMALL;
    const received = { type: 'OrderReceived', v: 1, orderId, customer };
    await must(
      queueOf(payments).send([{ body: JSON.stringify({ type: 'PlaceOrder', v: 1, ...SMALL }) }]),
    );
    await must(queueOf(notifications).send([{ body: JSON.stringify(received) }]));

    const shown = await until(
      ['order', orderId],
      ({ stdout }) => /mail .*received sent/.test(stdout) && /refused sent/.test(stdout),
    );
    expect(shown.stdout)
      .to.match(/^status +refused$/m)
      .and.match(
        /^refused +at .*: EUR 0.12 is to be paid, and the gateway takes EUR 0.50 at least$/m,
      )
      .and.match(/OrderRefused +EUR 0\.12 is to be paid/);

    const discard = await paidonce('dlq', 'discard', '--order', orderId, '--dry-run');
    expect(discard.stdout).to.include('loses nothing: that it was refused is recorded');
    const trace = await paidonce('trace', orderId);
    expect(trace.stdout).to.match(/OrderRefused|refused/);
    const cancel = await paidonce('cancel', orderId, ...BY_ADA, '--yes', '--wait', '30');
    expect(cancel.code).to.equal(0);
    expect(cancel.stdout).to.include('the order was refused, nothing is to cancel');
  });

  it('submit sends nothing of a file with an order that cannot be charged', async () => {
    const file = join(folder.path, 'small.jsonl');
    const fine = anOrder({ orderId: 'fine' });
    await writeFile(file, [fine, SMALL].map((order) => JSON.stringify(order)).join('\n'));
    const { code, stdout, stderr } = await paidonce('submit', file);
    expect([code, stdout]).to.deep.equal([1, '']);
    expect(stderr)
      .to.include('1 of 2 orders cannot be placed; nothing was sent')
      .and.include(
        'line 2, too-small: EUR 0.12 is to be paid, and the gateway takes EUR 0.50 at least',
      );
  });

  it('a failed refund shows its code, to the customer too, and how to ask again', async () => {
    const file = join(folder.path, 'unlucky.json');
    await writeFile(file, JSON.stringify(UNLUCKY));
    await paidonce('submit', file);
    const refund = [
      'refund',
      'unlucky',
      '--id',
      'r-1',
      ...BY_ADA,
      '--yes',
      '--wait',
      '60',
      '--json',
    ];
    const [first, again] = [await paidonce(...refund), await paidonce(...refund)];
    expect([first.code, again.code]).to.deep.equal([1, 1]);
    const [{ what } = {}, ...more] = jsonLines(first.stdout).slice(1);
    expect(more).to.deep.equal([]);
    expect(what)
      .to.match(/^the gateway did not refund it: \w+/)
      .and.include('this id never works again, ask again under another one');
    expect(jsonLines(again.stdout).at(-1)).to.have.property('what', what);

    const shown = await until(['order', 'unlucky'], ({ stdout }) =>
      /refund-failed#r-1 sent/.test(stdout),
    );
    expect(shown.stdout).to.match(/^refund +r-1 EUR 47.58 failed: \w+; this id never works again/m);
  });

  it('the audit of all that finds nothing', async () => {
    const { code, stdout } = await until(['audit', '--json'], ({ code: ended }) => ended === 0);
    expect(code).to.equal(0);
    expect(stdout).to.include('"refused":1');
  });
});
