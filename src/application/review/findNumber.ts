import type { ResultAsync } from 'neverthrow';
import type { Numbered } from '../../domain/series/index.ts';
import type { Clerk, ClerkError } from '../numbering/clerk.ts';
import type { Review } from './reviews.ts';

/** A number that was taken for the document: evidence that the money was seen to move (R8). */
export type Entry = Numbered & { readonly reference: string };

/** The number that the document of a review has already. By its type it takes none. */
export const createFindNumber =
  ({ clerk }: { readonly clerk: Pick<Clerk, 'find'> }) =>
  ({ wanted: { series, id, from } }: Review): ResultAsync<Entry | undefined, ClerkError> =>
    clerk.find(series, { id, from });

export type FindNumber = ReturnType<typeof createFindNumber>;
