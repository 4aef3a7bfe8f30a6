import fc from 'fast-check';
import { CURRENCY_CODES } from '../../../src/domain/money/index.ts';
import { STEERING } from '../../../src/domain/plainText.ts';
import type { ContentV1 } from '../../../src/domain/order/index.ts';

const STEERS = new RegExp(`[${STEERING}]`, 'u');

/** Text as people write it, without the control characters that an order refuses. */
const anyText = (maxLength: number): fc.Arbitrary<string> =>
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: Math.floor(maxLength / 4) })
    .filter((text) => text.length <= maxLength && !STEERS.test(text) && !/\d{6}/.test(text));

const anyOrderId = (): fc.Arbitrary<string> => fc.stringMatching(/^[A-Z][A-Za-z_-]{3,20}$/);

const anyLine = (): fc.Arbitrary<ContentV1['lines'][number]> =>
  fc.record({
    sku: anyText(64),
    description: anyText(200),
    quantity: fc.integer({ min: 1, max: 1_000 }),
    unitPriceMinor: fc.integer({ min: 1, max: 10_000_000 }),
    taxRateBps: fc.integer({ min: 0, max: 10_000 }),
  });

type Choices = {
  readonly paymentMethod?: fc.Arbitrary<string>;
  /** Not every currency can be charged by every gateway. */
  readonly currency?: fc.Arbitrary<string>;
};

export const anyOrder = ({
  paymentMethod = fc.constant('pm_card_visa'),
  currency = fc.constantFrom(...CURRENCY_CODES),
}: Choices = {}): fc.Arbitrary<ContentV1> =>
  fc.record({
    orderId: anyOrderId(),
    customer: fc.record({
      id: fc.stringMatching(/^[a-z]{1,10}$/),
      email: fc.stringMatching(/^[a-z]{1,10}@example\.com$/),
    }),
    currency,
    lines: fc.array(anyLine(), { minLength: 1, maxLength: 5 }),
    paymentMethod,
  });
