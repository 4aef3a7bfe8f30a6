import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { amountsOf } from '../../../src/bootstrap/cli/common/json.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';
import { EMBEDDED_STRIPE_KEY } from '../../../src/adapters/embedded/index.ts';
import { awsEnv, keyOf, type Addresses } from './awsEnv.ts';
import {
  jsonLines,
  lineOf,
  run,
  start,
  type Ended,
  type Env,
  type InProcessCommand,
} from '../../support/cli.ts';

describe('paidonce cancel, refund, resume and review', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let pointed: Env;
  let worker: InProcessCommand;

  /**
   * Pointed at the servers by the environment: to load those too would take every command a second.
   */
  const paidonce = (...args: readonly string[]): Promise<Ended> => run(args, { env: pointed });

  const lastLine = ({ stdout }: Ended): Readonly<Record<string, unknown>> =>
    jsonLines(stdout).at(-1) ?? {};

  before(async () => {
    folder = await makeTemporaryFolder();
    const env = { PAIDONCE_DATA_DIR: folder.path, RECEIVE_WAIT_MS: '1000' };
    worker = start(['worker', '--service', 'payments', '--embedded', '--json'], env);
    const settled = new Set<string>();
    const allSettled = lineOf(worker, (line) => {
      const { event, orderId } = JSON.parse(line) as Record<string, string>;
      if (event === 'message.handled') settled.add(orderId ?? '');
      return ORDERS.every(([id]) => settled.has(id));
    });
    await lineOf(worker, (line) => line.includes('worker.started'));
    const servers = await run(['servers', '--json'], { env });
    const { addresses } = JSON.parse(servers.stdout) as { readonly addresses: Addresses };
    pointed = { ...envFor(addresses), PERSONAL_DATA_KEY: keyOf(env) };
    const file = join(folder.path, 'orders.jsonl');
    await writeFile(file, ORDERS.map((order) => JSON.stringify(orderOf(order))).join('\n'));
    const submitted = await paidonce('submit', file);
    expect(submitted.stdout).to.include(`${ORDERS.length} orders accepted`);
    await allSettled;
  });

  after(async () => {
    const code = await worker.stop();
    await folder.remove();
    expect(code).to.equal(0);
  });

  it('cancel: refunds the money, waits for it, and shows the order', async () => {
    const { code, stdout } = await paidonce('cancel', 'to-cancel', ...BY_ADA, '--yes', '--wait');
    expect(code).to.equal(0);
    expect(stdout).to.include('CancelOrder to-cancel: accepted\ndone: cancelled');
    expect(stdout).to.match(/^cancel +requested at .*: late$/m);
    expect(stdout).to.match(/^credit +CN-\d{4}-\d{6}: /m);
    const again = await paidonce('cancel', 'to-cancel', ...BY_ADA);
    expect(again).to.deep.include({ code: 0 });
    expect(again.stdout).to.include('nothing was sent: cancelled');

    const order = JSON.parse((await paidonce('order', 'to-cancel', '--json')).stdout);
    expect(order).to.deep.include({
      status: 'cancelled',
      cancelled: true,
      sums: euros({ captured: 4_758, refunded: 4_758, pending: 0, rest: 0 }),
    });
    expect(order).to.have.nested.property('refunds[0].status', 'succeeded');
    expect(order).to.have.nested.property('invoice.document.creditNotes[0].refundId', 'cancel#1');
  });

  it('correct-email: records who and why, waits, and shows the order (case 15)', async () => {
    const correct = ['correct-email', 'to-cancel', '--by', 'kim', '--reason', 'mistyped'];
    const args = [...correct, '--email', 'ada@bücher.example', '--wait'];
    const { code, stdout } = await paidonce(...args);
    expect(code).to.equal(0);
    expect(stdout).to.include(
      'CorrectEmail to-cancel: accepted\ndone: the customer is notified at',
    );
    expect(stdout).to.match(/^customer +\S+ <ada@bücher.example>$/m);
    const shown = (await paidonce('order', 'to-cancel')).stdout;
    expect(shown).to.match(/CustomerEmailCorrected +│? *by kim: mistyped/);
    const wrong = await paidonce(...correct, '--email', 'adá@example.com');
    expect(wrong).to.deep.include({ code: 2, stdout: '' });
    expect(wrong.stderr).to.include('email: is not one plain mail address that takes mail');
  });

  it('refund: makes an id up, reports it at once, and takes lines or an amount', async () => {
    const line = ['refund', 'to-refund', '--line', '1:1', ...BY_ADA, '--yes', '--wait', '30'];
    const byLine = await paidonce(...line, '--json');
    expect(byLine.code).to.equal(0);
    const [accepted, done] = jsonLines(byLine.stdout);
    expect(accepted).to.include({ type: 'RefundPayment', orderId: 'to-refund', accepted: true });
    expect(accepted?.['refundId']).to.match(/^[0-9A-HJKMNP-TV-Z]{26}$/);
    expect(done).to.deep.include({
      done: true,
      settled: true,
      status: 'partly refunded',
      sums: euros({ captured: 4_758, refunded: 2_379, pending: 0, rest: 2_379 }),
    });
    expect(done).to.have.nested.property('refund.refundId', accepted?.['refundId']);

    const amount = ['refund', 'to-refund', '--id', 'r-1', ...BY_ADA, '--yes', '--wait', '30'];
    const [first, again, other] = [
      await paidonce(...amount, '--amount', '3,79 EUR', '--json'),
      await paidonce(...amount, '--amount-minor', '379', '--json'),
      await paidonce(...amount, '--json'),
    ];
    expect([first.code, again.code, other.code]).to.deep.equal([0, 0, 1]);
    expect(lastLine(again)).to.deep.equal(lastLine(first));
    expect(other.stderr).to.match(/another refund was requested under this id/);
    const { events } = JSON.parse((await paidonce('order', 'to-refund', '--json')).stdout);
    const notes = (events as RecordedEvent[]).filter(({ type }) => type === 'RequestedByHand');
    expect(notes.map(({ data }) => ({ ...data, at: 0 }))).to.deep.equal(
      [accepted?.['refundId'], 'r-1'].map((id) => {
        const asked = { command: 'RefundPayment', by: 'ada', reason: 'late' };
        return { ...asked, id, at: 0 };
      }),
    );

    const invoice = await paidonce('invoice', 'to-refund');
    expect(invoice.stdout).to.match(/^invoice +INV-\d{4}-\d{6}$/m);
    expect(invoice.stdout.match(/^credit +CN-\d{4}-\d{6}$/gm)).to.have.length(2);
  });

  it('invoice: writes the files of a document, and no others over them', async () => {
    const [pdf, credit] = [join(folder.path, 'i.pdf'), join(folder.path, 'c.pdf')];
    const shown = await paidonce('invoice', 'to-refund', '--json');
    const { creditNotes } = lastLine(shown) as { creditNotes: readonly { label: string }[] };
    const label = creditNotes[0]?.label ?? '';

    const [first, again] = [
      await paidonce('invoice', 'to-refund', '--pdf', pdf),
      await paidonce('invoice', 'to-refund', '--pdf', pdf, '--json'),
    ];
    expect(first).to.deep.include({ code: 0, stdout: '' });
    // Orders of version 1 name no buyer, and these settings no seller.
    expect(first.stderr)
      .to.match(/Written: .*i\.pdf/)
      .and.match(/BR-07, BT-44: the name of the buyer/);
    expect(lastLine(again)).to.have.nested.property('files[0].unchanged', true);
    expect(lastLine(again)).to.have.nested.property('unmet[0].rule', 'BR-06');

    expect((await paidonce('invoice', label, '--pdf', credit)).code).to.equal(0);
    const other = await paidonce('invoice', 'to-refund', '--refund', 'r-1', '--pdf', pdf);
    expect(other.code).to.equal(1);
    expect(other.stderr).to.include('is there already, and is another document');
    const bytes = await readFile(pdf);
    expect(lastLine(again)).to.have.nested.property('files[0].bytes', bytes.length);
    expect(bytes.equals(await readFile(credit))).to.equal(false);
  });

  it('invoice: says by rule why there is no XML, and writes none of the files', async () => {
    const [pdf, xml] = [join(folder.path, 'none.pdf'), join(folder.path, 'none.xml')];
    const { code, stderr } = await paidonce('invoice', 'to-refund', '--pdf', pdf, '--xml', xml);
    expect(code).to.equal(1);
    expect(stderr).to.include('no form in EN 16931').and.include('BR-06, BT-27');
    expect([existsSync(pdf), existsSync(xml)]).to.deep.equal([false, false]);
    const [lost, idle] = [
      await paidonce('invoice', 'to-refund', '--refund', 'r-9', '--pdf', pdf),
      await paidonce('invoice', 'to-refund', '--refund', 'r-1'),
    ];
    expect([lost.code, idle.code]).to.deep.equal([1, 2]);
    expect(lost.stderr).to.include('has no credit note of the refund "r-9"');
  });

  it('order and invoice --at: show them as they were, and say why they cannot (M3)', async () => {
    const [order, then, now, row, wrong] = await Promise.all([
      paidonce('order', 'to-refund', '--at', '2', '--json'),
      paidonce('invoice', 'to-refund', '--at', '4'),
      paidonce('invoice', 'to-refund', '--at', new Date().toISOString(), '--json'),
      paidonce('invoice', 'to-refund', '--json'),
      paidonce('order', 'to-refund', '--at', 'yesterday'),
    ]);
    expect(lastLine(order)).to.deep.include({ status: 'payment open', refunds: [] });
    expect(lastLine(order)).to.have.nested.property('asOf.version', 2);
    expect(then.stdout).to.match(
      /^as of 4: version 4, written at .*; later events left out: \d+$/m,
    );
    expect(then.stdout)
      .to.match(/^invoice +INV-/m)
      .and.not.match(/^credit/m);
    const { asOf, ...folded } = lastLine(now);
    expect(asOf).to.have.property('misdated', 0);
    expect(folded).to.deep.equal(lastLine(row));
    expect(wrong).to.deep.include({ code: 2, stdout: '' });
    expect(wrong.stderr).to.include('a time with its zone');
  });

  it('says what cannot be asked for before anything is sent, with exit code 2', async () => {
    const refund = ['refund', 'to-refund', ...BY_ADA, '--yes'];
    const WRONG_ARGUMENTS: readonly (readonly [says: string, args: readonly string[]])[] = [
      ['lines[0].quantity: is below 1', [...refund, '--line', '1:0']],
      ['amountMinor: is below 1', [...refund, '--amount-minor', '0']],
      [
        "cannot be used with option '--amount <amount>'",
        [...refund, '--amount', '1', '--line', '1:1'],
      ],
      ['it could be EUR 1234.00 or EUR 12.34', [...refund, '--amount', '1234']],
      ['it could be EUR 1.234 or EUR 1234.00', [...refund, '--amount', '1,234 EUR']],
      ['the order is in EUR', [...refund, '--amount', '12.34 USD']],
      ['EUR has 2 decimals, and it has 1', [...refund, '--amount', '12.3']],
      ['it has to be more than EUR 0.00', [...refund, '--amount=-1.00']],
      ['reason: is not 1 to 500 characters', ['cancel', 'o', '--by', 'ada', '--reason', '']],
      ['reason: is not 1 to 200', ['cancel', 'o', '--by', 'a', '--reason', 'x'.repeat(201)]],
      ['that is no id of an order', ['cancel', 'no id', ...BY_ADA]],
      ["required option '--by <who>'", ['cancel', 'o', '--reason', 'late']],
    ];
    for (const [says, args] of WRONG_ARGUMENTS) {
      const ended = await paidonce(...args);
      expect(ended, args.join(' ')).to.deep.include({ code: 2, stdout: '' });
      expect(ended.stderr).to.include(says);
    }
  });

  it('refuses what is more than is left, and what nobody knows, and sends nothing', async () => {
    const more = await paidonce('refund', 'to-refund', '--amount', '40.00', ...BY_ADA, '--yes');
    expect(more).to.deep.include({ code: 1, stdout: '' });
    expect(more.stderr).to.match(/more than is left.*\n.*\n.*EUR 20\.00 can still be refunded/);
    for (const name of ['refund', 'cancel']) {
      const unknown = await paidonce(name, 'nobody-1', ...BY_ADA, '--yes');
      expect(unknown).to.deep.include({ code: 1, stdout: '' });
      expect(unknown.stderr).to.include('there is no order "nobody-1"; nothing was sent');
    }
    const meant = await paidonce('cancel', 'nobody-1', ...BY_ADA, '--yes', '--before-order');
    expect(meant).to.deep.include({ code: 0, stdout: 'CancelOrder nobody-1: accepted\n' });
  });

  it('asks on a terminal before money moves, and elsewhere takes --yes alone', async () => {
    const refund = ['refund', 'to-refund', '--amount', '1.00', ...BY_ADA];
    const answer = (input: string) => run(refund, { env: pointed, input, isTerminal: true });
    for (const input of ['n\n', '\n', '', 'yess\n']) {
      const no = await answer(input);
      expect(no, input).to.deep.include({ code: 1, stdout: '' });
      expect(no.stderr)
        .to.include('Refund EUR 1.00 of order to-refund? [y/N] ')
        .and.include('not confirmed; nothing was sent');
    }
    for (const more of [[], ['--json']]) {
      const nobody = await paidonce(...refund, ...more);
      expect(nobody).to.deep.include({ code: 2, stdout: '' });
      expect(nobody.stderr).to.include('Refund EUR 1.00 of order to-refund?').and.include('--yes');
    }
    const dry = await paidonce(...refund, '--dry-run', '--json');
    expect(lastLine(dry)).to.deep.include({ dryRun: true, ...euros({ amount: 100 }) });
    const before = (await paidonce('order', 'to-refund', '--json')).stdout;
    expect(before).not.to.include('"minor":100,');

    const yes = await answer('y\n');
    expect(yes.code, yes.stderr).to.equal(0);
    expect(yes.stdout).to.match(/^RefundPayment to-refund: accepted as \w{26}$/m);
    expect(yes.stderr)
      .to.match(/^charged +EUR 47\.58 as pi_\w+, INV-/m)
      .and.match(/^refund +EUR 1\.00 as /m)
      .and.match(/^credit +EUR 0\.84 \+ tax EUR 0\.16 = EUR 1\.00$/m)
      .and.match(/^left +EUR 19\.00$/m);
  });

  it('gives up waiting in time, says how far it is, and fails', async () => {
    const { code, stdout } = await paidonce('resume', 'nobody', '--wait', '1', '--json');
    expect(code).to.equal(1);
    expect(jsonLines(stdout)[1]).to.deep.include({
      done: false,
      settled: false,
      what: 'there is no such order',
    });
  });

  it('review: lists, shows and resolves what a person decides; a worker records it', async () => {
    const [list, listJson, show, blind, paid] = await Promise.all([
      paidonce('review', 'list'),
      paidonce('review', 'list', '--json'),
      paidonce('review', 'show', 'wrong'),
      paidonce('review', 'show', 'wrong', '--no-gateway', '--json'),
      paidonce('review', 'show', 'to-refund'),
    ]);
    expect(list.stdout).to.match(/^wrong +payment +amount +EUR 47\.58 .*EUR 47\.59 as pi_/m);
    expect(list.stderr).to.match(/2 in review/);
    const listed = jsonLines(listJson.stdout);
    expect(listed.map(({ orderId }) => orderId)).to.have.members(['wrong', 'wrong-too']);
    expect(listed[0]).to.have.all.keys(
      'orderId',
      'subject',
      'of',
      'reason',
      'since',
      'ageMs',
      'seen',
      'asked',
      'wanted',
    );
    expect(show.code).to.equal(0);
    expect(show.stdout).to.match(/^key +paidonce\/\w+\/wrong\/payment\/1$/m);
    expect(show.stdout).to.match(/^gateway +captured EUR 47\.59 as pi_/m);
    expect(show.stdout).to.match(/^number +none in INV$/m);
    expect(show.stdout).to.match(/^next .*another amount or currency/m);
    const [seen] = (JSON.parse(blind.stdout) as { reviews: readonly object[] }).reviews;
    expect(seen).not.to.have.property('gateway');
    expect(seen).to.have.nested.property('next[1]').that.includes('--as not-captured');
    expect(paid.code).to.equal(1);
    expect(paid.stderr)
      .to.match(/to-refund is not in review: /)
      .and.match(/at the gateway itself are recorded by `paidonce review adopt to-refund --by WHO/);

    const resolve = (...more: readonly string[]) =>
      paidonce('review', 'resolve', 'wrong', '--evidence', 'dashboard', '--by', 'ada', ...more);
    const refused = await resolve('--as', 'captured', '--json');
    expect(refused).to.deep.include({ code: 1, stdout: '' });
    expect(jsonLines(refused.stderr)[0]).to.have.nested.property('error.type', 'Contradicted');
    const decided = await resolve(
      '--as',
      'captured',
      '--force',
      '--reason',
      'put right there',
      '--json',
    );
    expect(decided.code).to.equal(0);
    expect(lastLine(decided)).to.deep.include({ orderId: 'wrong', isNew: true });
    expect(lastLine(decided)).to.have.nested.property('resolved.forcedBecause', 'put right there');
    const settled = await paidonce('resume', 'wrong', '--wait', '30', '--json');
    const again = await resolve('--as', 'captured');
    expect(lastLine(settled)).to.include({ done: true, status: 'paid' });
    expect(again.code).to.equal(0);
    expect(again.stdout).to.match(/^as before +captured as pi_/m);
    expect(again.stderr).to.include('dead letter of the order stays in place');
  });

  it('review: says what is no decision, with exit code 2', async () => {
    const resolve = (...more: readonly string[]) =>
      paidonce('review', 'resolve', 'wrong-too', '--as', 'captured', '--by', 'ada', ...more);
    const [card, refund] = await Promise.all([
      resolve('--evidence', '4242424242424242'),
      resolve('--evidence', 'dashboard', '--refund', 'r-1'),
    ]);
    expect(card).to.deep.include({ code: 2, stdout: '' });
    expect(card.stderr).to.include('evidence: holds a card number');
    expect(refund.code).to.equal(2);
    expect(refund.stderr).to.include('a refund is refunded or not-refunded');
  });

  it('review resolve --all: lists, asks, decides each by itself, and reports each', async () => {
    const all = ['review', 'resolve', '--all', '--cause', 'amount', '--evidence', 'INC-42'];
    const decide = [...all, '--by', 'ada', '--as', 'not-captured'];
    const dry = await paidonce(...decide, '--dry-run', '--json');
    expect(dry.code, dry.stderr).to.equal(0);
    const [review, end, ...more] = jsonLines(dry.stdout);
    expect(more).to.deep.equal([]);
    expect(review).to.include({ orderId: 'wrong-too', reason: 'amount' });
    expect(end).to.deep.equal({
      summary: {
        selected: 1,
        left: 0,
        dryRun: true,
        amounts: [{ currency: 'EUR', amount: { minor: 4_758, currency: 'EUR', exponent: 2 } }],
      },
    });

    const nobody = await paidonce(...decide);
    expect(nobody).to.deep.include({ code: 2, stdout: '' });
    expect(nobody.stderr).to.include('Decide the reviews as not-captured? Nobody can be asked');
    const no = await run(decide, { env: pointed, input: 'n\n', isTerminal: true });
    expect(no.code).to.equal(1);
    expect(no.stderr)
      .to.include('Decide 1 payment as not-captured (EUR 47.58)? [y/N] ')
      .and.include('not confirmed; nothing was decided');

    // The gateway still holds what it took.
    const refused = await paidonce(...decide, '--yes');
    expect(refused.code).to.equal(1);
    expect(refused.stdout)
      .to.match(/^NOT decided: wrong-too, payment: something speaks against it/m)
      .and.include('0 decided, 1 not.');
    const { stdout } = await paidonce('order', 'wrong-too', '--json');
    const sandbox = await paidonce('sandbox', 'refund', 'wrong-too');
    expect(sandbox.code, sandbox.stderr).to.equal(0);
    const yes = await run(decide, { env: pointed, input: 'y\n', isTerminal: true });
    expect(yes.code, yes.stdout + yes.stderr).to.equal(0);
    expect(yes.stdout).to.match(/^decided: wrong-too, payment: not captured, says ada: INC-42$/m);
    expect(stdout).to.include('"status":"in review"');

    for (const [says, args] of [
      ['--all needs the --cause', ['review', 'resolve', '--all', '--as', 'captured', ...SAYS]],
      ['--all goes with no order', [...decide, 'wrong-too']],
      ['--all goes with no order', [...decide, '--refund', 'r-1']],
      ['name an order, or decide --all', ['review', 'resolve', '--as', 'captured', ...SAYS]],
      ['evidence: holds a card', [...decide, '--evidence', '4242424242424242', '--dry-run']],
    ] as const) {
      const wrong = await paidonce(...args);
      expect(wrong, args.join(' ')).to.deep.include({ code: 2, stdout: '' });
      expect(wrong.stderr).to.include(says);
    }
    const none = await paidonce(...decide, '--yes', '--json');
    expect(lastLine(none)).to.have.nested.include({ 'summary.selected': 0, 'summary.decided': 0 });
    expect(none.code).to.equal(0);
  });

  it('asks for no more settings than it needs', async () => {
    const missing = async (...args: readonly string[]): Promise<string> =>
      (await run(args, { env: {} })).stderr;
    const [cancel, blind, show] = await Promise.all([
      missing('cancel', 'o', ...BY_ADA),
      missing('review', 'show', 'o', '--no-gateway'),
      missing('review', 'show', 'o'),
    ]);
    expect(cancel).to.include('PAYMENTS_QUEUE_URL').and.include('EVENTS_TABLE');
    expect(cancel).not.to.include('STRIPE_SECRET_KEY').and.not.include('NOTIFICATIONS_QUEUE');
    expect(blind).to.include('EVENTS_TABLE').and.not.include('STRIPE').and.not.include('QUEUE');
    expect(show).to.include('STRIPE_SECRET_KEY').and.not.include('QUEUE');
  });
});

type RecordedEvent = {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
};

const SAYS = ['--by', 'ada', '--evidence', 'dashboard'] as const;
const BY_ADA = ['--by', 'ada', '--reason', 'late'] as const;

const envFor = (addresses: Addresses): Env => ({
  ...awsEnv(addresses),
  STRIPE_SECRET_KEY: EMBEDDED_STRIPE_KEY,
  STRIPE_API_URL: addresses.stripe,
  PAYMENTS_QUEUE_URL: `${addresses.sqs}/000000000000/paidonce-payments`,
  NOTIFICATIONS_QUEUE_URL: `${addresses.sqs}/000000000000/paidonce-notifications`,
  EVENTS_TABLE: 'paidonce-events',
  INVOICES_TABLE: 'paidonce-invoices',
  KEYS_TABLE: 'paidonce-keys',
});

const ORDERS = [
  ['to-cancel', 'pm_card_visa'],
  ['to-refund', 'pm_card_visa'],
  ['wrong', 'pm_sandbox_wrong_amount'],
  ['wrong-too', 'pm_sandbox_wrong_amount'],
] as const;

const orderOf = ([orderId, paymentMethod]: (typeof ORDERS)[number]) => ({
  orderId,
  customer: { id: 'c-42', email: 'ada@example.com' },
  currency: 'EUR',
  lines: [
    { sku: 'BOOK-1', description: 'A book', quantity: 2, unitPriceMinor: 1999, taxRateBps: 1900 },
  ],
  paymentMethod,
});

const euros = (minors: Readonly<Record<string, number>>) => amountsOf(minors, 'EUR');
