import type { CreditFacts, Language, PrepaidFacts, ReceiptFacts } from './language.ts';
import { always, counted } from './unitWord.ts';

const MONTHS = [
  'Januar',
  'Februar',
  'März',
  'April',
  'Mai',
  'Juni',
  'Juli',
  'August',
  'September',
  'Oktober',
  'November',
  'Dezember',
];

const PREPAID = {
  'gift-card': 'mit einer Geschenkkarte',
  voucher: 'mit einem Gutschein',
  deposit: 'als Anzahlung',
} as const;

const receiptParagraphs = ({ order, means, amount, reference, prepaid }: ReceiptFacts) => {
  const paid = {
    card: `Vielen Dank. Sie haben ${amount} für die Bestellung ${order} bezahlt.`,
    transfer:
      `Vielen Dank. Ihre Überweisung über ${amount} für die Bestellung ${order}` +
      `${reference === '' ? '' : ` (${reference})`} ist eingegangen.`,
    none: `Vielen Dank. Für die Bestellung ${order} ist nichts mehr zu bezahlen.`,
  }[means];
  return [paid, ...prepaid.map(prepaidSentence)];
};

const prepaidSentence = ({ type, reference, amount }: PrepaidFacts): string =>
  `${amount} wurden ${PREPAID[type]} bezahlt${reference === '' ? '' : ` (${reference})`}.`;

const creditParagraphs = ({ order, means, amount, toPrepaid }: CreditFacts) => [
  ...(amount === undefined
    ? []
    : [
        means === 'transfer'
          ? `Wir überweisen Ihnen ${amount} Ihrer Zahlung für die Bestellung ${order} zurück.`
          : `Wir haben Ihnen ${amount} Ihrer Zahlung für die Bestellung ${order} erstattet.`,
      ]),
  ...(toPrepaid === undefined
    ? []
    : [
        `${toPrepaid} der Bestellung ${order} schreiben wir dem gut, womit Sie vorab bezahlt ` +
          'haben: Geschenkkarte, Gutschein oder Anzahlung.',
      ]),
  ...(amount === undefined && toPrepaid === undefined
    ? [`Wir haben Positionen der Bestellung ${order} gutgeschrieben. Es war nichts zu bezahlen.`]
    : []),
];

export const de: Language = {
  tag: 'de',
  signs: {
    decimal: ',',
    group: '.',
    amount: (currency, figure) => `${figure}\u00A0${currency}`,
    percent: (figure) => `${figure}\u00A0%`,
    date: (day, month, year) => `${day}. ${MONTHS[month - 1] ?? ''} ${year}`,
  },
  document: {
    invoice: 'Rechnung',
    creditNote: 'Rechnungskorrektur',
    number: 'Nummer',
    date: 'Datum',
    supplyDate: 'Leistungsdatum',
    order: 'Bestellung',
    customer: 'Kunde',
    orderReference: 'Ihre Bestellnummer',
    buyerReference: 'Ihre Referenz',
    paymentTerms: 'Zahlungsbedingungen',
    paymentMeans: 'Zahlung',
    paymentReference: 'Zahlungsreferenz',
    refundReference: 'Erstattungsreferenz',
    ofInvoice: 'Zur Rechnung',
    seller: 'Verkäufer',
    buyer: 'Rechnung an',
    deliveryAddress: 'Lieferung an',
    vatId: 'USt-IdNr.',
    taxNumber: 'Steuernummer',
    bank: 'Bank',
    iban: 'IBAN',
    bic: 'BIC',
    email: 'E-Mail',
    phone: 'Telefon',
    position: 'Pos.',
    item: 'Artikel',
    quantity: 'Menge',
    unitPrice: 'Einzelpreis',
    taxRate: 'Steuersatz',
    net: 'Netto',
    tax: 'Steuer',
    gross: 'Brutto',
    taxBreakdown: 'Aufteilung der Steuer',
    taxableAmount: 'Bemessungsgrundlage',
    netTotal: 'Summe ohne Steuer',
    taxTotal: 'Summe Steuer',
    total: 'Gesamtbetrag',
    rounding: 'Rundung',
    allowance: 'Rabatt',
    charge: 'Zuschlag',
    prepaid: { 'gift-card': 'Geschenkkarte', voucher: 'Gutschein', deposit: 'Anzahlung' },
    paid: { card: 'Bezahlt mit Karte', transfer: 'Bezahlt per Überweisung', none: 'Zu bezahlen' },
    refunded: 'Erstattet',
    refundedToPrepaid: 'Auf Geschenkkarten, Gutscheine und Anzahlungen',
    means: { card: 'Karte', transfer: 'Überweisung', none: 'Nicht erforderlich' },
    category: {
      standard: '',
      zero: '',
      exempt: 'steuerfrei',
      'reverse-charge': 'Reverse-Charge',
      'intra-community': 'innergemeinschaftliche Lieferung',
      export: 'Ausfuhr',
      'out-of-scope': 'nicht steuerbar',
    },
    exemption: {
      standard: '',
      zero: '',
      exempt: 'Umsatzsteuerfrei.',
      // § 14a Abs. 5 UStG prescribes these words.
      'reverse-charge': 'Steuerschuldnerschaft des Leistungsempfängers.',
      'intra-community': 'Steuerfreie innergemeinschaftliche Lieferung.',
      export: 'Steuerfreie Ausfuhrlieferung.',
      'out-of-scope': 'Nicht steuerbar.',
    },
    pricesWithTax: 'Preise einschließlich Steuer.',
    pricesWithoutTax: 'Preise ohne Steuer.',
    page: (page, pages) => `Seite ${page} von ${pages}`,
    units: {
      ANN: counted('Jahr', 'Jahre'),
      CMT: always('cm'),
      DAY: counted('Tag', 'Tage'),
      GRM: always('g'),
      HUR: always('h'),
      KGM: always('kg'),
      KMT: always('km'),
      KWH: always('kWh'),
      LTR: always('l'),
      MIN: always('min'),
      MLT: always('ml'),
      MMT: always('mm'),
      MON: counted('Monat', 'Monate'),
      MTK: always('m²'),
      MTQ: always('m³'),
      MTR: always('m'),
      PR: counted('Paar', 'Paar'),
      SET: counted('Set', 'Sets'),
      TNE: always('t'),
      WEE: counted('Woche', 'Wochen'),
    },
  },
  mail: {
    received: ({ order }) => ({
      subject: `Ihre Bestellung ${order} ist eingegangen`,
      paragraphs: [
        `Ihre Bestellung ${order} ist eingegangen. Wir schreiben Ihnen, sobald sie bezahlt ist.`,
      ],
    }),
    underWay: ({ order }) => ({
      subject: `Ihre Zahlung für die Bestellung ${order} ist unterwegs`,
      paragraphs: [
        `Ihre Zahlung für die Bestellung ${order} ist unterwegs. Bei Ihrer Zahlungsart ` +
          'dauert das einige Tage. Wir schreiben Ihnen, sobald sie eingegangen ist. Sie müssen ' +
          'nichts tun.',
      ],
    }),
    authentication: ({ order }) => ({
      subject: `Bitte bestätigen Sie Ihre Zahlung für die Bestellung ${order}`,
      paragraphs: ['Ihre Bank möchte, dass Sie sie bestätigen. Bis dahin wird nichts abgebucht.'],
    }),
    authenticate: 'Zahlung bestätigen',
    receipt: (facts) => ({
      subject:
        facts.means === 'none'
          ? `Ihr Beleg zur Bestellung ${facts.order}`
          : `Ihr Beleg zur Bestellung ${facts.order}: ${facts.amount}`,
      paragraphs: receiptParagraphs(facts),
    }),
    creditNote: (facts) => ({
      subject: `Ihre Erstattung zur Bestellung ${facts.order}: ${facts.total}`,
      paragraphs: creditParagraphs(facts),
    }),
    declined: ({ order, needsAuthentication }) => ({
      subject: `Ihre Zahlung für die Bestellung ${order} wurde abgelehnt`,
      paragraphs: needsAuthentication
        ? [
            `Ihre Bank möchte, dass Sie die Zahlung für die Bestellung ${order} selbst ` +
              'bestätigen, und hat sie bis dahin abgelehnt. Es wurde nichts abgebucht.',
            'Bitte bestellen Sie noch einmal und bestätigen Sie die Zahlung, wenn Ihre Bank ' +
              'danach fragt, in deren App oder mit einer TAN, oder wählen Sie eine andere ' +
              'Zahlungsart.',
          ]
        : [
            `Ihre Bank hat die Zahlung für die Bestellung ${order} abgelehnt. Es wurde nichts ` +
              'abgebucht.',
            'Bitte bestellen Sie noch einmal mit einer anderen Zahlungsart, oder wenden Sie ' +
              'sich an Ihre Bank.',
          ],
    }),
    failed: ({ order, isMethodRefused }) => ({
      subject: `Ihre Zahlung für die Bestellung ${order} kam nicht zustande`,
      paragraphs: [
        `Die Zahlung für die Bestellung ${order} kam nicht zustande, und Sie schulden uns ` +
          'dafür nichts.',
        isMethodRefused
          ? 'Die gewählte Zahlungsart kann nicht verwendet werden. Bitte bestellen Sie noch ' +
            'einmal mit einer anderen.'
          : 'Falls Ihre Bank eine Abbuchung zeigt, die nicht erstattet wurde, schreiben Sie ' +
            'uns bitte. Bitte bestellen Sie noch einmal.',
      ],
    }),
    refused: ({ order }) => ({
      subject: `Ihre Bestellung ${order} konnten wir nicht annehmen`,
      paragraphs: [
        `Ihre Bestellung ${order} konnten wir so, wie sie bei uns ankam, nicht annehmen. Es ` +
          'wurde nichts abgebucht, und Sie schulden uns dafür nichts.',
        'Bitte bestellen Sie noch einmal, oder schreiben Sie uns. Falls sie für Sie noch ' +
          'einmal eingereicht wird, schreiben wir Ihnen wieder.',
      ],
    }),
    refundNotMade: ({ order, amount }) => ({
      subject: `Ihre Erstattung zur Bestellung ${order} verzögert sich: ${amount}`,
      paragraphs: [
        `Wir wollten Ihnen ${amount} Ihrer Zahlung für die Bestellung ${order} erstatten, aber ` +
          'die Erstattung kam nicht zustande.',
        'Das Problem ist uns bekannt. Falls Sie nichts von uns hören, schreiben Sie uns bitte ' +
          'und nennen Sie Ihre Bestellnummer.',
      ],
    }),
    cancelled: ({ order, wasCharged }) => ({
      subject: `Ihre Bestellung ${order} wurde storniert`,
      paragraphs: [
        wasCharged
          ? `Die Bestellung ${order} wurde storniert, und Ihre Zahlung wurde vollständig erstattet.`
          : `Die Bestellung ${order} wurde storniert, und Sie schulden uns dafür nichts.`,
      ],
    }),
    attached: (document) => `${document} finden Sie im Anhang dieser E-Mail.`,
    linked: (document) => `${document} finden Sie hier:`,
    linesOnDocument: (count) => `Alle ${count} Positionen stehen auf dem Beleg.`,
  },
};
