import { ok, safeTry, type Result, type ResultAsync } from 'neverthrow';
import type * as Invoice from '../../domain/invoice/index.ts';
import type { EventStore, LoadError } from '../ports/eventStore.ts';
import type { CorruptRow, InvoiceRow, InvoiceView, ViewError } from '../ports/invoiceView.ts';
import { createDocumentsSince, type SeriesDocument } from './documents.ts';

/**
 * The documents in one currency, in minor units. Money and its document are one commit: an invoice
 * is what was charged, and a credit note what was refunded.
 */
export type CurrencyTotals = {
  readonly currency: string;
  readonly invoices: number;
  readonly chargedMinor: number;
  readonly creditNotes: number;
  readonly refundedMinor: number;
};

export type TotalsSince = {
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly currencies: readonly CurrencyTotals[];
  /** Numbers whose document the read model does not have (yet). */
  readonly withoutRow: number;
  /** Whether there are more documents than were read. */
  readonly isCut: boolean;
};

export type TotalsSources = {
  readonly store: Pick<EventStore, 'head' | 'load'>;
  readonly invoices: Pick<InvoiceView, 'getMany'>;
  readonly documentOf: (row: InvoiceRow) => Result<Invoice.InvoiceDocument, CorruptRow>;
};

export type TotalsError = LoadError | Exclude<ViewError, CorruptRow>;

type Sum = { -readonly [K in keyof CurrencyTotals]: CurrencyTotals[K] };

/** The number of rows in one request. */
const ROWS_AT_ONCE = 100;
/**
 * The maximum number of documents that are asked for again at the next call, as their row was
 * missing.
 */
const MISSING_MAX = 10_000;

/** The totals since a time. A further call reads what is new since the one before, and no more. */
export const createTotalsSince = (
  { store, invoices, documentOf }: TotalsSources,
  since: number,
): (() => ResultAsync<TotalsSince, TotalsError>) => {
  const documentsSince = createDocumentsSince(store, since);
  const sums = new Map<string, Sum>();
  let missing: readonly SeriesDocument[] = [];

  const add = (document: SeriesDocument, found: Invoice.InvoiceDocument): boolean => {
    const { refundId } = document;
    const note = found.creditNotes.find((each) => each.refundId === refundId);
    if (refundId !== undefined && note === undefined) return false;
    const { currency } = found;
    const sum = sums.get(currency) ?? { currency, ...NOTHING };
    sums.set(currency, sum);
    if (note === undefined) {
      sum.invoices += 1;
      sum.chargedMinor += found.payableMinor;
    } else {
      sum.creditNotes += 1;
      sum.refundedMinor += note.payableMinor;
    }
    return true;
  };

  return () =>
    safeTry(async function* () {
      const { documents, isCut } = yield* documentsSince();
      const wanted = [...missing, ...documents];
      const left: SeriesDocument[] = [];
      for (let from = 0; from < wanted.length; from += ROWS_AT_ONCE) {
        const some = wanted.slice(from, from + ROWS_AT_ONCE);
        const rows = yield* invoices.getMany([...new Set(some.map(({ orderId }) => orderId))]);
        for (const document of some) {
          const row = rows.get(document.orderId)?.unwrapOr(undefined);
          const found = row && documentOf(row).unwrapOr(undefined);
          if (found === undefined || !add(document, found)) left.push(document);
        }
      }
      missing = left.slice(0, MISSING_MAX);
      const currencies = [...sums.values()].toSorted((one, other) =>
        one.currency.localeCompare(other.currency),
      );
      return ok<TotalsSince>({ since, currencies, withoutRow: left.length, isCut });
    });
};

const NOTHING = { invoices: 0, chargedMinor: 0, creditNotes: 0, refundedMinor: 0 };
