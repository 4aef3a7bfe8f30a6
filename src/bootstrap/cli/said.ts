import { BY_CHARACTERS_MAX, textMistakes } from '../../application/personText.ts';
import { EVIDENCE_CHARACTERS_MAX } from '../../application/review/decision.ts';
import { misused, type CliFailure } from './shared/failure.ts';

/** What a person says for the record, of something that is of no single order. */
export type Said = { readonly by: string; readonly reason: string };

export const SAID = {
  by: `1 to ${BY_CHARACTERS_MAX} characters`,
  reason: `1 to ${EVIDENCE_CHARACTERS_MAX} characters`,
} as const;

/** Undefined where it can be recorded. */
export const unfitToRecord = ({ by, reason }: Said): CliFailure | undefined => {
  const mistakes = [
    ...textMistakes('by', by, BY_CHARACTERS_MAX),
    ...textMistakes('reason', reason, EVIDENCE_CHARACTERS_MAX),
  ];
  return mistakes.length === 0 ? undefined : misused('this cannot be recorded', mistakes);
};
