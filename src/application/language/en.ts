import type { CreditFacts, Language, PrepaidFacts, ReceiptFacts } from './language.ts';
import { always, counted } from './unitWord.ts';

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

const PREPAID = { 'gift-card': 'gift card', voucher: 'voucher', deposit: 'deposit' } as const;

const receiptParagraphs = ({ order, means, amount, reference, prepaid }: ReceiptFacts) => {
  const paid = {
    card: `Thank you. You have paid ${amount} for order ${order}.`,
    transfer: `Thank you. We have received your bank transfer of ${amount} for order ${order}${
      reference === '' ? '' : ` (${reference})`
    }.`,
    none: `Thank you. There is nothing left to pay for order ${order}.`,
  }[means];
  return [paid, ...prepaid.map(prepaidSentence)];
};

const prepaidSentence = ({ type, reference, amount }: PrepaidFacts): string =>
  `${amount} was paid by ${PREPAID[type]}${reference === '' ? '' : ` (${reference})`}.`;

const creditParagraphs = ({ order, means, amount, toPrepaid }: CreditFacts) => [
  ...(amount === undefined
    ? []
    : [
        means === 'transfer'
          ? `We refund ${amount} of your payment for order ${order} to your bank account.`
          : `We have refunded ${amount} of your payment for order ${order}.`,
      ]),
  ...(toPrepaid === undefined
    ? []
    : [`${toPrepaid} of order ${order} goes to what you paid by gift card, voucher or deposit.`]),
  ...(amount === undefined && toPrepaid === undefined
    ? [`We have credited items of order ${order}. Nothing had been paid for them.`]
    : []),
];

export const en: Language = {
  tag: 'en',
  signs: {
    decimal: '.',
    group: ',',
    amount: (currency, figure) => `${currency}\u00A0${figure}`,
    percent: (figure) => `${figure}%`,
    date: (day, month, year) => `${day} ${MONTHS[month - 1] ?? ''} ${year}`,
  },
  document: {
    invoice: 'Invoice',
    creditNote: 'Credit note',
    number: 'Number',
    date: 'Date',
    supplyDate: 'Date of supply',
    order: 'Order',
    customer: 'Customer',
    orderReference: 'Your order number',
    buyerReference: 'Your reference',
    paymentTerms: 'Payment terms',
    paymentMeans: 'Payment',
    paymentReference: 'Payment reference',
    refundReference: 'Refund reference',
    ofInvoice: 'For invoice',
    seller: 'Seller',
    buyer: 'Bill to',
    deliveryAddress: 'Deliver to',
    vatId: 'VAT ID',
    taxNumber: 'Tax number',
    bank: 'Bank',
    iban: 'IBAN',
    bic: 'BIC',
    email: 'Email',
    phone: 'Phone',
    position: 'No.',
    item: 'Item',
    quantity: 'Quantity',
    unitPrice: 'Unit price',
    taxRate: 'Tax rate',
    net: 'Net',
    tax: 'Tax',
    gross: 'Gross',
    taxBreakdown: 'Tax breakdown',
    taxableAmount: 'Taxable amount',
    netTotal: 'Total without tax',
    taxTotal: 'Total tax',
    total: 'Total',
    rounding: 'Rounding',
    allowance: 'Discount',
    charge: 'Surcharge',
    prepaid: { 'gift-card': 'Gift card', voucher: 'Voucher', deposit: 'Deposit' },
    paid: { card: 'Paid by card', transfer: 'Paid by bank transfer', none: 'To be paid' },
    refunded: 'Refunded',
    refundedToPrepaid: 'To gift cards, vouchers and deposits',
    means: { card: 'Card', transfer: 'Bank transfer', none: 'None was needed' },
    category: {
      standard: '',
      zero: '',
      exempt: 'exempt',
      'reverse-charge': 'reverse charge',
      'intra-community': 'intra-Community supply',
      export: 'export',
      'out-of-scope': 'outside the scope',
    },
    exemption: {
      standard: '',
      zero: '',
      exempt: 'Exempt from tax.',
      'reverse-charge': 'Reverse charge: the recipient of the supply is liable for the tax.',
      'intra-community': 'Intra-Community supply, exempt from VAT.',
      export: 'Supply for export, exempt from VAT.',
      'out-of-scope': 'Outside the scope of VAT.',
    },
    pricesWithTax: 'Prices include tax.',
    pricesWithoutTax: 'Prices are without tax.',
    page: (page, pages) => `Page ${page} of ${pages}`,
    units: {
      ANN: counted('year', 'years'),
      CMT: always('cm'),
      DAY: counted('day', 'days'),
      GRM: always('g'),
      HUR: always('h'),
      KGM: always('kg'),
      KMT: always('km'),
      KWH: always('kWh'),
      LTR: always('l'),
      MIN: always('min'),
      MLT: always('ml'),
      MMT: always('mm'),
      MON: counted('month', 'months'),
      MTK: always('m²'),
      MTQ: always('m³'),
      MTR: always('m'),
      PR: counted('pair', 'pairs'),
      SET: counted('set', 'sets'),
      TNE: always('t'),
      WEE: counted('week', 'weeks'),
    },
  },
  mail: {
    received: ({ order }) => ({
      subject: `We have received your order ${order}`,
      paragraphs: [`We have received your order ${order} and will email you when it is paid.`],
    }),
    underWay: ({ order }) => ({
      subject: `Your payment for order ${order} is under way`,
      paragraphs: [
        `Your payment for order ${order} is under way. With your payment method that takes some ` +
          'days. We will email you when it has gone through, and you need not do anything.',
      ],
    }),
    authentication: ({ order }) => ({
      subject: `Please confirm your payment for order ${order}`,
      paragraphs: [
        `Your bank wants you to confirm the payment for order ${order} yourself. You have not ` +
          'been charged.',
        'Please open the page below and follow what your bank asks for. You pay the order once, ' +
          'however often you open it. If it is not confirmed in time, we will email you, and you ' +
          'will not be charged.',
      ],
    }),
    authenticate: 'Confirm the payment',
    receipt: (facts) => ({
      subject:
        facts.means === 'none'
          ? `Your receipt for order ${facts.order}`
          : `Your receipt for order ${facts.order}: ${facts.amount}`,
      paragraphs: receiptParagraphs(facts),
    }),
    creditNote: (facts) => ({
      subject: `Your refund for order ${facts.order}: ${facts.total}`,
      paragraphs: creditParagraphs(facts),
    }),
    declined: ({ order, needsAuthentication }) => ({
      subject: `Your payment for order ${order} was declined`,
      paragraphs: needsAuthentication
        ? [
            `Your bank wants you to confirm the payment for order ${order} yourself, and has ` +
              'declined it until you do. You have not been charged.',
            'Please place the order again and confirm the payment when your bank asks for it, ' +
              'in its app or by a code, or choose another payment method.',
          ]
        : [
            `Your bank has declined the payment for order ${order}. You have not been charged.`,
            'Please place the order again with another payment method, or contact your bank.',
          ],
    }),
    failed: ({ order, isMethodRefused }) => ({
      subject: `Your payment for order ${order} did not go through`,
      paragraphs: [
        `The payment for order ${order} did not go through, and you owe nothing for it.`,
        // A statement may show both a wrong amount and its refund.
        isMethodRefused
          ? 'The payment method you chose cannot be used. Please place the order again with ' +
            'another one.'
          : 'If your bank shows a charge that was not refunded, please contact us. Please ' +
            'place the order again.',
      ],
    }),
    refused: ({ order }) => ({
      subject: `We could not accept your order ${order}`,
      paragraphs: [
        `We could not accept your order ${order} as it reached us. You have not been ` +
          'charged, and you owe nothing for it.',
        'Please place the order again, or contact us. If it is submitted again for you, we ' +
          'will email you again.',
      ],
    }),
    refundNotMade: ({ order, amount }) => ({
      subject: `Your refund for order ${order} is delayed: ${amount}`,
      paragraphs: [
        `We tried to refund ${amount} of your payment for order ${order}, but the refund ` +
          'did not go through.',
        // The mail promises nothing that only a person can do.
        'We are aware of the problem. If you do not hear from us, please contact us and ' +
          'quote your order number.',
      ],
    }),
    cancelled: ({ order, wasCharged }) => ({
      subject: `Your order ${order} has been cancelled`,
      paragraphs: [
        wasCharged
          ? `Order ${order} has been cancelled, and your payment has been refunded in full.`
          : `Order ${order} has been cancelled, and you owe nothing for it.`,
      ],
    }),
    attached: (document) => `${document} is attached to this email.`,
    linked: (document) => `${document} is here:`,
    linesOnDocument: (count) => `All ${count} lines are on the document.`,
  },
};
