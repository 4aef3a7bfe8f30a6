import { expect } from 'chai';
import { JSDOM } from 'jsdom';
import type { Notice, NoticeFacts } from '../../../src/application/notification/notice.ts';
import { writeMail, type MailSettings } from '../../../src/application/notification/writeMail.ts';
import { LANGUAGE_TAGS } from '../../../src/application/language/languages.ts';
import type { MailFile } from '../../../src/application/ports/notifier.ts';
import type { InvoiceDocument } from '../../../src/domain/invoice/document.ts';
import { aCreditNote, anInvoice, aTaxedLine, PARTIES } from '../../support/documents/invoices.ts';

const SETTINGS: MailSettings = { defaultLanguage: 'en', delivery: 'none', linkTemplate: '' };
const LINKED: MailSettings = {
  ...SETTINGS,
  delivery: 'link',
  linkTemplate: 'https://shop.example/invoices/{orderId}?number={number}',
};
const PDF: MailFile = {
  name: 'INV-2026-000007.pdf',
  mediaType: 'application/pdf',
  bytes: Uint8Array.of(37, 80, 68, 70),
};

const notice = (facts: NoticeFacts, changes: Partial<Notice> = {}): Notice =>
  ({
    id: facts.kind,
    orderId: 'o-1',
    to: 'ada@example.com',
    language: '',
    ...facts,
    ...changes,
  }) as Notice;
const receipt = (changes: Partial<InvoiceDocument> = {}) =>
  notice({ kind: 'receipt', invoice: anInvoice(changes) });
const credit = (changes: Parameters<typeof aCreditNote>[0] = {}) =>
  notice({ kind: 'credit', invoice: anInvoice(), creditNote: aCreditNote(changes) });

const plain = (text: string): string => text.replaceAll('\u00A0', ' ');
/** What is said before the document, each paragraph in one line. */
const said = (one: Notice, settings = SETTINGS, files: readonly MailFile[] = []) =>
  plain(writeMail(one, settings, files).text)
    .split(/\n\n(?:Invoice|Credit note|Rechnung|Rechnungskorrektur) .*\n=+\n/u)[0]
    ?.trimEnd()
    .split('\n\n')
    .map((paragraph) => paragraph.replaceAll('\n', ' '));

/** As a browser shows it. */
const blanksOnce = (text: string): string => text.replaceAll(/\s+/gu, ' ').trim();

const EVERY: readonly Notice[] = [
  notice({ kind: 'received' }),
  notice({ kind: 'pending' }),
  notice({ kind: 'refused' }),
  receipt(),
  receipt({ paymentMeans: 'transfer', paymentReference: 'RF18' }),
  receipt({ paymentMeans: 'none', payableMinor: 0 }),
  credit(),
  credit({ prepaidMinor: 99, payableMinor: 1_000 }),
  notice({ kind: 'declined', code: 'card_declined' }),
  notice({ kind: 'declined', code: 'authentication_required' }),
  notice({ kind: 'failed', proof: 'refused' }),
  notice({ kind: 'failed', proof: 'person' }),
  notice({ kind: 'refund-failed', amountMinor: 100, currency: 'EUR' }),
  notice({ kind: 'cancelled', wasCharged: true }),
  notice({ kind: 'cancelled', wasCharged: false }),
];

describe('the receipt', () => {
  it('says what was paid by card, and shows the invoice', () => {
    const mail = writeMail(receipt(PARTIES), SETTINGS);
    expect(plain(mail.subject)).to.equal('Your receipt for order o-1: EUR 34.88');
    expect(said(receipt(PARTIES))).to.deep.equal([
      'Thank you. You have paid EUR 34.88 for order o-1.',
    ]);
    expect(plain(mail.text)).to.include('Total  EUR 34.88').and.include('Kontor Köln GmbH');
    const { document } = new JSDOM(mail.html).window;
    expect(document.querySelector('h1')?.textContent).to.equal('Invoice INV-2026-000007');
    expect(document.querySelector('table.l tbody')?.children).to.have.length(3);
    expect(mail).to.not.have.property('files');
  });

  it('says how a transfer came, and what was paid before by which means', () => {
    expect(
      said(
        receipt({
          paymentMeans: 'transfer',
          paymentReference: 'RF18 5390',
          prepaid: [
            { type: 'gift-card', reference: 'GC-42', amountMinor: 1_000 },
            { type: 'deposit', reference: '', amountMinor: 488 },
          ],
        }),
      ),
    ).to.deep.equal([
      'Thank you. We have received your bank transfer of EUR 20.00 for order o-1 (RF18 5390).',
      'EUR 10.00 was paid by gift card (GC-42).',
      'EUR 4.88 was paid by deposit.',
    ]);
  });

  it('says that there is nothing to pay, and asks no bank for it', () => {
    const free = receipt({ paymentMeans: 'none', paymentReference: '', payableMinor: 0 });
    expect(writeMail(free, SETTINGS).subject).to.equal('Your receipt for order o-1');
    expect(said(free)).to.deep.equal(['Thank you. There is nothing left to pay for order o-1.']);
    expect(said({ ...free, language: 'de' })?.[0]).to.equal(
      'Vielen Dank. Für die Bestellung o-1 ist nichts mehr zu bezahlen.',
    );
  });
});

describe('the mail about a refund', () => {
  it('says what was refunded, and what goes to a gift card', () => {
    expect(plain(writeMail(credit(), SETTINGS).subject)).to.equal(
      'Your refund for order o-1: EUR 10.99',
    );
    expect(said(credit())).to.deep.equal([
      'We have refunded EUR 10.99 of your payment for order o-1.',
    ]);
    const both = credit({ prepaidMinor: 500, payableMinor: 599 });
    expect(plain(writeMail(both, SETTINGS).subject)).to.equal(
      'Your refund for order o-1: EUR 10.99',
    );
    expect(said(both)).to.deep.equal([
      'We have refunded EUR 5.99 of your payment for order o-1.',
      'EUR 5.00 of order o-1 goes to what you paid by gift card, voucher or deposit.',
    ]);
    expect(said(credit({ prepaidMinor: 1_099, payableMinor: 0 }))).to.have.length(1);
    expect(said(credit({ totalMinor: 0, payableMinor: 0 }))).to.deep.equal([
      'We have credited items of order o-1. Nothing had been paid for them.',
    ]);
  });

  it('of a transfer promises the money, which the shop has to send', () => {
    const invoice = anInvoice({ paymentMeans: 'transfer' });
    expect(said(notice({ kind: 'credit', invoice, creditNote: aCreditNote() }))).to.deep.equal([
      'We refund EUR 10.99 of your payment for order o-1 to your bank account.',
    ]);
  });
});

describe('the mail about a decline', () => {
  it('says what to do where the bank wants the customer to confirm', () => {
    const [happened, advice] =
      said(notice({ kind: 'declined', code: 'authentication_required' })) ?? [];
    expect(happened).to.include('confirm the payment').and.to.include('have not been charged');
    expect(advice).to.include('place the order again and confirm the payment');
    expect(said(notice({ kind: 'declined', code: 'card_declined' }))).to.deep.equal([
      'Your bank has declined the payment for order o-1. You have not been charged.',
      'Please place the order again with another payment method, or contact your bank.',
    ]);
  });

  it('keeps the gateway’s code to us', () => {
    for (const code of ['authentication_required', 'stolen_card']) {
      const { subject, text, html } = writeMail(notice({ kind: 'declined', code }), SETTINGS);
      expect(subject + text + html).to.not.include(code);
    }
  });
});

describe('every mail', () => {
  it('is in the language of its document, or of the notice, or the default', () => {
    const language = (one: Notice, defaultLanguage = 'en') =>
      new JSDOM(writeMail(one, { ...SETTINGS, defaultLanguage }).html).window.document
        .documentElement.lang;
    expect(language(receipt({ language: 'de-AT' }))).to.equal('de');
    expect(language({ ...receipt({ language: 'en' }), language: 'de' })).to.equal('en');
    expect(language({ ...receipt(), language: 'de' })).to.equal('de');
    expect(language(receipt({ language: 'ja' }), 'de')).to.equal('de');
    expect(language(notice({ kind: 'refused' }), 'de')).to.equal('de');
  });

  for (const tag of LANGUAGE_TAGS) {
    it(`has a subject, words of its own, and the same bytes each time (${tag})`, () => {
      const written = EVERY.map((one) => writeMail({ ...one, language: tag }, SETTINGS));
      expect(written).to.deep.equal(
        EVERY.map((one) => writeMail({ ...one, language: tag }, SETTINGS)),
      );
      expect(new Set(written.map(({ text }) => text)).size).to.equal(EVERY.length);
      for (const mail of written) {
        expect(mail.subject).to.include('o-1');
        expect(mail.dedupeKey).to.match(/^o-1:/);
        expect(mail.text + mail.html).to.not.match(/undefined|\[object|NaN/);
      }
    });
  }

  it('differs between the languages wherever it has words', () => {
    for (const one of EVERY) {
      const [en, de] = ['en', 'de'].map((language) => writeMail({ ...one, language }, SETTINGS));
      expect(en?.subject).to.not.equal(de?.subject);
      expect(en?.text).to.not.equal(de?.text);
    }
  });

  it('has short lines', () => {
    for (const one of EVERY) {
      const { html, text } = writeMail(one, LINKED);
      for (const line of html.split('\n')) expect(line.length, line).to.be.at.most(100);
      for (const line of text.split('\n')) expect(line.length, line).to.be.at.most(76);
    }
  });

  const hostile = [
    '"'.repeat(200),
    '💶'.repeat(200),
    `<img src=x onerror="a()">${'\u202E'.repeat(100)}`,
    `</td></table><h1>${'ש'.repeat(150)}`,
  ];
  const hostileReceipt = (count: number) =>
    receipt({
      lines: Array.from({ length: count }, (_, at) =>
        aTaxedLine({ description: hostile[at % hostile.length] ?? '', sku: 's'.repeat(64) }),
      ),
      paymentReference: hostile[2] ?? '',
    });

  it('shows the most hostile texts as texts', () => {
    const mail = writeMail(hostileReceipt(4), SETTINGS);
    const { document } = new JSDOM(mail.html).window;
    expect(document.querySelectorAll('img, script')).to.have.length(0);
    expect(document.querySelectorAll('h1')).to.have.length(1);
    const items = [...document.querySelectorAll('table.l tbody td.i > bdi:first-child')];
    expect(items.map(({ textContent }) => blanksOnce(textContent))).to.deep.equal(
      hostile.map((text) => blanksOnce(text.replaceAll('\u202E', ' '))),
    );
    expect(mail.text + mail.html).to.not.match(/[\u202A-\u202E]/);
  });

  it('has no line that is too long for a mail, with 1,000 lines of the longest texts', () => {
    const mail = writeMail(hostileReceipt(1_000), SETTINGS);
    const lines = [...mail.html.split('\n'), ...mail.text.split('\n')];
    const longest = Math.max(...lines.map((line) => Buffer.byteLength(line)));
    expect(longest).to.be.at.most(998);
    // SES takes 40 MB.
    expect(mail.html.length + mail.text.length).to.be.below(2_000_000);
  });
});

describe('the document beside its mail', () => {
  const lines = Array.from({ length: 101 }, () => aTaxedLine());

  it('is attached, and the mail says so', () => {
    const mail = writeMail(receipt(), { ...LINKED, delivery: 'attach' }, [PDF]);
    expect(mail.files).to.deep.equal([PDF]);
    expect(mail.text).to.include('Invoice INV-2026-000007 is attached to this email.');
    expect(mail.html).to.not.include('shop.example');
  });

  it('is linked, by the order and the number of the document', () => {
    const mail = writeMail(receipt({ label: 'R/7 ä' }), LINKED);
    const url = 'https://shop.example/invoices/o-1?number=R%2F7%20%C3%A4';
    expect(mail.text).to.include(`is here:\n${url}\n`);
    const link = new JSDOM(mail.html).window.document.querySelector('a');
    expect(link?.href).to.equal(url);
    expect(link?.textContent.replaceAll('\n', '')).to.equal(url);
    expect(writeMail(credit(), LINKED).text).to.include('?number=CN-2026-000003\n');
    expect(writeMail(notice({ kind: 'received' }), LINKED).text).to.not.include('shop.example');
  });

  it('is linked where it was to be attached and could not be made, if there is a link', () => {
    const settings = { ...LINKED, delivery: 'attach' } as const;
    expect(writeMail(receipt(), settings).text).to.include('https://shop.example/');
    const none = writeMail(receipt(), { ...settings, linkTemplate: '' });
    expect(none.text).to.not.match(/attached|is here/);
  });

  it('alone has the lines where they are more than 100', () => {
    for (const [settings, files] of [
      [LINKED, []],
      [{ ...SETTINGS, delivery: 'attach' }, [PDF]],
    ] as const) {
      const mail = writeMail(receipt({ lines }), settings, files);
      expect(mail.text).to.include('All 101 lines are on the document.');
      expect(mail.text).to.include('Tax breakdown:');
      expect(mail.text).to.not.include('Filter coffee');
      expect(mail.html).to.not.include('Filter coffee');
      const few = writeMail(receipt({ lines: lines.slice(1) }), settings, files);
      expect(few.text.match(/Filter coffee/g)).to.have.length(100);
    }
  });

  it('is nowhere but in the mail: then it has all lines', () => {
    const mail = writeMail(receipt({ lines }), { ...LINKED, delivery: 'none' });
    expect(mail.text.match(/Filter coffee/g)).to.have.length(101);
    expect(mail.text).to.not.include('shop.example');
  });
});
