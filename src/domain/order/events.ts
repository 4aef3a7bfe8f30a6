import type { Content } from './content.ts';

/** The facts about one order's payment. Names and fields are stored for ever: add, never rename. */
export type Event =
  /** The customer's order was accepted. Prices are before tax; `totalMinor` is what will be charged. */
  | {
      readonly type: 'OrderPlaced';
      readonly data: Content & {
        readonly totalMinor: number;
        /** SHA-256 over the order's canonical JSON, in base64url: tells a repeated order from another under the same id. */
        readonly fingerprint: string;
      };
    }
  /** The intent to charge, durable before anything is sent. Key and body are what every try sends, byte by byte. */
  | {
      readonly type: 'PaymentRequested';
      readonly data: {
        readonly attempt: number;
        readonly paymentKey: string;
        readonly body: string;
        readonly amountMinor: number;
        readonly currency: string;
        /** Milliseconds since the epoch; the age of the key counts from here. */
        readonly at: number;
      };
    }
  /** The gateway holds the customer's money. Always in one commit with InvoiceIssued. */
  | {
      readonly type: 'PaymentCaptured';
      readonly data: {
        readonly attempt: number;
        readonly reference: string;
        readonly amountMinor: number;
        readonly currency: string;
      };
    }
  /** The gateway refused the charge for good. */
  | {
      readonly type: 'PaymentDeclined';
      readonly data: { readonly attempt: number; readonly code: string };
    }
  /** The gateway's answer does not fit what was asked, and a person must look: another amount or currency. */
  | {
      readonly type: 'PaymentReviewRequired';
      readonly data: {
        readonly attempt: number;
        readonly reason: 'amount';
        readonly reference: string;
        readonly amountMinor: number;
        readonly currency: string;
      };
    };
