import type { Content } from './content.ts';
import { contentOfV1, type ContentV1 } from './contentV1.ts';

/**
 * An order in a message of either version. Its fingerprint is made from this form, so that a copy
 * of a message is known as the same order whatever release reads it.
 */
export type SentOrder = ContentV1 | Content;

export const isOfV1 = (order: SentOrder): order is ContentV1 => 'paymentMethod' in order;

export const contentOf = (order: SentOrder): Content =>
  isOfV1(order) ? contentOfV1(order) : order;
