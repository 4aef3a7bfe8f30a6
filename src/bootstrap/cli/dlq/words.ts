import { redactText } from '../../../adapters/telemetry/redact.ts';
import type { ActError } from '../../../application/letters/actOnLetters.ts';
import {
  isNeeded,
  type Next,
  type Prospect,
  type RefusalStanding,
} from '../../../application/letters/prospect.ts';
import type { Letter } from '../../../application/letters/letter.ts';
import type { SeenLetter } from '../../../application/letters/listLetters.ts';
import { failureOf } from '../failure.ts';
import { moneyText } from '../order/events.ts';
import { timeOf } from '../output.ts';
import { clerkFailure } from '../review/failures.ts';
import { adoptCommand } from '../review/words.ts';

/** For machines; what the letter says of itself may quote a customer. */
export const letterValue = ({ letter, prospect }: SeenLetter, now: number) => ({
  ...letter,
  reason: redactText(letter.reason),
  ageMs: now - letter.sentAt,
  prospect,
  would: prospectText(letter, prospect, now),
  isNeeded: isNeeded(prospect),
});

export const discardText = ({
  isNeeded: needed,
  prospect,
}: Pick<ReturnType<typeof letterValue>, 'isNeeded' | 'prospect'>): string => {
  const isRefusal = 'refusal' in prospect && prospect.refusal !== undefined;
  if (needed) {
    return `refused without --force: ${isRefusal ? 'nothing of it stands anywhere but here' : 'its order still needs it'}`;
  }
  return isRefusal ? 'loses nothing: that it was refused is recorded' : 'loses nothing';
};

const UNREADABLE: readonly string[] = ['MalformedMessage', 'InvalidOrder'];

/** What would become of the letter if it were sent again now. */
const prospectText = (letter: Letter, prospect: Prospect, now: number): string => {
  const isReadableNow =
    UNREADABLE.includes(letter.errorType) &&
    prospect.type !== 'Malformed' &&
    prospect.type !== 'NotKept' &&
    prospect.type !== 'Damaged';
  const text = textOf(letter, prospect, now);
  return isReadableNow ? `readable in this version: ${text}` : text;
};

const textOf = ({ orderId = '' }: Letter, prospect: Prospect, now: number): string => {
  switch (prospect.type) {
    case 'Damaged':
      return 'damaged on its way here: look again';
    case 'Malformed':
      return `malformed still: ${prospect.reasons.join('; ')}${refusalText(prospect)}`;
    case 'NotKept':
      return `cannot be sent again: ${prospect.why}`;
    case 'Unreadable':
      return `nothing can be decided, its stream cannot be read: ${prospect.why}`;
    case 'Refused':
      return `refused: ${prospect.why}${refusalText(prospect)}`;
    case 'Waits':
      return `would come again until it is known: ${prospect.why}`;
    case 'Mails':
      return `would mail the ${prospect.notice} notice`;
    case 'Told':
      return prospect.isSent
        ? `nothing to do: the ${prospect.notice} mail was sent`
        : `nothing to do: the ${prospect.notice} mail was claimed before, and is not repeated`;
    case 'Drives':
      return driveText(prospect, { orderId, now });
  }
};

const refusalText = ({ refusal }: { readonly refusal?: RefusalStanding }): string => {
  if (refusal === undefined) return '';
  return refusal === 'recorded'
    ? '; that it was refused is recorded in its order'
    : '; nothing of it stands anywhere but here';
};

type About = { readonly orderId: string; readonly now: number };

const driveText = (
  { records, next, standing, wasRefused }: Extract<Prospect, { readonly type: 'Drives' }>,
  about: About,
): string => {
  if (records.includes('OrderPlaced') && next.type === 'Send') {
    const told = wasRefused === true ? ', of which its customer was told that it was refused' : '';
    return `would place the order and charge ${moneyText(next.money)}${told}`;
  }
  const then = nextText(next, about);
  // A part in review holds up no other.
  const text =
    next.type === 'Review' && standing === 'open' ? `would go on with what is open; ${then}` : then;
  if (records.length === 0) return text;
  const recorded = `would record ${records.join(', ')}`;
  return next.type === 'Settled' ? recorded : `${recorded}; then ${text}`;
};

const nextText = (next: Next, { orderId, now }: About): string => {
  switch (next.type) {
    case 'Send':
      return `would send ${next.subject}: ${moneyText(next.money)}, under its own key`;
    case 'LookUp':
      return now >= next.closesAt
        ? `would look up ${next.subject} (past its close: what is not found then was never made)`
        : `would look up ${next.subject} (too old to be sent; absence proves nothing before ${timeOf(next.closesAt)})`;
    case 'Compare':
      return 'would list the refunds of its payment at the gateway: one of ours failed, or a person asked';
    case 'Review': {
      const refund = /^refund#(.*)$/.exec(next.subject)?.[1];
      const which = refund === undefined ? '' : ` --refund '${refund}'`;
      return `still in review: decide with \`paidonce review resolve ${orderId}${which}\``;
    }
    case 'Document':
      return `would record ${next.subject} as it was decided, with its document`;
    case 'Append':
      return `would record ${next.events.join(', ')}`;
    case 'DeadLetter':
      return `would come back here: ${next.reason}${isOfRefunds(next.reason) ? `; what the gateway gave back is recorded by ${adoptCommand(orderId)}` : ''}`;
    case 'Settled':
      return next.untold.length === 0
        ? 'nothing to do: settled and told'
        : `settled; would tell the customer: ${next.untold.join(', ')}`;
  }
};

/** What a comparison of the order with the gateway may end. */
const isOfRefunds = (reason: string): boolean =>
  reason === 'cancel-refund-exhausted' || reason.startsWith('contradiction: refund#');

/** Why one letter stays where it lies. */
export const actErrorText = (letter: Letter, error: ActError, now: number): string => {
  switch (error.type) {
    case 'Damaged':
      return 'it was damaged on its way here; run it again';
    case 'Lost':
      return 'somebody else may hold it by now; run it again';
    case 'Needed':
      return 'refusal' in error.prospect
        ? `${prospectText(letter, error.prospect, now)}; --force discards it all the same`
        : `its order still needs it (${prospectText(letter, error.prospect, now)}); --force discards it all the same`;
    case 'NotKept':
      return `it cannot be sent again, and was not: ${error.why}`;
    case 'SendFailed':
      return `it is recorded, and its queue did not take it: ${error.code}; run it again`;
    case 'NotDeleted':
      return `it is done, and the letter could not be deleted: ${error.code}; once more does no harm`;
    case 'ConflictsExhausted':
      return 'its order is being written by others; run it again';
    case 'Uncertain':
    case 'CommitTooLarge':
      return clerkFailure(error).message;
    case 'CorruptStream':
    case 'Unavailable':
    case 'Misconfigured':
    case 'Aborted':
    case 'TooLarge':
      return failureOf(error).message;
  }
};
