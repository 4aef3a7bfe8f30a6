import type { DisputeOpening, EndStatus } from './outcomes.ts';
import { disputeOf, paymentEndOf, refundCourseOf } from './paymentMethods.ts';

/** What time alone brings, decided when the request is executed and written with its result. */
export type LaterChange = {
  /** How long after the request. */
  readonly afterMs: number;
} & ({ readonly status: EndStatus } | { readonly dispute: DisputeOpening });

type MadeObject = { readonly object: string; readonly status?: string };

/** By the test method that the payment was made with. */
export const laterOf = (
  made: MadeObject | undefined,
  method: string | null,
  afterMs: number,
): readonly LaterChange[] => {
  if (made === undefined) return [];
  const dispute = disputeOf(method);
  if (made.object === 'payment_intent' && made.status === 'succeeded') {
    return dispute === undefined ? [] : [{ afterMs, dispute }];
  }
  const end =
    made.object === 'payment_intent' && made.status === 'processing'
      ? paymentEndOf(method)
      : made.object === 'refund' && made.status !== 'failed'
        ? refundCourseOf(method).end
        : undefined;
  return end === undefined ? [] : [{ afterMs, status: end }];
};
