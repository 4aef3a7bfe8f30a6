/** Who sells and who buys, as an invoice names them. Every text may be empty, but for names. */

/** ISO 3166-1 alpha-2, as far as a pattern says it. */
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

/** From the configuration, frozen into each invoice. */
export type Seller = {
  readonly name: string;
  readonly address: Address;
  readonly vatId: string;
  /** Where there is no VAT id, or the law wants both. */
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
  /** Where the goods went; absent where that is the address. */
  readonly delivery?: Address;
  readonly vatId: string;
  readonly electronicAddress: string;
};

/** What the order says for its invoice beside its prices. */
export type InvoiceTerms = {
  /** The buyer's order number (BT-13). */
  readonly orderReference: string;
  /** What the buyer wants to find it by (BT-10); Peppol wants one of the two. */
  readonly buyerReference: string;
  /** `2026-11-29`; empty where it is the invoice's own date. */
  readonly supplyDate: string;
  /** In words (BT-20). */
  readonly paymentTerms: string;
};
