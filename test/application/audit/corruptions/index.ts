import type { Corruption } from './corruption.ts';
import { FORGED_EVENTS } from './forgedEvents.ts';
import { FORGED_HISTORIES } from './forgedHistories.ts';
import { OF_THE_LOG } from './ofTheLog.ts';
import { OF_NOTICES, OF_ROWS, OF_SERIES, OF_WHAT_WAITS } from './ofWhatIsDerived.ts';

/** Every kind of corruption, by what it is of, with the ids of the promises that it breaks. */
export const CORRUPTIONS: Readonly<Record<string, readonly Corruption[]>> = {
  'the log (S6, S7, X13, F16)': OF_THE_LOG,
  'an order’s events (S8, F18)': FORGED_EVENTS,
  'an order’s history (S2, S4, F18)': FORGED_HISTORIES,
  'a series (S5, F33)': OF_SERIES,
  'the read model (S9, F22)': OF_ROWS,
  'what customers were told (S15)': OF_NOTICES,
  'what waits (L1, L4)': OF_WHAT_WAITS,
};
