/*
 * The message PlaceOrder of version 2, as far as a shop's order fills it. Nothing is imported from
 * the program: what these examples write is JSON, and docs/messages.md says what it means.
 */

export type Tax = {
  readonly name: string;
  /** A percentage: `8.875`. */
  readonly rate: string;
  readonly category?: 'zero' | 'exempt' | 'reverse-charge' | 'export' | 'out-of-scope';
  readonly reason?: string;
};

export type Allowance = { readonly reason: string; readonly amountMinor: number };

export type Line = {
  readonly sku: string;
  readonly description: string;
  /** A decimal; whole numbers may be numbers. */
  readonly quantity: string | number;
  readonly unit?: string;
  readonly unitPrice: string;
  readonly allowances?: readonly Allowance[];
  readonly taxes: readonly Tax[];
  /** What the shop has calculated itself: it is compared, and refused if it does not agree. */
  readonly given?: {
    readonly netMinor: number;
    readonly taxMinor: number;
    readonly grossMinor: number;
  };
};

export type Charge = {
  readonly description: string;
  readonly amountMinor: number;
  readonly taxes: readonly Tax[];
};

export type Address = {
  readonly street: string;
  readonly addition?: string;
  readonly postalCode: string;
  readonly city: string;
  readonly region?: string;
  readonly country: string;
};

export type Buyer = {
  readonly name: string;
  readonly company?: string;
  readonly address: Address;
  readonly delivery?: Address;
  readonly vatId?: string;
};

export type Payment =
  | { readonly type: 'method'; readonly paymentMethod: string }
  | { readonly type: 'saved'; readonly customer: string; readonly paymentMethod: string }
  | { readonly type: 'authorised' | 'paid'; readonly payment: string }
  | { readonly type: 'transferred'; readonly reference: string }
  | { readonly type: 'none' };

export type Prepaid = {
  readonly type: 'gift-card' | 'voucher' | 'deposit';
  /** Never the code itself, which could still be spent. */
  readonly reference: string;
  readonly amountMinor: number;
};

export type PlaceOrder = {
  readonly type: 'PlaceOrder';
  readonly v: 2;
  readonly orderId: string;
  readonly customer: { readonly id: string; readonly email: string; readonly language?: string };
  readonly currency: string;
  readonly priceMode: 'net' | 'gross';
  readonly rounding: 'line' | 'order';
  readonly lines: readonly Line[];
  readonly charges?: readonly Charge[];
  readonly prepaid?: readonly Prepaid[];
  readonly cashRounding?: { readonly stepMinor: number };
  /** What the shop has shown: with another total nothing is charged. */
  readonly expectedTotalMinor: number;
  readonly buyer?: Buyer;
  readonly orderReference?: string;
  readonly payment: Payment;
};

/** A part of the message, or none where the shop says nothing of it. */
export const unlessEmpty = <Part extends string, Value extends string | readonly unknown[]>(
  part: Part,
  value: Value,
): { readonly [Key in Part]?: Value } =>
  value.length === 0 ? {} : ({ [part]: value } as { readonly [Key in Part]: Value });
