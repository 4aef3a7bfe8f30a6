import { mailboxOf } from '../mailAddress.ts';
import { isMarker } from '../personal/index.ts';
import type { EventData } from './events.ts';

/** Whether both are the same mailbox, however its domain is spelled. */
export const isSameMailbox = (one: string, other: string): boolean =>
  one === other || (mailboxOf(one) ?? one) === (mailboxOf(other) ?? other);

type Correction = Pick<EventData['CustomerEmailCorrected'], 'email' | 'by' | 'reason'>;

/**
 * A person who wants an earlier address again gives another reason. Of an address that cannot be
 * read any more, who asked and why is what is left.
 */
export const isKnownCorrection = (
  { email, by, reason }: Correction,
  corrections: readonly Correction[] = [],
): boolean =>
  corrections.some(
    (known) =>
      (known.email === email || isMarker(known.email)) &&
      known.by === by &&
      known.reason === reason,
  );
