/** What the reports name: they compare only with those of the same. */
export const ORDER_SHAPE = 'orders of version 1';

/** The message of the `index`-th order, as a shop sends it. */
export const orderMessage = (
  index: number,
  { lines, customers }: { readonly lines: number; readonly customers: number },
): string =>
  JSON.stringify({
    type: 'PlaceOrder',
    v: 1,
    orderId: orderIdOf(index),
    customer: customerOf(index % customers),
    currency: 'EUR',
    lines: Array.from({ length: lines }, (_, at) => ({
      sku: `BOOK-${at + 1}`,
      description: `Book number ${at + 1}`,
      quantity: at + 1,
      unitPriceMinor: 1_999,
      taxRateBps: 1_900,
    })),
    paymentMethod: 'pm_card_visa',
  });

/** The notice that a shop sends together with the order. */
export const receivedMessage = (index: number, customers: number): string =>
  JSON.stringify({
    type: 'OrderReceived',
    v: 1,
    orderId: orderIdOf(index),
    customer: customerOf(index % customers),
  });

export const orderIdOf = (index: number): string => `01J9ZBENCH${String(index).padStart(16, '0')}`;

export const correlationIdOf = (index: number): string =>
  `01J9ZCHAIN${String(index).padStart(16, '0')}`;

const customerOf = (index: number) => ({
  id: `customer-${index}`,
  email: `customer-${index}@example.com`,
});
