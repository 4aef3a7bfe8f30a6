import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { openEmbedded, type EmbeddedStack } from '../../../../src/bootstrap/embedded.ts';
import { BOOK_LINES } from '../../../support/bookOrder.ts';
import { lineOf, run, start, type Ended } from '../../../support/cli.ts';
import { pdfText } from '../../../support/documents/pdfText.ts';
import { openPassingWaits } from '../../../support/passingWaits.ts';
import { shiftClock } from '../../../support/shiftedClock.ts';
import { makeTemporaryFolder } from '../../../support/temporaryFolder.ts';
import { untilHandled } from '../awsEnv.ts';
import { describeInTurn } from '../../../support/runs.ts';

const YEAR_MS = 366 * 24 * 3_600_000;

describeInTurn(1, 'invoice --pdf --xml --ubl', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let embedded: EmbeddedStack;
  let env: Readonly<Record<string, string>>;
  let labels: { readonly invoice: string; readonly note: string };

  const paidonce = (...args: readonly string[]): Promise<Ended> =>
    run([...args, '--embedded'], { env });
  const at = (name: string): string => join(folder.path, name);

  before(async () => {
    folder = await makeTemporaryFolder();
    env = {
      PAIDONCE_DATA_DIR: at('data'),
      RECEIVE_WAIT_MS: '1000',
      INVOICE_RETENTION_YEARS: '0',
      ...SELLER,
    };
    // Otherwise every command would start them, and end them.
    embedded = (await openEmbedded(env))._unsafeUnwrap();
    const worker = start(['worker', '--embedded', '--json'], env);
    await lineOf(worker, (line) => line.includes('worker.started'));
    await writeFile(at('order.json'), JSON.stringify(ORDER));
    const handled = untilHandled(worker, [ORDER]);
    const sent = await paidonce('submit', at('order.json'));
    expect(sent.code, sent.stderr).to.equal(0);
    await handled;
    const line = ['refund', 'o-1', '--line', '1:1', '--id', 'return-1', ...BY, '--yes', '--wait'];
    const refunded = await paidonce(...line);
    expect(refunded.code, refunded.stderr).to.equal(0);
    expect(await worker.stop()).to.equal(0);
    const { stdout } = await paidonce('invoice', 'o-1', '--json');
    const shown = JSON.parse(stdout) as { label: string; creditNotes: { label: string }[] };
    labels = { invoice: shown.label, note: shown.creditNotes[0]?.label ?? '' };
    expect(labels.invoice).to.match(/^INV-/);
    expect(labels.note).to.match(/^CN-/);
  });

  after(async () => {
    await embedded.close();
    await folder.remove();
  });

  it('writes the credit note of a refund, which names its invoice in each form', async () => {
    const files = ['--pdf', at('cn.pdf'), '--xml', at('cn.xml'), '--ubl', at('cn.ubl')];
    const written = await paidonce('invoice', 'o-1', '--refund', 'return-1', ...files);
    expect(written.code, written.stderr).to.equal(0);
    expect(written.stderr).not.to.include('no XML');
    const pdf = await readFile(at('cn.pdf'));
    const [title = '', ...shown] = pdfText(pdf).split('\n');
    expect(title).to.equal(`Credit note ${labels.note}`);
    expect(shown.some((text) => text.startsWith(`${labels.invoice}, `))).to.equal(true);
    expect(shown).to.include('Buyer & Sons');
    const xml = await readFile(at('cn.xml'), 'utf8');
    expect(pdf.toString('utf8')).to.include(xml);
    expect(xml)
      .to.include('<ram:TypeCode>381</ram:TypeCode>')
      .and.include(`<ram:ID>${labels.note}</ram:ID>`);
    expect(between(xml, 'ram:InvoiceReferencedDocument')).to.include(`>${labels.invoice}<`);
    const ubl = await readFile(at('cn.ubl'), 'utf8');
    expect(ubl).to.include('<cbc:CreditNoteTypeCode>381<');
    expect(between(ubl, 'cac:BillingReference')).to.include(`>${labels.invoice}<`);
    const byNumber = await paidonce('invoice', labels.note, '--xml', at('cn.xml'));
    expect(byNumber.code, byNumber.stderr).to.equal(0);
    expect(byNumber.stderr).to.include('There already');
  });

  it('names its own invoice in no invoice', async () => {
    const written = await paidonce('invoice', labels.invoice, '--xml', at('inv.xml'));
    expect(written.code, written.stderr).to.equal(0);
    const xml = await readFile(at('inv.xml'), 'utf8');
    expect(xml).to.include('<ram:TypeCode>380</ram:TypeCode>');
    expect(xml).not.to.include('InvoiceReferencedDocument');
  });

  it('refuses a refund that there is not, says which there are, and writes nothing', async () => {
    const wrong = ['invoice', 'o-1', '--refund', 'return-2', '--pdf', at('none.pdf')];
    const { code, stderr } = await paidonce(...wrong);
    expect(code).to.equal(1);
    expect(stderr)
      .to.include(`the invoice ${labels.invoice} has no credit note of the refund "return-2"`)
      .and.include('It has those of: return-1');
    expect(existsSync(at('none.pdf'))).to.equal(false);
    const without = await paidonce('invoice', 'o-1', '--refund', 'return-1');
    expect(without).to.deep.include({ code: 2, stdout: '' });
    expect(without.stderr).to.include('--refund says which file is written');
  });

  describe('once the buyer was erased', () => {
    let waits: ReturnType<typeof openPassingWaits>;
    let backToNow: () => void;

    before(async () => {
      waits = openPassingWaits();
      const erased = await waits.during(() => paidonce('erase', 'c-1', ...BY, '--yes', '--json'));
      expect(erased.code, erased.stderr).to.equal(0);
      // The law's time for invoices is over: here the end of the year of the invoice.
      backToNow = shiftClock(YEAR_MS);
    });
    after(() => {
      backToNow();
      waits.end();
    });

    it('refuses each electronic form, and says who erased, when, and what there is', async () => {
      for (const kind of ['--xml', '--ubl']) {
        const { code, stderr } = await paidonce('invoice', 'o-1', kind, at('erased'));
        expect(code).to.equal(1);
        expect(stderr)
          .to.include('the buyer was erased: this document has no form in')
          .and.match(/BR-07, BT-44: the buyer was erased$/m)
          .and.match(/erased at \d{4}-\S+ \S+Z by ada: ticket 815; invoices kept the buyer until/)
          .and.include('--html and --pdf write it without its buyer');
        expect(stderr).not.to.match(/the order gave none|missing|encrypted/);
        expect(existsSync(at('erased'))).to.equal(false);
      }
    });

    it('writes the PDF without its buyer and without XML, and says why', async () => {
      const { code, stderr } = await paidonce('invoice', 'o-1', '--pdf', at('erased.pdf'));
      expect(code, stderr).to.equal(0);
      expect(stderr).to.include('The PDF has no XML in it:\nBR-07, BT-44: the buyer was erased');
      const shown = pdfText(await readFile(at('erased.pdf'))).split('\n');
      expect(shown).to.include('erased').and.include('EUR\u00A047.58');
      expect(shown.join('\n')).not.to.include('Buyer & Sons');
    });
  });
});

const BY = ['--by', 'ada', '--reason', 'ticket 815'] as const;

const SELLER = {
  SELLER_NAME: 'Ada & Co.',
  SELLER_STREET: 'Street 1',
  SELLER_POSTAL_CODE: '10115',
  SELLER_CITY: 'Berlin',
  SELLER_COUNTRY: 'DE',
  SELLER_VAT_ID: 'DE123456788',
  SELLER_ELECTRONIC_ADDRESS: '0088:4012345000009',
};

const ORDER = {
  type: 'PlaceOrder',
  v: 2,
  orderId: 'o-1',
  customer: { id: 'c-1', email: 'c-1@example.com' },
  currency: 'EUR',
  priceMode: 'net',
  lines: BOOK_LINES,
  buyer: {
    name: 'Buyer & Sons',
    address: { street: 'Road 2', postalCode: '50667', city: 'Köln', country: 'DE' },
    electronicAddress: '9930:DE123456788',
  },
  orderReference: 'PO-7',
  payment: { type: 'method', paymentMethod: 'pm_card_visa' },
};

const between = (xml: string, name: string): string =>
  new RegExp(`<${name}>([\\s\\S]*)</${name}>`, 'u').exec(xml)?.[1] ?? '';
