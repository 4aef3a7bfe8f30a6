import type { Decoders } from '../codec.ts';
import { list, object, string, whole } from '../decode.ts';
import type { Event } from './events.ts';

export const decoders: Decoders<Event> = {
  InvoiceIssued: object({
    issuedAt: whole,
    customerId: string,
    currency: string,
    lines: list(
      object({
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
};
