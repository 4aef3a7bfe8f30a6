import { err, ok, Result } from 'neverthrow';
import { list, object, string, unread, whole, type DecodeError, type Decoder } from '../decode.ts';
import type { CreditLine } from './creditable.ts';
import { creditLines } from './creditLinesText.ts';
import type { CreditNote, InvoiceDocument } from './document.ts';
import { NUMBER_PARTS } from './issued.ts';
import { namedLines } from './state.ts';
import {
  creditLineOfV1,
  dateInUtc,
  invoiceOfV1,
  LINE_V1_PARTS,
  taxOfBps,
  totalsOfV1,
} from './version1.ts';

/*
 * Reads the rows of releases before orders of version 2. There were two shapes: in the older one
 * the lines of credit notes were objects that repeated the names of the invoice's lines.
 */

const TOTALS = { netMinor: whole, taxMinor: whole, totalMinor: whole } as const;
const AMOUNTS = { netMinor: whole, taxMinor: whole } as const;

const formerDocument = object({
  orderId: string,
  ...NUMBER_PARTS,
  customerId: string,
  currency: string,
  lines: list(object({ ...LINE_V1_PARTS, ...AMOUNTS })),
  ...TOTALS,
  paymentReference: string,
  creditNotes: list(
    object({
      refundId: string,
      ...NUMBER_PARTS,
      lines: unread,
      ...TOTALS,
      refundReference: string,
    }),
  ),
});

const namedLine = object({
  line: whole,
  sku: string,
  description: string,
  quantity: whole,
  taxRateBps: whole,
  ...AMOUNTS,
});

/** Reads the lines of a credit note in either shape, unless they contradict the invoice. */
const readLines =
  (invoiced: InvoiceDocument['lines']): Decoder<readonly CreditLine[]> =>
  (value, path) => {
    if (typeof value === 'string') return creditLines(value, path);
    return list(namedLine)(value, path).andThen((lines) =>
      lines.every((line) => {
        const named = invoiced[line.line - 1];
        const rate = named?.taxes[0]?.rate;
        return (
          named?.sku === line.sku &&
          named.description === line.description &&
          rate === taxOfBps(line.taxRateBps).rate
        );
      })
        ? ok(lines.map(creditLineOfV1))
        : err({ path, why: 'are none of the invoice' }),
    );
  };

/** Reads a row of a former release, or says why it is none. */
export const readFormerDocument = (value: unknown): Result<InvoiceDocument, string> =>
  formerDocument(value, 'document')
    .andThen(({ orderId, customerId, currency, paymentReference, creditNotes, ...invoice }) => {
      const issued = invoiceOfV1(invoice, currency);
      const about = { orderId, customerId, currency, paymentReference };
      return Result.combine(
        creditNotes.map(({ lines, netMinor, taxMinor, totalMinor, ...note }) =>
          readLines(issued.lines)(lines, 'creditNotes').andThen(
            (credited): Result<CreditNote, DecodeError> => {
              const named = namedLines(credited, issued.lines);
              if (named.length < credited.length) {
                const why = `the lines of ${note.label} are none of the invoice`;
                return err({ path: 'creditNotes:', why });
              }
              const totals = totalsOfV1({ netMinor, taxMinor, totalMinor });
              return ok({ ...note, issuedOn: dateInUtc(note.issuedAt), lines: named, ...totals });
            },
          ),
        ),
      ).map((notes) => ({ ...issued, ...about, creditNotes: notes }));
    })
    .mapErr(({ path, why }) => `${path} ${why}`);
