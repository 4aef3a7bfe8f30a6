import type { CreditLine } from './creditable.ts';
import type { CreditNoteLine, InvoiceDocument } from './document.ts';
import type { Event } from './events.ts';

/** The invoice of an order. `version` is that of the last event which changed it. */
export type State =
  | { readonly status: 'none' }
  | { readonly status: 'issued'; readonly document: InvoiceDocument; readonly version: number };

export const initialState: State = { status: 'none' };

/** The facts about a document that the order's other events have, and the version of the event. */
export type InvoiceContext = {
  readonly orderId: string;
  readonly customerId: string;
  readonly currency: string;
  readonly reference: string;
  readonly version: number;
};

export const evolve = (state: State, event: Event, context: InvoiceContext): State => {
  const { version, reference, orderId, customerId, currency } = context;
  switch (event.type) {
    case 'InvoiceIssued': {
      const document = {
        ...event.data,
        orderId,
        customerId,
        currency,
        paymentReference: reference,
        creditNotes: [],
      };
      return { status: 'issued', version, document };
    }
    case 'CreditNoteIssued': {
      if (state.status === 'none') return state;
      const { document } = state;
      const lines = namedLines(event.data.lines, document.lines);
      const creditNote = { ...event.data, lines, refundReference: reference };
      const creditNotes = [...document.creditNotes, creditNote];
      return { ...state, version, document: { ...document, creditNotes } };
    }
  }
};

/** Adds to the lines of a credit note their names on the invoice. */
export const namedLines = (
  credited: readonly CreditLine[],
  invoiced: InvoiceDocument['lines'],
): readonly CreditNoteLine[] =>
  credited.flatMap(({ line, quantity, netMinor, taxMinor, taxesMinor }) => {
    const named = invoiced[line - 1];
    if (named === undefined) return [];
    const { kind, sku, description, unit, taxes: borne } = named;
    const taxes = borne.map((tax, index) => ({ ...tax, taxMinor: taxesMinor[index] ?? 0 }));
    return [{ line, quantity, netMinor, taxMinor, taxes, kind, sku, description, unit }];
  });
