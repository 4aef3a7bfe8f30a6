import type { Totals, PricedLine } from '../money/index.ts';
import type { Event } from './events.ts';

/** The invoice as people and programs read it. */
export type Document = Totals & {
  readonly orderId: string;
  readonly issuedAt: number;
  readonly customerId: string;
  readonly currency: string;
  readonly lines: readonly PricedLine[];
  readonly paymentReference: string;
};

/** `version` is that of the last event which changed the invoice. */
export type State =
  | { readonly status: 'none' }
  | { readonly status: 'issued'; readonly document: Document; readonly version: number };

export const initialState: State = { status: 'none' };

export const evolve = (
  _state: State,
  event: Event,
  { orderId, version }: { readonly orderId: string; readonly version: number },
): State => {
  switch (event.type) {
    case 'InvoiceIssued':
      return { status: 'issued', version, document: { orderId, ...event.data } };
  }
};

/** One text for one document, whoever writes it and whenever: the keys stand in this order. */
export const toText = (document: Document): string =>
  JSON.stringify({
    orderId: document.orderId,
    issuedAt: document.issuedAt,
    customerId: document.customerId,
    currency: document.currency,
    lines: document.lines.map((line) => ({
      sku: line.sku,
      description: line.description,
      quantity: line.quantity,
      unitPriceMinor: line.unitPriceMinor,
      taxRateBps: line.taxRateBps,
      netMinor: line.netMinor,
      taxMinor: line.taxMinor,
    })),
    netMinor: document.netMinor,
    taxMinor: document.taxMinor,
    totalMinor: document.totalMinor,
    paymentReference: document.paymentReference,
  });
