import { utf8Bytes } from '../utf8.ts';
import { creditLinesText } from './creditLinesText.ts';
import type { Credit } from './creditable.ts';
import type { InvoiceDocument } from './document.ts';
import { toText } from './text.ts';

/** The maximum size of an invoice with all its credit notes: a row has 400 KB, with its key. */
const DOCUMENT_BYTES_MAX = 409_000;

/** The maximum size of a credit note beside its lines: ids, its printed number, and totals. */
const NOTE_FRAME_BYTES_MAX = 512;

const noteBytes = ({ lines }: Pick<Credit, 'lines'>): number =>
  creditLinesText(lines).length + NOTE_FRAME_BYTES_MAX;

/**
 * Whether a further credit note fits onto the invoice, beside those that were asked for, and still
 * leaves room for one with everything that is left.
 */
export const hasRoomFor = (
  credit: Credit,
  {
    document,
    asked,
    left,
  }: {
    readonly document: InvoiceDocument;
    /** Refunds that have no credit note yet, or will never have one. */
    readonly asked: readonly Credit[];
    readonly left: Credit;
  },
): boolean =>
  [credit, left, ...asked].reduce(
    (bytes, note) => bytes + noteBytes(note),
    utf8Bytes(toText(document)),
  ) <= DOCUMENT_BYTES_MAX;
