import type { DataCodecs } from '../codec.ts';
import { list, object, row, string, whole } from '../decode.ts';
import { LINE_PARTS, lineRow } from '../money/index.ts';
import type { Event } from './events.ts';

export const codecs: DataCodecs<Event> = {
  InvoiceIssued: {
    decode: object({
      issuedAt: whole,
      customerId: string,
      currency: string,
      lines: list(row({ ...LINE_PARTS, netMinor: whole, taxMinor: whole })),
      netMinor: whole,
      taxMinor: whole,
      totalMinor: whole,
      paymentReference: string,
    }),
    encode: ({ lines, ...data }) => ({
      ...data,
      lines: lines.map((line) => [...lineRow(line), line.netMinor, line.taxMinor]),
    }),
  },
};
