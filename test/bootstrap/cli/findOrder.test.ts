import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { EMBEDDED_STRIPE_KEY } from '../../../src/adapters/embedded/index.ts';
import { jsonLines, lineOf, run, start, type Ended, type Env } from '../../support/cli.ts';
import type { InProcessCommand } from '../../support/cli.ts';
import { describeInTurn } from '../../support/runs.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';
import { deploymentEnv, untilHandled } from './awsEnv.ts';

const LINES = [
  { sku: 'BOOK-1', description: 'Book', quantity: 2, unitPriceMinor: 1999, taxRateBps: 1900 },
];
const MAIL = 'only.once@example.com';
const BY = ['--by', 'ada', '--reason', 'ticket 42'] as const;

const orderOf = (orderId: string, email: string, paymentMethod = 'pm_card_visa') => ({
  orderId,
  customer: { id: 'c-1', email },
  currency: 'EUR',
  lines: LINES,
  paymentMethod,
});

const ORDERS = [
  orderOf('known', MAIL),
  orderOf('twin-1', 'twins@example.com'),
  orderOf('twin-2', 'twins@example.com'),
  orderOf('reviewed', 'reviewed@example.com', 'pm_sandbox_wrong_amount'),
];

describeInTurn(1, 'an order is named by what people have of it', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let env: Env;
  let worker: InProcessCommand;
  let names: Readonly<Record<'invoice' | 'payment' | 'note' | 'refund', string>>;

  const paidonce = (...args: readonly string[]): Promise<Ended> => run(args, { env });
  const firstOf = async (...args: readonly string[]) => {
    const ended = await paidonce(...args, '--json');
    return { ...ended, value: jsonLines(ended.stdout)[0] ?? {} };
  };

  before(async () => {
    folder = await makeTemporaryFolder();
    const local = { PAIDONCE_DATA_DIR: folder.path, RECEIVE_WAIT_MS: '1000' };
    worker = start(['worker', '--service', 'payments', '--embedded', '--json'], local);
    const allHandled = untilHandled(worker, ORDERS);
    await lineOf(worker, (line) => line.includes('worker.started'));
    const deployed = await deploymentEnv(local);
    env = {
      ...deployed.env,
      STRIPE_SECRET_KEY: EMBEDDED_STRIPE_KEY,
      STRIPE_API_URL: deployed.addresses.stripe,
    };
    const file = join(folder.path, 'orders.jsonl');
    await writeFile(file, ORDERS.map((order) => JSON.stringify(order)).join('\n'));
    expect((await paidonce('submit', file)).code).to.equal(0);
    await allHandled;
    const refund = [
      'refund',
      'known',
      '--amount',
      '1.00',
      '--id',
      'return-1',
      ...BY,
      '--yes',
      '--wait',
    ];
    expect((await paidonce(...refund)).code).to.equal(0);
    const { value } = await firstOf('order', 'known');
    const { payment, invoice, refunds } = value as {
      readonly payment: { readonly reference: string };
      readonly invoice: {
        readonly document: {
          readonly label: string;
          readonly creditNotes: readonly { readonly label: string }[];
        };
      };
      readonly refunds: readonly { readonly reference: string }[];
    };
    names = {
      invoice: invoice.document.label,
      note: invoice.document.creditNotes[0]?.label ?? '',
      payment: payment.reference,
      refund: refunds[0]?.reference ?? '',
    };
  });

  after(async () => {
    const code = await worker.stop();
    await folder.remove();
    expect(code).to.equal(0);
  });

  it('by each of its names, and says which it was', async () => {
    for (const [text, says] of [
      [names.invoice, 'is the number of its invoice'],
      [names.note, 'is the number of the credit note of return-1'],
      [names.payment, 'is the gateway’s id of its payment'],
      [names.refund, 'is the gateway’s id of its refund'],
      [MAIL, 'the address is the mail address of its customer'],
    ] as const) {
      const { code, stdout, stderr } = await paidonce('order', text);
      expect(code, text).to.equal(0);
      expect(stdout).to.match(/^order +known$/m);
      expect(stderr).to.include('Order known: ').and.include(says);
    }
    expect((await paidonce('order', 'return-1')).stderr).to.include('With --scan the log is read');
    expect((await firstOf('order', 'return-1', '--scan')).value).to.include({ orderId: 'known' });
  });

  it('to every command', async () => {
    const { invoice, note, payment, refund } = names;
    for (const args of [
      ['order', note, '--at', '2'],
      ['invoice', invoice],
      ['trace', payment, '--no-logs', '--no-dead-letters'],
      ['resume', invoice],
      ['correct-email', refund, '--email', 'new@example.com', ...BY],
      ['refund', note, '--amount', '1.00', ...BY, '--yes'],
      ['review', 'adopt', payment, ...BY],
      ['cancel', invoice, ...BY, '--yes'],
    ]) {
      const { code, stderr, value } = await firstOf(...args);
      expect(code, `${args.join(' ')}: ${stderr}`).to.equal(0);
      expect(value, args.join(' ')).to.include({ orderId: 'known' });
    }
    const listed = await paidonce('dlq', 'list', '--order', payment, '--json');
    expect(listed.code).to.equal(0);
    const shown = await firstOf('review', 'show', 'reviewed@example.com');
    expect(shown.value).to.include({ orderId: 'reviewed' });
    const decided = ['--as', 'not-captured', '--evidence', 'dashboard', '--by', 'ada', '--force'];
    const resolved = await firstOf(
      'review',
      'resolve',
      'reviewed@example.com',
      ...decided,
      '--reason',
      'refunded there',
    );
    expect(resolved.value, resolved.stderr).to.deep.include({
      orderId: 'reviewed',
      foundBy: { type: 'Log', as: 'mail address' },
    });
  });

  it('whose money is not moved where two orders have the name', async () => {
    const { code, stdout, stderr } = await paidonce(
      'cancel',
      'twins@example.com',
      ...BY,
      '--yes',
      '--json',
    );

    expect(code).to.equal(1);
    expect(jsonLines(stderr)[0]).to.have.nested.property('error.type', 'AmbiguousOrder');
    const { orders } = jsonLines(stdout)[0] as { readonly orders: readonly { orderId: string }[] };
    expect(orders.map(({ orderId }) => orderId)).to.have.members(['twin-1', 'twin-2']);
    expect(stdout + stderr).to.not.include('twins@example.com');
  });

  it('of which no command takes what looks like a name for an order to come', async () => {
    const number = names.invoice.replace(/\d+$/, '999999');
    for (const text of [number, 'pi_3PxK2eLkdIwHu7ix0', 'nobody@example.com']) {
      for (const [command, ...options] of [
        ['cancel', ...BY, '--yes'],
        ['refund', ...BY, '--yes'],
        ['resume'],
      ] as const) {
        const { code, stdout, stderr } = await paidonce(command, text, ...options, '--json');
        expect(code, `${command} ${text}`).to.equal(1);
        expect(stdout).to.equal('');
        expect(jsonLines(stderr)[0]).to.have.nested.property('error.type', 'UnknownOrder');
      }
    }
    const { STRIPE_SECRET_KEY: _, ...keyless } = env;
    const { stderr } = await run(['order', names.payment], { env: keyless });
    expect(stderr).to.include('with STRIPE_SECRET_KEY set the gateway is asked');
  });
});
