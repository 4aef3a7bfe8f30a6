import { createAdopt } from '../../application/review/adoptMovements.ts';
import { createAskGateway } from '../../application/review/askGateway.ts';
import { createListReviews } from '../../application/review/listReviews.ts';
import { createResolveReturn } from '../../application/review/resolveReturn.ts';
import { createResolveReview } from '../../application/review/resolveReview.ts';
import { createFindNumber } from '../../application/review/reviews.ts';
import { from, type Module } from '../tokens.ts';

/** The reviews that wait for a person, and the person's decisions. */
export const reviews = {
  listReviews: from(['store', 'clock'], createListReviews),
  findNumber: from(['numberFinder', 'clock'], ({ numberFinder: allocator, clock }) =>
    createFindNumber({ allocator, clock }),
  ),
  // The gateway can be asked by it, and cannot be made to charge.
  askGateway: from(['gateway', 'clock'], createAskGateway),
  resolveReview: from(
    ['store', 'orders', 'claims', 'askGateway', 'findNumber', 'sendCommand', 'clock', 'ids'],
    createResolveReview,
  ),
  resolveReturn: from(
    ['store', 'orders', 'askGateway', 'findNumber', 'sendCommand', 'clock', 'ids'],
    createResolveReturn,
  ),
  // A person has an order compared with the gateway. It holds no gateway: a worker compares.
  adopt: from(
    ['orders', 'numberFinder', 'rules', 'sendCommand', 'clock', 'ids'],
    ({ numberFinder: allocator, ...services }) => createAdopt({ ...services, allocator }),
  ),
} satisfies Module;
