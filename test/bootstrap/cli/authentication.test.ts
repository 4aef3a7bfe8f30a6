import { expect } from 'chai';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readMailbox } from '../../../src/adapters/embedded/ses.ts';
import { openEmbedded, type EmbeddedStack } from '../../../src/bootstrap/embedded.ts';
import { jsonLines, run, start, type InProcessCommand } from '../../support/cli.ts';
import { describeInTurn } from '../../support/runs.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';
import { until } from '../../support/until.ts';

const LINK = /https:\/\/authenticate\.sandbox\.invalid\/(pi_\w+)/;

/** Servers, a worker that hears the sandbox's events, and an order that its bank declines. */
const openShop = async (settings: Readonly<Record<string, string>>) => {
  const folder = await makeTemporaryFolder();
  const env = { ...settings, PAIDONCE_DATA_DIR: folder.path, RECEIVE_WAIT_MS: '1000' };
  const embedded: EmbeddedStack = (await openEmbedded(env))._unsafeUnwrap();
  const worker: InProcessCommand = start(['worker', '--embedded', '--json'], {
    ...env,
    WEBHOOK_PORT: '0',
  });
  worker.stdout.resume();
  const paidonce = async (...args: readonly string[]): Promise<Record<string, unknown>> => {
    const ended = await run([...args, '--embedded', '--json'], { env });
    expect(ended.code, ended.stdout + ended.stderr).to.equal(0);
    return jsonLines(ended.stdout).at(-1) ?? {};
  };
  const submit = async () => {
    const saved = await paidonce('sandbox', 'save', '--method', 'pm_card_authenticationRequired');
    const order = {
      orderId: 'o-1',
      customer: { id: 'c-1', email: 'ada@example.com', language: 'de' },
      currency: 'EUR',
      priceMode: 'gross',
      lines: [
        {
          sku: 'B',
          description: 'Buch',
          quantity: 2,
          unitPrice: '23.79',
          taxes: [{ name: 'VAT', rate: '19' }],
        },
      ],
      payment: {
        type: 'saved',
        customer: saved['customer'],
        paymentMethod: saved['paymentMethod'],
        returnUrl: 'https://shop.example/orders/o-1',
      },
    };
    const file = join(folder.path, 'orders.jsonl');
    await writeFile(file, JSON.stringify({ type: 'PlaceOrder', v: 2, ...order }));
    await paidonce('submit', file);
  };
  const mails = () => readMailbox(embedded.addresses.ses);
  return {
    paidonce,
    submit,
    mails,
    mailAbout: (subject: RegExp) =>
      until(`a mail about ${String(subject)}`, async (see) => {
        const all = await mails();
        see(all.map((mail) => mail.subject));
        return all.find((mail) => subject.test(mail.subject));
      }),
    statusOf: async () => (await paidonce('order', 'o-1'))['status'],
    charges: async () => {
      const { charges } = (await paidonce('sandbox', 'ledger')) as {
        readonly charges: readonly {
          readonly status: string;
          readonly captured: { readonly minor: number };
        }[];
      };
      return charges.map(({ status, captured }) => [status, captured.minor]);
    },
    close: async () => {
      await worker.stop();
      await embedded.close();
      await folder.remove();
    },
  };
};

describeInTurn(1, 'an order whose bank wants its customer, from the command line', () => {
  let shop: Awaited<ReturnType<typeof openShop>>;
  afterEach(() => shop.close());

  it('is paid by the link in its mail: one charge, one invoice', async () => {
    shop = await openShop({});
    await shop.submit();
    const mail = await shop.mailAbout(/Bitte bestätigen Sie Ihre Zahlung/);
    expect(mail.to).to.equal('ada@example.com');
    expect(mail.html).to.match(LINK);
    const [, payment = ''] = LINK.exec(mail.text) ?? [];
    expect(await shop.statusOf()).to.equal('waits for the customer');
    expect(await shop.charges()).to.deep.equal([['requires_action', 0]]);

    const settled = await shop.paidonce('sandbox', 'settle', payment);
    expect(settled).to.include({ id: payment, status: 'succeeded' });
    await shop.mailAbout(/Beleg zur Bestellung o-1/);
    expect(await shop.statusOf()).to.equal('paid');
    expect(await shop.charges()).to.deep.equal([['succeeded', 4_758]]);
    const audited = await shop.paidonce('audit', '--gateway');
    expect(audited).to.deep.nested.include({ 'gateway.payments': 1 });
    const subjects = (await shop.mails()).map(({ subject }) => subject);
    expect(subjects.filter((subject) => /bestätigen/.test(subject))).to.have.length(1);
  });

  it('is cancelled there, and then declined, where nobody completes it in time', async () => {
    shop = await openShop({ GATEWAY_AUTHENTICATION_MAX_MS: '2000' });
    await shop.submit();
    const mail = await shop.mailAbout(/Bitte bestätigen Sie Ihre Zahlung/);
    const [, payment = ''] = LINK.exec(mail.text) ?? [];
    await shop.mailAbout(/wurde abgelehnt/);
    expect(await shop.statusOf()).to.equal('declined');
    expect(await shop.charges()).to.deep.equal([['canceled', 0]]);
    expect(payment).to.match(/^pi_/);
    await shop.paidonce('audit', '--gateway');
  });
});
