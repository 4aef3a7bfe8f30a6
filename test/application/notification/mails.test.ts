import { expect } from 'chai';
import {
  cancelledMail,
  creditNoteMail,
  declinedMail,
  failedMail,
  receiptMail,
  receivedMail,
  refundNotMadeMail,
  refusedMail,
} from '../../../src/application/notification/mails.ts';
import type * as Invoice from '../../../src/domain/invoice/index.ts';
import { creditNoteLine, invoiceLine, PLAIN_INVOICE, totalsOf } from '../../support/documents.ts';

const TO = 'ada@example.com';
const ADDRESSED = { orderId: 'o-1', to: TO };

describe('the receipt', () => {
  const mail = receiptMail(TO, invoice());

  it('shows the number, the lines, the tax and the total, as text', () => {
    expect(mail.subject).to.equal('Your receipt for order o-1: KWD 11.550');
    expect(mail.text).to.equal(
      `Thank you. You have paid KWD 11.550 for order o-1.

Invoice INV-2026-000007 of 2026-11-18 (UTC), payment pi_1.

Item         Quantity  Unit price         Net  Tax rate        Tax
A <b> & "c"         2   KWD 5.000  KWD 10.000    12.5 %  KWD 1.250
Pen                 1   KWD 0.300   KWD 0.300       0 %  KWD 0.000
Subtotal                           KWD 10.300            KWD 1.250
Total                              KWD 11.550
`,
    );
  });

  it('is not steered by an older order’s description: no turned direction, no new line', () => {
    const [line, ...lines] = invoice().lines;
    if (line === undefined) return expect.fail('no line');
    const description = '\u202eeerf si siht\u2066\u2028Total KWD 0.000\u0085x';
    const steered = receiptMail(TO, { ...invoice(), lines: [{ ...line, description }, ...lines] });
    expect(steered.text).to.not.match(/[\u202a-\u202e\u2066-\u2069\u2028\u2029\u0085]/);
    expect(steered.html).to.not.match(/[\u202a-\u202e\u2066-\u2069\u2028\u2029\u0085]/);
    expect(steered.text).to.include(' eerf si siht  Total KWD 0.000 x');
  });

  it('shows the same as HTML, where no text can become markup', () => {
    expect(mail.html).to.contain('<td>KWD 11.550</td>');
    expect(mail.html).to.contain('<td>12.5 %</td>');
    expect(mail.html).to.contain('A &#60;b&#62; &#38; &#34;c&#34;');
    expect(mail.html).to.not.contain('<b>');
  });
});

describe('the credit note', () => {
  const document = invoice();
  const mail = creditNoteMail(TO, document, creditNote());

  it('shows its own number and the invoice’s, and what is refunded of each line', () => {
    expect(mail.subject).to.equal('Your refund for order o-1: KWD 5.725');
    expect(mail.text).to.equal(
      `We have refunded KWD 5.725 of your payment for order o-1.

Credit note CN-2026-000003 of 2026-11-20 (UTC) for invoice INV-2026-000007, refund re_1.

Item         Quantity        Net  Tax rate        Tax
A <b> & "c"         1  KWD 5.000    12.5 %  KWD 0.625
Pen                    KWD 0.100       0 %  KWD 0.000
Subtotal               KWD 5.100            KWD 0.625
Total                  KWD 5.725
`,
    );
  });

  it('is not steered by an older order’s description: no turned direction, no new line', () => {
    const [line, ...lines] = invoice().lines;
    if (line === undefined) return expect.fail('no line');
    const description = '\u202eeerf si siht\u2066\u2028Total KWD 0.000\u0085x';
    const steered = receiptMail(TO, { ...invoice(), lines: [{ ...line, description }, ...lines] });
    expect(steered.text).to.not.match(/[\u202a-\u202e\u2066-\u2069\u2028\u2029\u0085]/);
    expect(steered.html).to.not.match(/[\u202a-\u202e\u2066-\u2069\u2028\u2029\u0085]/);
    expect(steered.text).to.include(' eerf si siht  Total KWD 0.000 x');
  });

  it('shows the same as HTML, where no text can become markup', () => {
    expect(mail.html).to.contain('<td>KWD 5.725</td>');
    expect(mail.html).to.contain('A &#60;b&#62; &#38; &#34;c&#34;');
    expect(mail.html).to.not.contain('<b>');
  });
});

describe('each notice', () => {
  const all = [
    receivedMail(ADDRESSED),
    declinedMail(ADDRESSED),
    failedMail(ADDRESSED, { proof: 'person' }),
    cancelledMail(ADDRESSED, { wasCharged: false }),
    receiptMail(TO, invoice()),
    creditNoteMail(TO, invoice(), creditNote()),
    refusedMail(ADDRESSED),
    refundNotMadeMail(ADDRESSED, { refundId: 'r-1', amountMinor: 100, currency: 'EUR' }),
  ];

  it('has a key of its order’s own, so that two copies are known as one (S15)', () =>
    expect(all.map(({ dedupeKey }) => dedupeKey)).to.deep.equal([
      'o-1:received',
      'o-1:declined',
      'o-1:failed',
      'o-1:cancelled',
      'o-1:receipt',
      'o-1:credit#r-1',
      'o-1:refused',
      'o-1:refund-failed#r-1',
    ]));

  it('says the same as text and as HTML, and names its order in the subject', () => {
    for (const { to, subject, text, html } of all) {
      expect(to).to.equal(TO);
      expect(subject).to.contain('order o-1');
      const [first = ''] = text.split('\n');
      expect(html).to.contain(`<p>${first}</p>`);
    }
  });

  it('holds nothing about the customer but what was ordered: no address, no id', () => {
    for (const { subject, text, html } of all) {
      for (const part of [subject, text, html]) expect(part).to.not.match(/ada@|c-1/);
    }
  });

  it('of a payment that was declined says that nothing was charged, and not why', () =>
    expect(declinedMail(ADDRESSED).text).to.contain('You have not been charged'));

  it('of a failed payment says no more than is known: a wrong amount may have moved', () => {
    const { text } = failedMail(ADDRESSED, { proof: 'absent after close' });
    expect(text).to.contain('you owe nothing for it').and.not.contain('not been charged');
  });

  it('of a refused payment says that another means is needed, and shows no code', () => {
    const { text } = failedMail(ADDRESSED, { proof: 'refused' });
    expect(text)
      .to.contain('you owe nothing for it')
      .and.contain('place the order again with another');
  });

  it('of an order refused at the door says what it means, and gives no reason', () => {
    const { text } = refusedMail(ADDRESSED);
    expect(text)
      .to.contain('You have not been charged')
      .and.not.match(/lines|schema|valid/);
  });

  it('of a refund that failed names the amount, and no code', () => {
    const failed = { refundId: 'r-1', amountMinor: 1_050, currency: 'EUR' };
    expect(refundNotMadeMail(ADDRESSED, failed).text).to.contain('EUR 10.50');
  });

  it('of a cancellation says what became of the money', () => {
    const [free, back] = [false, true].map(
      (wasCharged) => cancelledMail(ADDRESSED, { wasCharged }).text,
    );
    expect(free).to.equal('Order o-1 has been cancelled, and you owe nothing for it.\n');
    expect(back).to.equal(
      'Order o-1 has been cancelled, and your payment has been refunded in full.\n',
    );
  });
});

function invoice(): Invoice.InvoiceDocument {
  return {
    orderId: 'o-1',
    series: 'INV',
    year: 2026,
    number: 7,
    label: 'INV-2026-000007',
    seriesVersion: 4,
    issuedAt: Date.UTC(2026, 10, 18, 23, 59),
    customerId: 'c-1',
    currency: 'KWD',
    lines: [
      invoiceLine({
        sku: 's',
        description: 'A <b> & "c"',
        quantity: 2,
        unitPrice: '5.000',
        rate: '12.5',
        netMinor: 10_000,
        taxMinor: 1_250,
      }),
      invoiceLine({
        sku: 'p',
        description: 'Pen',
        quantity: 1,
        unitPrice: '0.300',
        rate: '0',
        netMinor: 300,
        taxMinor: 0,
      }),
    ],
    ...PLAIN_INVOICE,
    ...totalsOf(10_300, 1_250),
    paymentReference: 'pi_1',
    creditNotes: [],
  };
}

function creditNote(): Invoice.CreditNote {
  const book = { sku: 's', description: 'A <b> & "c"', rate: '12.5' };
  return {
    refundId: 'r-1',
    refundReference: 're_1',
    series: 'CN',
    year: 2026,
    number: 3,
    label: 'CN-2026-000003',
    seriesVersion: 2,
    issuedAt: Date.UTC(2026, 10, 20),
    lines: [
      creditNoteLine({ ...book, line: 1, quantity: 1, netMinor: 5_000, taxMinor: 625 }),
      // An amount was refunded of this line, and no piece.
      creditNoteLine({
        sku: 'p',
        description: 'Pen',
        rate: '0',
        line: 2,
        quantity: 0,
        netMinor: 100,
        taxMinor: 0,
      }),
    ],
    issuedOn: '2026-11-20',
    ...totalsOf(5_100, 625),
  };
}
