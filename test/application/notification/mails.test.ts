import { expect } from 'chai';
import {
  declinedMail,
  receiptMail,
  receivedMail,
} from '../../../src/application/notification/mails.ts';
import type * as Invoice from '../../../src/domain/invoice/index.ts';

describe('the receipt', () => {
  const mail = receiptMail('ada@example.com', invoice());

  it('shows the lines, the tax and the total, as text', () => {
    expect(mail.subject).to.equal('Your receipt for order o-1: KWD 11.550');
    expect(mail.text).to.equal(
      `Thank you. You have paid KWD 11.550 for order o-1.

Invoiced on 2026-11-18 (UTC), payment pi_1.

Item         Quantity  Unit price         Net  Tax rate        Tax
A <b> & "c"         2   KWD 5.000  KWD 10.000    12.5 %  KWD 1.250
Pen                 1   KWD 0.300   KWD 0.300       0 %  KWD 0.000
Sum                                KWD 10.300            KWD 1.250
Total                              KWD 11.550
`,
    );
  });

  it('shows the same as HTML, where no text can become markup', () => {
    expect(mail.html).to.contain('<td>KWD 11.550</td>');
    expect(mail.html).to.contain('<td>12.5 %</td>');
    expect(mail.html).to.contain('A &#60;b&#62; &#38; &#34;c&#34;');
    expect(mail.html).to.not.contain('<b>');
  });
});

describe('each notice', () => {
  it('has a key of its own for its order, so that two copies of it can be told to be one (S15)', () => {
    const addressed = { orderId: 'o-1', to: 'ada@example.com' };
    expect(receivedMail(addressed).dedupeKey).to.equal('o-1:received');
    expect(declinedMail(addressed).dedupeKey).to.equal('o-1:declined');
    expect(receiptMail('ada@example.com', invoice()).dedupeKey).to.equal('o-1:receipt');
  });

  it('of a decline does not say why: the code is not for the customer', () => {
    const { text } = declinedMail({ orderId: 'o-1', to: 'ada@example.com' });
    expect(text).to.contain('You have not been charged');
  });
});

function invoice(): Invoice.Document {
  const line = { sku: 's', quantity: 2, unitPriceMinor: 5_000, taxRateBps: 1_250 };
  return {
    orderId: 'o-1',
    issuedAt: Date.UTC(2026, 10, 18, 23, 59),
    customerId: 'c-1',
    currency: 'KWD',
    lines: [
      { ...line, description: 'A <b> & "c"', netMinor: 10_000, taxMinor: 1_250 },
      {
        sku: 'p',
        description: 'Pen',
        quantity: 1,
        unitPriceMinor: 300,
        taxRateBps: 0,
        netMinor: 300,
        taxMinor: 0,
      },
    ],
    netMinor: 10_300,
    taxMinor: 1_250,
    totalMinor: 11_550,
    paymentReference: 'pi_1',
  };
}
