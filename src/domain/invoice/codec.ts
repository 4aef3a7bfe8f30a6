import type { DataCodecs } from '../codec.ts';
import { list, object, row, string, whole } from '../decode.ts';
import type { Event } from './events.ts';

export const codecs: DataCodecs<Event> = {
  InvoiceIssued: {
    decode: object({
      issuedAt: whole,
      customerId: string,
      currency: string,
      lines: list(
        row({
          sku: string,
          description: string,
          quantity: whole,
          unitPriceMinor: whole,
          taxRateBps: whole,
          netMinor: whole,
          taxMinor: whole,
        }),
      ),
      netMinor: whole,
      taxMinor: whole,
      totalMinor: whole,
      paymentReference: string,
    }),
    encode: ({ lines, ...data }) => ({
      ...data,
      lines: lines.map((line) => [
        line.sku,
        line.description,
        line.quantity,
        line.unitPriceMinor,
        line.taxRateBps,
        line.netMinor,
        line.taxMinor,
      ]),
    }),
  },
};
