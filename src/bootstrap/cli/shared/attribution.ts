import { BY_CHARACTERS_MAX, textMistakes } from '../../../application/personText.ts';
import { EVIDENCE_CHARACTERS_MAX } from '../../../application/review/decision.ts';
import { misused, type CliFailure } from './failure.ts';

/** Who decides something about the whole deployment, and why, for the record. */
export type Attribution = { readonly by: string; readonly reason: string };

export const LIMITS = {
  by: `1 to ${BY_CHARACTERS_MAX} characters`,
  reason: `1 to ${EVIDENCE_CHARACTERS_MAX} characters`,
} as const;

/** Undefined where it can be recorded. */
export const attributionFailure = ({ by, reason }: Attribution): CliFailure | undefined => {
  const mistakes = [
    ...textMistakes('by', by, BY_CHARACTERS_MAX),
    ...textMistakes('reason', reason, EVIDENCE_CHARACTERS_MAX),
  ];
  return mistakes.length === 0 ? undefined : misused('this cannot be recorded', mistakes);
};
