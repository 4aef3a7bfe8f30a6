import type { LedgerDispute } from '../../../application/ports/gatewayLedger.ts';
import type { ListedDispute } from '../../../application/ports/paymentGateway.ts';
import type { RecordedPayment } from './records.ts';

/** The parts of a dispute that a cardholder's bank may determine. */
export type DisputeChanges = Partial<Omit<ListedDispute, 'dispute' | 'currency'>>;

/** `at`: milliseconds since the epoch, by the gateway's clock. */
type RecordedDispute = ListedDispute & { readonly payment: string; readonly at: number };

const DAY_MS = 86_400_000;

/** Stripe gives about as long: https://docs.stripe.com/disputes/how-disputes-work */
const EVIDENCE_WITHIN_MS = 9 * DAY_MS;

/** The disputes of all payments, as their banks have left them. */
export class MemoryDisputes {
  readonly #disputes = new Map<string, RecordedDispute>();

  /** A chargeback withdraws the money at once, and an inquiry nothing. */
  open(
    { reference, amountMinor: captured, currency }: RecordedPayment,
    changes: DisputeChanges,
    at: number,
  ): ListedDispute {
    const { stage = 'chargeback', amountMinor = captured } = changes;
    const opened: ListedDispute = {
      dispute: `du_memory_${this.#disputes.size + 1}`,
      stage,
      status: 'open',
      reason: 'fraudulent',
      amountMinor,
      currency,
      dueBy: at + EVIDENCE_WITHIN_MS,
      withdrawnMinor: stage === 'inquiry' ? 0 : amountMinor,
      reinstatedMinor: 0,
      ...changes,
    };
    this.#disputes.set(opened.dispute, { ...opened, payment: reference, at });
    return opened;
  }

  change(id: string, changes: DisputeChanges): RecordedDispute {
    const changed = { ...this.get(id), ...changes };
    this.#disputes.set(id, changed);
    return changed;
  }

  get(id: string): RecordedDispute {
    const known = this.#disputes.get(id);
    if (known === undefined) throw new RangeError(`no dispute ${id}`);
    return known;
  }

  of(reference: string): readonly ListedDispute[] {
    return [...this.#disputes.values()]
      .filter(({ payment }) => payment === reference)
      .map(({ payment: _payment, at: _at, ...dispute }) => dispute);
  }

  entries(): readonly LedgerDispute[] {
    return [...this.#disputes.values()].map(
      ({
        payment: paymentReference,
        dispute: reference,
        reason: _why,
        dueBy: _due,
        ...listed
      }) => ({
        kind: 'dispute',
        reference,
        paymentReference,
        ...listed,
      }),
    );
  }

  /** While one is open, or once it is lost, nothing of the payment can be refunded. */
  keepsFromRefunding(reference: string): boolean {
    return this.of(reference).some(
      ({ status, stage }) => status === 'lost' || (status === 'open' && stage !== 'inquiry'),
    );
  }

  size(): number {
    return this.#disputes.size;
  }
}
