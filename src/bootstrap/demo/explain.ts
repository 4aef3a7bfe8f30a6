import { formatAmount } from '../../domain/money/index.ts';
import { handled } from './promises.ts';
import type { OrderFacts } from './readBack.ts';

/** One line for what befell an order, out of what the stores hold; undefined where nothing did. */
export const explain = (order: OrderFacts): string | undefined => {
  const { state, act } = order;
  const { payment, invoice } = state;
  if (payment.status !== 'captured' || invoice.status !== 'issued') return undefined;
  const { document } = invoice;
  const charged = formatAmount(document.totalMinor, document.currency);
  const tries = handled(order).length;
  switch (act.fate) {
    case 'answer lost':
      return `the gateway took ${charged} and its answer was lost: unknown, not failed; the same key and bytes again gave the same payment ${payment.reference}, so ${document.label} in ${tries} tries`;
    case 'cancelled': {
      const notes = document.creditNotes.map(
        ({ label, totalMinor }) => `${formatAmount(totalMinor, document.currency)} by ${label}`,
      );
      return `cancelled while the gateway took ${charged}: the money was there, so ${document.label} was issued, and ${notes.join(' and ')} refunded at once`;
    }
    case 'refunded': {
      const [note] = document.creditNotes;
      if (note === undefined) return undefined;
      const [net, tax, total] = [note.netMinor, note.taxMinor, note.totalMinor].map((minor) =>
        formatAmount(minor, document.currency),
      );
      return `one piece came back: ${total} of ${charged} refunded, and ${note.label} says which line, ${net} net and ${tax} tax`;
    }
    case 'plain':
    case 'delivered three times':
    case 'worker killed':
      return undefined;
  }
};
