const customerOf = (orderId: string) => ({
  id: `c-${orderId}`,
  email: `c-${orderId}@example.com`,
});

/** An order as `submit -` takes it. */
export const orderNamed = (orderId: string, paymentMethod = 'pm_card_visa'): string =>
  JSON.stringify({
    orderId,
    paymentMethod,
    customer: customerOf(orderId),
    currency: 'EUR',
    lines: [{ sku: 'B', description: 'Book', quantity: 2, unitPriceMinor: 1999, taxRateBps: 1900 }],
  });

/** One with a buyer, who stands on the invoice and stays readable as long as that is kept. */
export const orderWithBuyer = (orderId: string): string =>
  JSON.stringify({
    orderId,
    customer: { ...customerOf(orderId), language: 'en' },
    currency: 'EUR',
    priceMode: 'net',
    rounding: 'line',
    lines: [
      {
        sku: 'B',
        description: 'Book',
        quantity: '1',
        unit: '',
        unitPrice: '10.00',
        taxes: [{ name: 'VAT', category: 'standard', rate: '19', reason: '' }],
        allowances: [],
        charges: [],
      },
    ],
    allowances: [],
    charges: [],
    prepaid: [],
    orderReference: '',
    buyerReference: '',
    supplyDate: '',
    paymentTerms: '',
    payment: { type: 'method', paymentMethod: 'pm_card_visa' },
    buyer: {
      name: 'Ada Lovelace',
      company: '',
      address: {
        street: '12 St James’s Square',
        addition: '',
        postalCode: 'SW1Y 4JH',
        city: 'London',
        region: '',
        country: 'GB',
      },
      vatId: '',
      electronicAddress: '',
    },
  });
