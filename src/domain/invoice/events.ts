import type { PricedLine } from '../money/index.ts';

/** The facts about one order's invoice, in the order's own stream. */
export type Event =
  /** The one invoice of this order. It shows its own arithmetic, so that nobody has to reckon it again. */
  {
    readonly type: 'InvoiceIssued';
    readonly data: {
      /** Milliseconds since the epoch. */
      readonly issuedAt: number;
      readonly customerId: string;
      readonly currency: string;
      readonly lines: readonly PricedLine[];
      readonly netMinor: number;
      readonly taxMinor: number;
      readonly totalMinor: number;
      readonly paymentReference: string;
    };
  };
