import { err, ok, type Result } from 'neverthrow';
import { holdsCardNumber, wasMasked } from '../cardNumber/index.ts';
import * as Invoice from '../invoice/index.ts';
import { COUNTRY_CODE, type Address, type Buyer } from '../invoice/index.ts';
import { currencyExponent, type TaxedOrder } from '../money/index.ts';
import { utf8Bytes } from '../utf8.ts';
import type { Content, PaymentInstruction } from './content.ts';
import { placedCodec } from './placedCodec.ts';
import { placedAt, priceOf } from './pricing.ts';
import { createDraftReader, type DraftParts, type DraftReader } from './reader.ts';
import { PRICE_PARTS, readPrices } from './readPrices.ts';
import {
  CUSTOMER_ID,
  EMAIL,
  MASKED,
  ORDER_ID,
  PAYMENT_METHOD,
  plain,
  RETURN_URL,
  type InvalidContent,
  type TextRule,
} from './rules.ts';

const CURRENCY: TextRule = [/^[A-Z]{3}$/, 'three characters from A to Z'];
const LANGUAGE: TextRule = [
  /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$/,
  'a language tag, such as de or fr-CA',
];
const COUNTRY: TextRule = [COUNTRY_CODE, 'two characters of ISO 3166-1, such as DE'];
const TEXT = plain(100);
const REFERENCE = plain(64);
const PAYMENT_TERMS = plain(200);
const DATE: TextRule = [{ test: (text) => isDate(text) }, 'a date, such as 2026-11-29'];

const isDate = (text: string): boolean => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
};

export const ORDER_PARTS = [
  'orderId',
  'customer',
  'currency',
  ...PRICE_PARTS,
  'buyer',
  'orderReference',
  'buyerReference',
  'supplyDate',
  'paymentTerms',
  'payment',
] as const;

/**
 * Reads an order of version 2 from anything. A refusal gives every reason at once: parts that are
 * missing or unknown, texts and numbers against their rules, prices that do not come to the shop's
 * own figures, an order that is too large to be kept, a card number in a text, or one that was
 * masked.
 */
export const parse = (draft: unknown): Result<Content, InvalidContent> => {
  const reader = createDraftReader();
  const order = reader.object(draft, 'order', ORDER_PARTS);
  const customer = reader.object(order['customer'], 'customer', ['id', 'email', 'language']);
  const { buyer } = order;
  const content: Content = {
    orderId: reader.text(order['orderId'], 'orderId', ORDER_ID),
    customer: {
      id: reader.text(customer['id'], 'customer.id', CUSTOMER_ID),
      email: reader.text(customer['email'], 'customer.email', EMAIL),
      language: reader.optionalText(customer['language'], 'customer.language', LANGUAGE),
    },
    currency: reader.text(order['currency'], 'currency', CURRENCY),
    ...readPrices(order, reader),
    ...(buyer !== undefined && { buyer: buyerOf(buyer, reader) }),
    orderReference: reader.optionalText(order['orderReference'], 'orderReference', REFERENCE),
    buyerReference: reader.optionalText(order['buyerReference'], 'buyerReference', REFERENCE),
    supplyDate: reader.optionalText(order['supplyDate'], 'supplyDate', DATE),
    paymentTerms: reader.optionalText(order['paymentTerms'], 'paymentTerms', PAYMENT_TERMS),
    payment: paymentOf(order['payment'], reader),
  };
  if (content.currency !== '' && currencyExponent(content.currency) === undefined) {
    reader.report('currency', 'is not a currency of ISO 4217');
  }
  // A part that was refused counts as nothing, and would only make the total look wrong as well.
  if (reader.reasons.length === 0) reportTotal(content, reader);
  if (holdsCardNumber(draft)) reader.report('order', 'holds a card number');
  if (wasMasked(draft)) reader.report('order', MASKED);
  const { reasons } = reader;
  return reasons.length > 0 ? err({ type: 'InvalidOrder', reasons }) : ok(content);
};

const reportTotal = (content: Content, reader: DraftReader): void =>
  priceOf(content).match(
    (priced) => {
      const why = tooLarge(content, priced);
      if (why !== undefined) reader.report('order', why);
    },
    ({ reason }) => {
      const [path = '', why = ''] = reason.split(/: (.*)/su);
      reader.report(path, why);
    },
  );

const BUYER_PARTS = ['name', 'company', 'address', 'delivery', 'vatId', 'electronicAddress'];

const buyerOf = (value: unknown, reader: DraftReader): Buyer => {
  const buyer = reader.object(value, 'buyer', BUYER_PARTS);
  const { delivery } = buyer;
  const text = (name: string) => reader.optionalText(buyer[name], `buyer.${name}`, TEXT);
  return {
    name: reader.text(buyer['name'], 'buyer.name', TEXT),
    company: text('company'),
    address: addressOf(buyer['address'], 'buyer.address', reader),
    ...(delivery !== undefined && { delivery: addressOf(delivery, 'buyer.delivery', reader) }),
    vatId: text('vatId'),
    electronicAddress: text('electronicAddress'),
  };
};

const ADDRESS_PARTS = ['street', 'addition', 'postalCode', 'city', 'region', 'country'];

const addressOf = (value: unknown, path: string, reader: DraftReader): Address => {
  const address = reader.object(value, path, ADDRESS_PARTS);
  const text = (name: string) => reader.optionalText(address[name], `${path}.${name}`, TEXT);
  return {
    street: text('street'),
    addition: text('addition'),
    postalCode: text('postalCode'),
    city: text('city'),
    region: text('region'),
    country: reader.text(address['country'], `${path}.country`, COUNTRY),
  };
};

const PAYMENT_TYPES = ['method', 'saved', 'authorised', 'paid', 'transferred', 'none'] as const;

const PAYMENT_PARTS = {
  method: ['paymentMethod'],
  saved: ['customer', 'paymentMethod', 'mandate', 'returnUrl'],
  authorised: ['payment', 'partial'],
  paid: ['payment'],
  transferred: ['reference'],
  none: [],
} as const;

const paymentOf = (value: unknown, reader: DraftReader): PaymentInstruction => {
  const { type: said }: { readonly type?: unknown } = Object(value);
  const type = PAYMENT_TYPES.find((known) => known === said);
  if (type === undefined) {
    reader.object(value, 'payment', Object.keys(Object(value)));
    if (value !== undefined) reader.oneOf(said, 'payment.type', PAYMENT_TYPES);
    return { type: 'none' };
  }
  return instructionOf(
    type,
    reader.object(value, 'payment', ['type', ...PAYMENT_PARTS[type]]),
    reader,
  );
};

const instructionOf = (
  type: PaymentInstruction['type'],
  found: DraftParts,
  reader: DraftReader,
): PaymentInstruction => {
  const token = (name: string) => reader.text(found[name], `payment.${name}`, PAYMENT_METHOD);
  switch (type) {
    case 'method':
      return { type, paymentMethod: token('paymentMethod') };
    case 'saved': {
      const { mandate, returnUrl } = found;
      return {
        type,
        customer: token('customer'),
        paymentMethod: token('paymentMethod'),
        ...(mandate !== undefined && { mandate: token('mandate') }),
        ...(returnUrl !== undefined && {
          returnUrl: reader.text(returnUrl, 'payment.returnUrl', RETURN_URL),
        }),
      };
    }
    case 'authorised': {
      const { partial } = found;
      if (partial !== undefined && partial !== true) {
        reader.report('payment.partial', 'is not true; without it the whole is captured');
      }
      return { type, payment: token('payment'), ...(partial === true && { partial }) };
    }
    case 'paid':
      return { type, payment: token('payment') };
    case 'transferred':
      return { type, reference: reader.text(found['reference'], 'payment.reference', REFERENCE) };
    case 'none':
      return { type };
  }
};

/**
 * The maximum size of an order as it is stored, and of its lines on the invoice. Either fits, with
 * all that stands beside it, into an item of DynamoDB (400 KB), and the invoice with a credit note
 * of every line into its row.
 */
export const ORDER_BYTES_MAX = 262_144;

/** A fingerprint has the length of SHA-256 in base64url. */
const FINGERPRINT = 'f'.repeat(43);

/** The reason why the order cannot be kept; undefined where it can. */
const tooLarge = (content: Content, priced: TaxedOrder): string | undefined => {
  const placed = placedAt(content, priced, FINGERPRINT);
  const bytes = Math.max(
    utf8Bytes(JSON.stringify(placedCodec.encode?.(placed))),
    utf8Bytes(Invoice.linesText(priced.lines)),
  );
  return bytes > ORDER_BYTES_MAX
    ? `takes ${bytes} bytes, and at most ${ORDER_BYTES_MAX} can be kept: fewer lines, ` +
        'or shorter texts'
    : undefined;
};
