import type { ResultAsync } from 'neverthrow';
import type { AllocatedNumber } from '../../domain/series/index.ts';
import type { Allocator, AllocationError } from '../series/allocator.ts';
import type { ReviewCase } from './reviews.ts';

/**
 * A number that was allocated for the document, which is evidence that the money was seen to move
 * (R8).
 */
export type FoundNumber = AllocatedNumber & { readonly reference: string };

/** The number that the document of a review already has. By its type it allocates none. */
export const createFindNumber =
  ({ allocator }: { readonly allocator: Pick<Allocator, 'lookup'> }) =>
  ({
    wanted: { series, id, from },
  }: ReviewCase): ResultAsync<FoundNumber | undefined, AllocationError> =>
    allocator.lookup(series, { id, from });

export type FindNumber = ReturnType<typeof createFindNumber>;
