import type { Prediction } from '../../../application/deadLetters/prediction.ts';
import { sumsOf, sumsText } from '../common/sums.ts';

/** What a redrive would charge and refund, by currency, as far as it is known. */
export type RedriveAmounts = {
  readonly charges: ReturnType<typeof sumsOf>;
  readonly refunds: ReturnType<typeof sumsOf>;
};

type Predicted = { readonly prospect: Prediction; readonly orderId?: string };

export const amountsOf = (rows: readonly Predicted[]): RedriveAmounts => {
  // Several dead letters of one order would send one request.
  const once = new Map(
    rows.flatMap(({ prospect, orderId = '' }) =>
      prospect.type === 'Drives' && prospect.next.type === 'Send'
        ? [[`${orderId} ${prospect.next.subject}`, prospect.next] as const]
        : [],
    ),
  );
  const sumsFor = (isPayment: boolean) =>
    sumsOf(
      [...once.values()]
        .filter(({ subject }) => subject.startsWith('payment#') === isPayment)
        .map(({ money }) => money),
    );
  return { charges: sumsFor(true), refunds: sumsFor(false) };
};

/** `charge EUR 47.58 and refund EUR 3.79`; empty where neither. */
export const amountsText = ({ charges, refunds }: RedriveAmounts): string =>
  [
    ...(charges.length === 0 ? [] : [`charge ${sumsText(charges)}`]),
    ...(refunds.length === 0 ? [] : [`refund ${sumsText(refunds)}`]),
  ].join(' and ');
