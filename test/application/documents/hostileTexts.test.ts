import { expect } from 'chai';
import fc from 'fast-check';
import { JSDOM } from 'jsdom';
import { creditNoteSheet } from '../../../src/application/documents/creditNoteSheet.ts';
import { invoiceSheet } from '../../../src/application/documents/invoiceSheet.ts';
import { pageHtml } from '../../../src/application/documents/pageHtml.ts';
import { en } from '../../../src/application/language/en.ts';
import { mailHtml } from '../../../src/application/notification/mailLayout.ts';
import type { Notice } from '../../../src/application/notification/notice.ts';
import { writeMail } from '../../../src/application/notification/writeMail.ts';
import type { CreditNote, InvoiceDocument } from '../../../src/domain/invoice/document.ts';
import { STEERING, withoutSteering } from '../../../src/domain/plainText.ts';
import { hostileText } from '../../support/arbitraries/hostileText.ts';
import {
  aCreditNote,
  anInvoice,
  aTax,
  aTaxedLine,
  PARTIES,
} from '../../support/documents/invoices.ts';
import { runsOf } from '../../support/runs.ts';

type Named = (place: string) => string;
type Documents = { readonly invoice: InvoiceDocument; readonly note: CreditNote };

/** An invoice and a credit note all of whose texts, but for codes, are what `text` gives. */
const documentsOf = (text: Named): Documents => {
  const address = (of: string) => ({
    street: text(`${of}.street`),
    addition: text(`${of}.addition`),
    postalCode: text(`${of}.postalCode`),
    city: text(`${of}.city`),
    region: text(`${of}.region`),
    country: text(`${of}.country`),
  });
  const taxes = [aTax({ name: text('tax'), category: 'exempt', rate: '0', reason: text('why') })];
  const called = { description: text('item'), sku: text('sku'), unit: text('unit') };
  const { buyer } = PARTIES;
  const { address: _, ...seller } = PARTIES.seller;
  const invoice = anInvoice({
    orderId: text('order'),
    customerId: text('customer'),
    label: text('label'),
    orderReference: text('orderReference'),
    buyerReference: text('buyerReference'),
    paymentTerms: text('terms'),
    paymentReference: text('paymentReference'),
    prepaid: [{ type: 'voucher', reference: text('voucher'), amountMinor: 1 }],
    lines: [
      aTaxedLine({
        ...called,
        taxes,
        allowances: [{ reason: text('allowance'), amountMinor: 1 }],
        charges: [{ reason: text('charge'), amountMinor: 1 }],
      }),
    ],
    seller: {
      ...(Object.fromEntries(
        Object.keys(seller).map((key) => [key, text(`seller.${key}`)]),
      ) as typeof seller),
      address: address('seller'),
    },
    buyer: {
      ...buyer,
      name: text('buyer'),
      company: text('company'),
      vatId: text('buyer.vatId'),
      address: address('buyer'),
      delivery: address('delivery'),
    },
  });
  const [line] = aCreditNote().lines;
  if (line === undefined) throw new Error('The sample has a line');
  const note = aCreditNote({
    label: text('note'),
    refundReference: text('refundReference'),
    lines: [{ ...line, ...called, taxes }],
  });
  return { invoice, note };
};

/** The seller's participant is on no document, and some are on one of the two alone. */
const SHOWN_NOWHERE = new Set(['seller.electronicAddress']);
const ON_INVOICES_ALONE = /^(?:terms|paymentReference|voucher|allowance|charge)$/u;
const ON_NOTES_ALONE = /^(?:note|refundReference)$/u;

const PLACES: readonly string[] = (() => {
  const places = new Set<string>();
  documentsOf((place) => {
    places.add(place);
    return 'x';
  });
  return [...places].filter((place) => !SHOWN_NOWHERE.has(place));
})();

const read = (source: string): Document => new JSDOM(source).window.document;
const squashed = (text: string): string => text.replaceAll(/\s+/gu, ' ').trim();

/** Elements and their attributes, without a text and without where a line may be broken. */
const skeletonOf = (document: Document): readonly string[] =>
  [...document.querySelectorAll(':not(wbr)')].map((element) =>
    [
      element.tagName,
      element.parentElement?.tagName,
      ...[...element.attributes]
        .filter(({ name }) => name !== 'href')
        .map(({ name, value }) => `${name}=${value}`),
    ].join(' '),
  );

/** The text in the margin of each sheet of paper, which stands in a style sheet. */
const footerOf = (document: Document): string | undefined =>
  /@bottom-left \{ content: "([^"\n<]*)"; font: 8pt/u
    .exec(document.querySelector('style')?.textContent ?? '')?.[1]
    ?.replaceAll(/\\([0-9a-f]+) /gu, (_, code: string) =>
      String.fromCodePoint(Number.parseInt(code, 16)),
    );

/**
 * With what stands before it, so that a failure names its place. The marks around a text from right
 * to left are ours.
 */
const STEERS = new RegExp(String.raw`.{0,40}(?![\n\u2068\u2069])[${STEERING}]`, 'gu');

const LINK = 'https://shop.example/{orderId}?number={number}&more=1';
const SETTINGS = { defaultLanguage: 'en', delivery: 'link', linkTemplate: LINK } as const;

const mailOf = (facts: Partial<Notice>, orderId: string): string => {
  const notice = { id: 'n', to: 'ada@example.com', language: 'en', orderId, ...facts } as Notice;
  const { subject, html } = writeMail(notice, SETTINGS);
  // It is a header, where a line break would begin another.
  expect(subject).to.not.match(new RegExp(`[${STEERING}]`, 'u'));
  return html;
};

const VIEWS: Readonly<Record<string, (documents: Documents) => string>> = {
  'the page of an invoice': ({ invoice }) => pageHtml(invoiceSheet(invoice, en)),
  'the page of a credit note': ({ invoice, note }) => pageHtml(creditNoteSheet(invoice, note, en)),
  'the mail with an invoice': ({ invoice }) => mailOf({ kind: 'receipt', invoice }, 'o-1'),
  'the mail with a credit note': ({ invoice, note }) =>
    mailOf({ kind: 'credit', invoice, creditNote: note }, 'o-1'),
};

describe('Texts of shops and customers in HTML', () => {
  /** For each place a text of its own, which begins with its name. */
  const texts = fc
    .array(hostileText, { minLength: 1, maxLength: 8 })
    .map(
      (all) =>
        new Map(PLACES.map((place, at) => [place, `${place} ${all[at % all.length] ?? ''}`])),
    );

  for (const [view, htmlOf] of Object.entries(VIEWS)) {
    it(`are texts, each of them, and change nothing beside them: ${view}`, () => {
      const expected = skeletonOf(read(htmlOf(documentsOf(() => 'x'))));
      const isOfNote = view.includes('credit note');
      const shown = PLACES.filter(
        (place) => !(isOfNote ? ON_INVOICES_ALONE : ON_NOTES_ALONE).test(place),
      );
      fc.assert(
        fc.property(texts, (given) => {
          const source = htmlOf(documentsOf((place) => given.get(place) ?? ''));
          const document = read(source);
          expect(skeletonOf(document)).to.deep.equal(expected);
          const said = squashed(document.body.textContent);
          for (const place of shown) {
            expect(said, place).to.include(squashed(withoutSteering(given.get(place) ?? '')));
          }
          for (const [at] of source.matchAll(STEERS)) expect.fail(JSON.stringify(at));
          if (!view.includes('page')) return;
          expect(footerOf(document)).to.equal(withoutSteering(given.get('seller.footer') ?? ''));
        }),
        { numRuns: runsOf(3, 12) },
      );
    });
  }

  it('lead to no other place than the link of the settings', () => {
    fc.assert(
      fc.property(texts, (given) => {
        const { invoice, note } = documentsOf((place) => given.get(place) ?? '');
        for (const [html, label] of [
          [VIEWS['the mail with an invoice']?.({ invoice, note }), invoice.label],
          [VIEWS['the mail with a credit note']?.({ invoice, note }), note.label],
        ] as const) {
          const [link, ...others] = read(html ?? '').querySelectorAll<HTMLAnchorElement>('a');
          expect(others).to.deep.equal([]);
          const url = new URL(link?.getAttribute('href') ?? '');
          expect(url.origin).to.equal('https://shop.example');
          expect(decodeURIComponent(url.pathname)).to.equal(`/${invoice.orderId}`);
          expect([...url.searchParams]).to.deep.equal([
            ['number', label],
            ['more', '1'],
          ]);
        }
      }),
      { numRuns: runsOf(3, 12) },
    );
  });

  it('stay in the attribute in which they are, and in the title', () => {
    const mailWith = (subject: string, url: string) =>
      read(
        mailHtml({ language: 'en', subject, paragraphs: [subject], link: { text: subject, url } }),
      );
    const expected = skeletonOf(mailWith('x', 'x'));
    fc.assert(
      fc.property(hostileText, hostileText, (subject, url) => {
        const document = mailWith(subject, url);
        expect(skeletonOf(document)).to.deep.equal(expected);
        const plain = (text: string) => text.replaceAll(/[\s\0\uFFFD]+/gu, ' ').trim();
        expect(plain(document.querySelector('a')?.getAttribute('href') ?? '')).to.equal(plain(url));
        expect(plain(document.title)).to.equal(plain(subject));
      }),
      { numRuns: runsOf(6, 25) },
    );
  });
});
