import type { createAdopt } from '../application/review/adoptMovements.ts';
import type { AskGateway } from '../application/review/askGateway.ts';
import type { FindNumber } from '../application/review/reviews.ts';
import type { createListReviews } from '../application/review/listReviews.ts';
import type { createResolveReturn } from '../application/review/resolveReturn.ts';
import type { createResolveReview } from '../application/review/resolveReview.ts';

/** What a person decides by. */
export type ReviewServices = {
  readonly listReviews: ReturnType<typeof createListReviews>;
  readonly findNumber: FindNumber;
  readonly askGateway: AskGateway;
  readonly adopt: ReturnType<typeof createAdopt>;
  readonly resolveReview: ReturnType<typeof createResolveReview>;
  readonly resolveReturn: ReturnType<typeof createResolveReturn>;
};
