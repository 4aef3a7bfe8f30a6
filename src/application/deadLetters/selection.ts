import type { DeadLetter } from './deadLetter.ts';

/** Which dead letters are meant. A missing criterion excludes nothing. */
export type Selection = {
  readonly ids?: ReadonlySet<string>;
  readonly orderId?: string;
  /** The class of the reason, or words that are part of it. */
  readonly reason?: string;
  /** `payments@0.1.0`, or only the version. */
  readonly codeVersion?: string;
  readonly olderThanMs?: number;
  readonly newerThanMs?: number;
};

export const isSelected = (deadLetter: DeadLetter, selection: Selection, now: number): boolean => {
  const { ids, orderId, reason, codeVersion, olderThanMs, newerThanMs } = selection;
  const ageMs = now - deadLetter.sentAt;
  return (
    (ids === undefined || ids.has(deadLetter.messageId)) &&
    (orderId === undefined || deadLetter.orderId === orderId) &&
    (reason === undefined || isReason(deadLetter, reason)) &&
    (codeVersion === undefined || isVersion(deadLetter, codeVersion)) &&
    (olderThanMs === undefined || ageMs > olderThanMs) &&
    (newerThanMs === undefined || ageMs < newerThanMs)
  );
};

const isReason = ({ errorType, reason }: DeadLetter, wanted: string): boolean =>
  errorType.toLowerCase() === wanted.toLowerCase() ||
  reason.toLowerCase().includes(wanted.toLowerCase());

const isVersion = ({ codeVersion = '' }: DeadLetter, wanted: string): boolean =>
  codeVersion === wanted || codeVersion.slice(codeVersion.lastIndexOf('@') + 1) === wanted;

/** Whether nothing more can be found after these: each id names one dead letter. */
export const isAllFound = ({ ids }: Selection, found: number): boolean =>
  ids !== undefined && found >= ids.size;
