import type { Priced } from '../money/index.ts';
import type { Event } from './events.ts';
import type { State } from './state.ts';

/** Issues the invoice of an order that has been paid; an order that has one keeps it. */
export const issue = (
  state: State,
  command: Priced & {
    readonly customerId: string;
    readonly currency: string;
    readonly paymentReference: string;
    readonly at: number;
  },
): readonly Event[] =>
  state.status === 'issued'
    ? []
    : [
        {
          type: 'InvoiceIssued',
          data: {
            issuedAt: command.at,
            customerId: command.customerId,
            currency: command.currency,
            lines: command.lines,
            netMinor: command.netMinor,
            taxMinor: command.taxMinor,
            totalMinor: command.totalMinor,
            paymentReference: command.paymentReference,
          },
        },
      ];
