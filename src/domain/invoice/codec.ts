import type { DataCodecs } from '../codec.ts';
import { list, object, row, string, whole } from '../decode.ts';
import { LINE_PARTS, lineRow } from '../money/index.ts';
import { CREDIT_LINE_PARTS, creditLineRow } from './creditable.ts';
import type { Event } from './events.ts';

const NUMBER = {
  series: string,
  year: whole,
  number: whole,
  label: string,
  seriesVersion: whole,
  issuedAt: whole,
} as const;

const TOTALS = { netMinor: whole, taxMinor: whole, totalMinor: whole } as const;

export const codecs: DataCodecs<Event> = {
  InvoiceIssued: {
    decode: object({
      ...NUMBER,
      lines: list(row({ ...LINE_PARTS, netMinor: whole, taxMinor: whole })),
      ...TOTALS,
    }),
    encode: ({ lines, ...data }) => ({
      ...data,
      lines: lines.map((line) => [...lineRow(line), line.netMinor, line.taxMinor]),
    }),
  },
  CreditNoteIssued: {
    decode: object({
      refundId: string,
      ...NUMBER,
      lines: list(row(CREDIT_LINE_PARTS)),
      ...TOTALS,
    }),
    encode: ({ lines, ...data }) => ({ ...data, lines: lines.map(creditLineRow) }),
  },
};
