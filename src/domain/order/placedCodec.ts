import { ok } from 'neverthrow';
import type { DataCodec, Json, JsonObject, StoredData } from '../codec.ts';
import {
  list,
  object,
  oneOf,
  optional,
  row,
  string,
  toOptional,
  unread,
  whole,
  type Decoder,
} from '../decode.ts';
import * as Invoice from '../invoice/index.ts';
import {
  PRICE_MODES,
  ROUNDINGS,
  type Adjustment,
  type GivenAmounts,
  type OrderCharge,
  type OrderLine,
  type Tax,
} from '../money/index.ts';
import type { Content, PaymentInstruction } from './content.ts';
import { contentOfV1 } from './contentV1.ts';
import type { EventData } from './events.ts';
import { priceOf } from './pricing.ts';

type Placed = EventData['OrderPlaced'];

const customer = row({ id: string, email: string, language: string });

/** `['', '10', 'a reason']` is ten per cent, and `[150, '', …]` an amount. */
const storedAdjustment = row({ amountMinor: unread, percent: string, reason: string });
const adjustment: Decoder<Adjustment> = (value, path) =>
  storedAdjustment(value, path).andThen(({ amountMinor, percent, reason }) =>
    amountMinor === ''
      ? ok({ reason, percent })
      : whole(amountMinor, path).map((amount) => ({ reason, amountMinor: amount })),
  );
const adjustmentRow = (of: Adjustment): Json =>
  'percent' in of ? ['', of.percent, of.reason] : [of.amountMinor, '', of.reason];

const given: Decoder<GivenAmounts> = row({ netMinor: whole, taxMinor: whole, grossMinor: whole });

const storedLines = list(
  row({
    sku: string,
    description: string,
    quantity: string,
    unit: string,
    unitPrice: string,
    allowances: list(adjustment),
    charges: list(adjustment),
    taxes: list(unread),
    given: optional(given),
    expectedTotalMinor: optional(whole),
  }),
);

const linesOf = (all: readonly Tax[], value: unknown, path: string) =>
  storedLines(value, path)
    .andThen((lines) => Invoice.withTaxes(all, lines, path))
    .map((lines) =>
      lines.map(({ given: amounts, expectedTotalMinor, ...line }): OrderLine => ({
        ...line,
        ...(amounts && { given: amounts }),
        ...(expectedTotalMinor !== undefined && { expectedTotalMinor }),
      })),
    );

const lineRow = (line: OrderLine, { placeOf }: Invoice.TaxTable): Json => [
  line.sku,
  line.description,
  line.quantity,
  line.unit,
  line.unitPrice,
  line.allowances.map(adjustmentRow),
  line.charges.map(adjustmentRow),
  line.taxes.map(placeOf),
  toOptional(line.given, ({ netMinor, taxMinor, grossMinor }) => [netMinor, taxMinor, grossMinor]),
  toOptional(line.expectedTotalMinor, (expected) => expected),
];

const storedCharges = list(row({ description: string, amountMinor: whole, taxes: list(unread) }));

const chargesOf = (all: readonly Tax[], value: unknown, path: string) =>
  storedCharges(value, path).andThen((charges) => Invoice.withTaxes(all, charges, path));

const chargeRow = (
  { description, amountMinor, taxes }: OrderCharge,
  { placeOf }: Invoice.TaxTable,
): Json => [description, amountMinor, taxes.map(placeOf)];

const SAVED = { customer: string, paymentMethod: string, mandate: optional(string) } as const;
const saved = object({ type: oneOf('saved'), ...SAVED });
/**
 * A saved method with an address to return to is a type of its own: no shape has an optional part.
 */
const returning = object({ type: oneOf('returning'), ...SAVED, returnUrl: string });
const authorised = object({
  type: oneOf('authorised'),
  payment: string,
  partial: optional(oneOf('partial')),
});

const INSTRUCTIONS = {
  method: object({ type: oneOf('method'), paymentMethod: string }),
  saved: (value, path) =>
    saved(value, path).map(({ mandate, ...data }) => ({
      ...data,
      ...(mandate !== undefined && { mandate }),
    })),
  returning: (value, path) =>
    returning(value, path).map(({ mandate, ...data }) => ({
      ...data,
      type: 'saved',
      ...(mandate !== undefined && { mandate }),
    })),
  authorised: (value, path) =>
    authorised(value, path).map(({ partial, ...data }) => ({
      ...data,
      ...(partial !== undefined && { partial: true as const }),
    })),
  paid: object({ type: oneOf('paid'), payment: string }),
  transferred: object({ type: oneOf('transferred'), reference: string }),
  none: object({ type: oneOf('none') }),
} as const satisfies Readonly<
  Record<PaymentInstruction['type'] | 'returning', Decoder<PaymentInstruction>>
>;

const INSTRUCTION_TYPES = Object.keys(INSTRUCTIONS) as (keyof typeof INSTRUCTIONS)[];
const instructionType = oneOf(...INSTRUCTION_TYPES);

const payment: Decoder<PaymentInstruction> = (value, path) =>
  instructionType(Reflect.get(Object(value), 'type'), `${path}.type`).andThen((type) =>
    INSTRUCTIONS[type](value, path),
  );

const toStoredPayment = (instruction: PaymentInstruction): Json => {
  switch (instruction.type) {
    case 'saved': {
      const type = instruction.returnUrl === undefined ? 'saved' : 'returning';
      const mandate = toOptional(instruction.mandate, (named) => named);
      return { ...instruction, type, mandate };
    }
    case 'authorised':
      return { ...instruction, partial: toOptional(instruction.partial, () => 'partial') };
    case 'method':
    case 'paid':
    case 'transferred':
    case 'none':
      return instruction;
  }
};

const stored = object({
  orderId: string,
  customer,
  currency: string,
  priceMode: oneOf(...PRICE_MODES),
  rounding: oneOf(...ROUNDINGS),
  taxes: Invoice.taxes,
  lines: unread,
  allowances: list(adjustment),
  charges: unread,
  prepaid: Invoice.prepaid,
  cashStep: optional(whole),
  expectedTotalMinor: optional(whole),
  buyer: optional(Invoice.buyer),
  terms: Invoice.invoiceTerms,
  payment,
  totals: Invoice.totals,
  fingerprint: string,
});

const decode: Decoder<Placed> = (value, path) =>
  stored(value, path).andThen(
    ({ taxes, lines, charges, cashStep, expectedTotalMinor, buyer, terms, totals, ...data }) =>
      linesOf(taxes, lines, `${path}.lines`).andThen((items) =>
        chargesOf(taxes, charges, `${path}.charges`).map((ofOrder) => ({
          ...data,
          lines: items,
          charges: ofOrder,
          ...(cashStep !== undefined && { cashRounding: { stepMinor: cashStep } }),
          ...(expectedTotalMinor !== undefined && { expectedTotalMinor }),
          ...(buyer && { buyer }),
          ...terms,
          ...totals,
        })),
      ),
  );

const encode = (data: Placed): JsonObject => {
  const table = Invoice.taxTableOf([...data.lines, ...data.charges]);
  const { id, email, language } = data.customer;
  return {
    orderId: data.orderId,
    customer: [id, email, language],
    currency: data.currency,
    priceMode: data.priceMode,
    rounding: data.rounding,
    taxes: table.rows,
    lines: data.lines.map((line) => lineRow(line, table)),
    allowances: data.allowances.map(adjustmentRow),
    charges: data.charges.map((charge) => chargeRow(charge, table)),
    prepaid: Invoice.prepaidRows(data.prepaid),
    cashStep: toOptional(data.cashRounding, ({ stepMinor }) => stepMinor),
    expectedTotalMinor: toOptional(data.expectedTotalMinor, (expected) => expected),
    buyer: toOptional(data.buyer, Invoice.toStoredBuyer),
    terms: Invoice.invoiceTermsRow(data),
    payment: toStoredPayment(data.payment),
    totals: Invoice.totalsRow(data),
    fingerprint: data.fingerprint,
  };
};

/** An order takes many parts: they are rows, as a kilobyte is a write unit (ADR 0001). */
export const placedCodec: DataCodec<Placed> = { v: 2, decode, encode };

const placedV1 = object({
  orderId: string,
  customer: row({ id: string, email: string }),
  currency: string,
  lines: list(row(Invoice.LINE_V1_PARTS)),
  paymentMethod: string,
  totalMinor: whole,
  fingerprint: string,
});

/**
 * Turns an order of version 1 into the terms of version 2. Its total stands as it was stored; net
 * and tax, which it did not store, are the sums of its lines.
 */
export const upcastPlaced = (data: unknown): readonly StoredData[] => {
  const { totalMinor, fingerprint, ...order } = Invoice.mustRead(placedV1(data, 'OrderPlaced'));
  const content: Content = contentOfV1(order);
  const { netMinor = 0, taxMinor = 0 } = priceOf(content).unwrapOr(undefined) ?? {};
  const totals = Invoice.totalsOfV1({ netMinor, taxMinor, totalMinor });
  return [{ type: 'OrderPlaced', v: 2, data: encode({ ...content, ...totals, fingerprint }) }];
};
