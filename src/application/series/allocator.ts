import type { ResultAsync } from 'neverthrow';
import type { SeriesEntry, PrintedNumber } from '../../domain/series/events.ts';
import type { AppendError, LoadError } from '../ports/eventStore.ts';

export type AllocationError = AppendError | LoadError;

/** Whoever only asks where a series stands loses no race. */
export type OpenError = Exclude<AllocationError, { readonly type: 'Conflict' }>;

/**
 * Gives documents their numbers: 1 … n in each series and year, without gap or repetition, however many
 * clerks work and die at once (ADR 0012), and printed as the series is for ever (ADR 0023).
 */
export interface Allocator {
  /**
   * Reads where a series ends and how it is printed, once for each process, and gives its version; at once
   * after that. To be done before any order is charged: an intent frozen with `tip` 0 makes whoever resumes it
   * search the whole series, and where this gives `Misconfigured`, no order could be given a number.
   */
  warm(series: string): ResultAsync<number, OpenError>;

  /** The last version of the series that this clerk knows to be durable, 0 while it knows none: a safe `from`. */
  tip(series: string): number;

  /**
   * The number of one document, taken now or before; `from` is a version of the series before which it surely
   * has none. Only for money that has been seen to move: a number is for ever.
   */
  take(
    series: string,
    entry: SeriesEntry & { readonly from: number },
  ): ResultAsync<PrintedNumber, AllocationError>;

  /** The number that one document has already, with the reference it was taken for. Takes none. */
  find(
    series: string,
    wanted: { readonly id: string; readonly from: number },
  ): ResultAsync<(PrintedNumber & { readonly reference: string }) | undefined, AllocationError>;
}
