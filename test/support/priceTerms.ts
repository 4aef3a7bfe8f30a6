import type { OrderLine, PriceTerms, Tax } from '../../src/domain/money/index.ts';

/** A standard tax of a rate in per cent. */
export const tax = (rate: string, name = 'VAT'): Tax => ({
  name,
  category: 'standard',
  rate,
  reason: '',
});

/** A line of one piece, but for what a test says. */
export const item = (unitPrice: string, rest: Partial<OrderLine> = {}): OrderLine => ({
  sku: 'A',
  description: 'A thing',
  quantity: '1',
  unit: '',
  unitPrice,
  allowances: [],
  charges: [],
  taxes: [tax('19')],
  ...rest,
});

/** Net prices in euro, rounded on each line, but for what a test says. */
export const terms = (
  lines: readonly OrderLine[],
  rest: Partial<Omit<PriceTerms, 'lines'>> = {},
): PriceTerms => ({
  currency: 'EUR',
  priceMode: 'net',
  rounding: 'line',
  lines,
  allowances: [],
  charges: [],
  prepaid: [],
  ...rest,
});
