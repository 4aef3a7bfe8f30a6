import { isLaterStage, type DisputeStage, type DisputeVerdict } from './gatewayEvents.ts';
import { isMade, isOpen, madeAgainAs, type Refund, type State } from './state.ts';

/** The content of a gateway's event: ids to ask by, and one word. It is no evidence (R18). */
export type Hint = {
  /** The gateway's id of the event, the same for every repetition. */
  readonly event: string;
  readonly kind: 'payment' | 'refund' | 'dispute';
  /** The payment that the event is about, or to which its refund or dispute belongs. */
  readonly payment: string;
  /** The id of the payment, refund or dispute itself. */
  readonly id: string;
  /** The gateway's word for its status at that time. */
  readonly says: string;
  /** The change to the money of a dispute, where the event is about that. */
  readonly funds?: 'withdrawn' | 'reinstated';
};

/**
 * Whether the log has what the event says, so that nobody needs to be asked. It compares names and
 * words alone; a word that nobody knows is asked about.
 */
export const isKnownHint = (hint: Hint, state: State): boolean => {
  if (hint.kind === 'payment') return isKnownOfPayment(hint, state);
  const { payment } = state;
  if (payment.status !== 'captured' || payment.reference !== hint.payment) return false;
  return hint.kind === 'refund' ? isKnownOfRefund(hint, state) : isKnownOfDispute(hint, state);
};

const isUnderWay: Word = (says) => says === 'pending' || says === 'requires_action';

const isKnownOfPayment = ({ payment: name, says }: Hint, { payment }: State): boolean => {
  switch (payment.status) {
    case 'captured':
      return payment.reference === name;
    case 'none':
    case 'declined':
    case 'failed':
      return says === 'canceled' || says === 'requires_payment_method';
    case 'requested':
    case 'review': {
      const { pending, authentication } = payment;
      const isAwaited = authentication?.link !== undefined && authentication.reference === name;
      return (
        (pending?.reference === name && says === 'processing') ||
        (isAwaited && says === 'requires_action')
      );
    }
  }
};

const isKnownOfRefund = ({ id, says }: Hint, { refunds }: State): boolean =>
  refunds.some((refund) => saysOf(refund, id).some((isSaid) => isSaid(says)));

type Word = (says: string) => boolean;

const isMadeWord: Word = (says) => says === 'succeeded' || isUnderWay(says);
const isFailedWord: Word = (says) => says === 'failed' || says === 'canceled';

/** The words of the log for the refund of that name. */
const saysOf = (refund: Refund, name: string): readonly Word[] => {
  if (madeAgainAs(refund) === name) return [isMadeWord];
  if (isOpen(refund)) return refund.pending?.reference === name ? [isUnderWay] : [];
  if (refund.status === 'rejected' || refund.reference !== name) return [];
  if (refund.status === 'returned') return [isMadeWord, isFailedWord];
  return isMade(refund) ? [isMadeWord] : [isFailedWord, isUnderWay];
};

/** The stage by the gateway's word for a dispute that is open. */
const STAGES: ReadonlyMap<string, DisputeStage> = new Map([
  ['warning_needs_response', 'inquiry'],
  ['warning_under_review', 'inquiry'],
  ['needs_response', 'chargeback'],
  ['under_review', 'chargeback'],
  ['appeal_needs_response', 'appeal'],
  ['appeal_under_review', 'appeal'],
]);

const VERDICTS: ReadonlyMap<string, DisputeVerdict> = new Map([
  ['won', 'won'],
  ['lost', 'lost'],
  ['warning_closed', 'warning closed'],
  ['prevented', 'prevented'],
]);

const isKnownOfDispute = ({ id, says, funds }: Hint, { disputes = [] }: State): boolean => {
  const known = disputes.find(({ dispute }) => dispute === id);
  if (known === undefined) return false;
  const { verdict, stage, withdrawnMinor, reinstatedMinor } = known;
  if (funds === 'withdrawn' && withdrawnMinor === 0) return false;
  if (funds === 'reinstated' && reinstatedMinor === 0) return false;
  const said = STAGES.get(says);
  if (verdict === undefined) return said === stage;
  // The event is an old one: it is about a stage before the dispute's end.
  return said === undefined ? VERDICTS.get(says) === verdict : !isLaterStage(said, stage);
};
