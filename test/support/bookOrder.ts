/** A book, twice, at 19.99 and 19 % tax, as `PlaceOrder` of version 2 has them: EUR 47.58. */
export const BOOK_LINES = [
  {
    sku: 'BOOK-1',
    description: 'A book',
    quantity: 2,
    unitPrice: '19.99',
    taxes: [{ name: 'VAT', rate: '19' }],
  },
] as const;
