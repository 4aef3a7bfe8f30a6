import type * as Invoice from '../invoice/index.ts';
import type { PriceTerms } from '../money/index.ts';

/**
 * The way in which the order is paid, by the shop's word. The gateway is asked about all that it
 * can know.
 */
export type PaymentInstruction =
  /** Charge this means of payment, which belongs to no customer at the gateway. */
  | {
      readonly type: 'method';
      /** The gateway's token for it; never a card number. */
      readonly paymentMethod: string;
    }
  /** Charge a means of payment that the gateway has saved for a customer, off session. */
  | {
      readonly type: 'saved';
      readonly customer: string;
      readonly paymentMethod: string;
      readonly mandate?: string;
      /** The address to which the customer returns after an authentication that the bank wants. */
      readonly returnUrl?: string;
    }
  /** Capture a payment that the customer has authorised at the checkout. */
  | {
      readonly type: 'authorised';
      readonly payment: string;
      /** Whether less than was authorised may be captured. */
      readonly partial?: true;
    }
  /** The gateway has captured it already. */
  | { readonly type: 'paid'; readonly payment: string }
  /** It came by bank transfer, as the shop says. */
  | { readonly type: 'transferred'; readonly reference: string }
  /** Nothing is to be paid. */
  | { readonly type: 'none' };

/** An order of a customer: everything that the payment and the invoice are made from. */
export type Content = PriceTerms &
  Invoice.InvoiceTerms & {
    readonly orderId: string;
    readonly customer: {
      readonly id: string;
      readonly email: string;
      /**
       * The customer's language, as BCP 47 writes it, such as `de`; empty where the shop did not
       * say.
       */
      readonly language: string;
    };
    readonly buyer?: Invoice.Buyer;
    readonly payment: PaymentInstruction;
  };

export const LINES_MAX = 1_000;
