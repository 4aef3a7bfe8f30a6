import { redactText } from '../../../adapters/telemetry/redact.ts';
import type { ActionError } from '../../../application/deadLetters/act.ts';
import {
  isStillNeeded,
  type Next,
  type Prediction,
  type RefusalStatus,
} from '../../../application/deadLetters/prediction.ts';
import type { DeadLetter } from '../../../application/deadLetters/deadLetter.ts';
import type { ListedDeadLetter } from '../../../application/deadLetters/list.ts';
import { failureOf } from '../common/failure.ts';
import { adoptCommand, moneyText, timeOf } from '../common/text.ts';

/** A dead letter for machines. Its reason may quote a customer, and is redacted. */
export const deadLetterValue = (
  { deadLetter, prospect: prediction }: ListedDeadLetter,
  now: number,
) => ({
  ...deadLetter,
  reason: redactText(deadLetter.reason),
  ageMs: now - deadLetter.sentAt,
  prospect: prediction,
  would: predictionText(deadLetter, prediction, now),
  isNeeded: isStillNeeded(prediction),
});

export const discardText = ({
  isNeeded: needed,
  prospect: prediction,
}: Pick<ReturnType<typeof deadLetterValue>, 'isNeeded' | 'prospect'>): string => {
  const isRefusal = 'refusal' in prediction && prediction.refusal !== undefined;
  if (needed) {
    return (
      'refused without --force: ' +
      (isRefusal ? 'it is recorded nowhere else' : 'its order still needs it')
    );
  }
  return isRefusal ? 'loses nothing: that it was refused is recorded' : 'loses nothing';
};

const UNREADABLE: readonly string[] = ['MalformedMessage', 'InvalidOrder'];

/** The prediction: what would happen if it were sent again now. */
const predictionText = (deadLetter: DeadLetter, prediction: Prediction, now: number): string => {
  const isReadableNow =
    UNREADABLE.includes(deadLetter.errorType) &&
    prediction.type !== 'Malformed' &&
    prediction.type !== 'NotKept' &&
    prediction.type !== 'Damaged';
  const text = textOf(deadLetter, prediction, now);
  return isReadableNow ? `readable in this version: ${text}` : text;
};

const textOf = ({ orderId = '' }: DeadLetter, prediction: Prediction, now: number): string => {
  switch (prediction.type) {
    case 'Damaged':
      return 'damaged on its way here: look again';
    case 'Malformed':
      return `malformed still: ${prediction.reasons.join('; ')}${refusalText(prediction)}`;
    case 'NotKept':
      return `cannot be sent again: ${prediction.why}`;
    case 'Unreadable':
      return `nothing can be decided, its stream cannot be read: ${prediction.why}`;
    case 'Refused':
      return `refused: ${prediction.why}${refusalText(prediction)}`;
    case 'Waits':
      return `would come again until it is known: ${prediction.why}`;
    case 'Asks':
      return `would ask the gateway about ${prediction.payment}, and record what is new`;
    case 'Ignored':
      return `nothing to do: ${prediction.eventType} says nothing of a payment`;
    case 'Mails':
      return `would mail the ${prediction.notice} notice`;
    case 'Told':
      return prediction.isSent
        ? `nothing to do: the ${prediction.notice} mail was sent`
        : `nothing to do: the ${prediction.notice} mail was claimed before, and is not repeated`;
    case 'Drives':
      return driveText(prediction, { orderId, now });
  }
};

const refusalText = ({ refusal }: { readonly refusal?: RefusalStatus }): string => {
  if (refusal === undefined) return '';
  return refusal === 'recorded'
    ? '; that it was refused is recorded in its order'
    : '; it is recorded nowhere else';
};

type PredictionSubject = { readonly orderId: string; readonly now: number };

const driveText = (
  { records, next, standing, wasRefused }: Extract<Prediction, { readonly type: 'Drives' }>,
  about: PredictionSubject,
): string => {
  if (records.includes('OrderPlaced') && next.type === 'Send') {
    const noticeText =
      wasRefused === true ? ', although its customer was notified that it was refused' : '';
    return `would place the order and charge ${moneyText(next.money)}${noticeText}`;
  }
  const then = nextText(next, about);
  // A part in review holds up no other.
  const text =
    next.type === 'Review' && standing === 'open' ? `would go on with what is open; ${then}` : then;
  if (records.length === 0) return text;
  const recorded = `would record ${records.join(', ')}`;
  return next.type === 'Settled' ? recorded : `${recorded}; then ${text}`;
};

const nextText = (next: Next, { orderId, now }: PredictionSubject): string => {
  switch (next.type) {
    case 'Send':
      return `would send ${next.subject}: ${moneyText(next.money)}, under its own key`;
    case 'LookUp':
      return now >= next.closesAt
        ? `would look up ${next.subject} (past its close: what is not found then was never made)`
        : `would look up ${next.subject} (too old to be sent; absence proves nothing ` +
            `before ${timeOf(next.closesAt)})`;
    case 'Compare':
      return (
        'would list the refunds of its payment at the gateway: one of ours failed, or a ' +
        'person asked'
      );
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
      return (
        'would come back here: ' +
        next.reason +
        (isOfRefunds(next.reason)
          ? `; refunds made at the gateway are recorded by ${adoptCommand(orderId)}`
          : '')
      );
    case 'Settled':
      return next.untold.length === 0
        ? 'nothing to do: settled and notified'
        : `settled; would notify the customer: ${next.untold.join(', ')}`;
  }
};

/** Whether a comparison of the order with the gateway may solve it. */
const isOfRefunds = (reason: string): boolean =>
  reason === 'cancel-refund-exhausted' || reason.startsWith('contradiction: refund#');

/** The reason why a dead letter was left in place. */
export const actionErrorText = (
  deadLetter: DeadLetter,
  error: ActionError,
  now: number,
): string => {
  switch (error.type) {
    case 'Damaged':
      return 'it was damaged on its way here; run it again';
    case 'Lost':
      return 'another process may have received it by now; run it again';
    case 'Needed':
      return 'refusal' in error.prospect
        ? `${predictionText(deadLetter, error.prospect, now)}; --force discards it anyway`
        : `its order still needs it (${predictionText(deadLetter, error.prospect, now)}); ` +
            '--force discards it anyway';
    case 'NotKept':
      return `it cannot be sent again, and was not: ${error.why}`;
    case 'SendFailed':
      return `it is recorded, and its queue did not take it: ${error.code}; run it again`;
    case 'NotDeleted':
      return (
        `it is done, and the dead letter could not be deleted: ${error.code}; running it ` +
        'again does no harm'
      );
    case 'ConflictsExhausted':
      return 'its order is being written by others; run it again';
    case 'Uncertain':
    case 'CommitTooLarge':
    case 'CorruptStream':
    case 'Unavailable':
    case 'Misconfigured':
    case 'Aborted':
    case 'TooLarge':
      return failureOf(error).message;
  }
};
