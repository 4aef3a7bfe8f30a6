/** Who sells and who buys, as an invoice names them. Every text may be empty, but for names. */

/** The pattern of an ISO 3166-1 alpha-2 code. It does not know which codes are assigned. */
export const COUNTRY_CODE = /^[A-Z]{2}$/u;

export type Address = {
  readonly street: string;
  /** A second line: building, floor, department. */
  readonly addition: string;
  readonly postalCode: string;
  readonly city: string;
  /** Province or state. */
  readonly region: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
};

/** The seller comes from the configuration and is frozen into each invoice. */
export type Seller = {
  readonly name: string;
  readonly address: Address;
  readonly vatId: string;
  /** It is set where there is no VAT id, or where the law wants both. */
  readonly taxNumber: string;
  /** Register and number, such as `HRB 12345, Amtsgericht Köln`. */
  readonly registration: string;
  readonly email: string;
  readonly phone: string;
  readonly bankName: string;
  readonly iban: string;
  readonly bic: string;
  /** Peppol's participant, `scheme:value`, such as `0088:4012345000009`. */
  readonly electronicAddress: string;
  /** One line at the foot of each page. */
  readonly footer: string;
};

export type Buyer = {
  readonly name: string;
  readonly company: string;
  readonly address: Address;
  /** The address to which the goods went; absent where that is the buyer's. */
  readonly delivery?: Address;
  readonly vatId: string;
  readonly electronicAddress: string;
};

/** The order's terms for its invoice, other than its prices. */
export type InvoiceTerms = {
  /** The buyer's order number (BT-13). */
  readonly orderReference: string;
  /** The buyer's own reference (BT-10). Peppol wants this or the order number. */
  readonly buyerReference: string;
  /** The date of supply, `2026-11-29`; empty where it is the invoice's own date. */
  readonly supplyDate: string;
  /** The payment terms in words (BT-20). */
  readonly paymentTerms: string;
};
