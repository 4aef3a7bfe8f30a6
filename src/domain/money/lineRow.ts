import { string, whole } from '../decode.ts';
import type { PriceLine } from './pricing.ts';

/** The parts of a line in the order in which a stored row has them; what is added comes behind. */
export const LINE_PARTS = {
  sku: string,
  description: string,
  quantity: whole,
  unitPriceMinor: whole,
  taxRateBps: whole,
} as const;

export const lineRow = (line: PriceLine): readonly (string | number)[] => [
  line.sku,
  line.description,
  line.quantity,
  line.unitPriceMinor,
  line.taxRateBps,
];
