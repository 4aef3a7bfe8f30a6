import { expect } from 'chai';
import { createSystemIds } from '../../../src/adapters/system/ids.ts';
import { decodePaymentMessage } from '../../../src/application/messages/index.ts';
import { toDomain } from '../../../src/application/orders/toDomain.ts';

const V1 = {
  type: 'PlaceOrder',
  v: 1,
  orderId: 'o-1',
  customer: { id: 'c-1', email: 'ada@example.com' },
  currency: 'EUR',
  lines: [
    { sku: 'B-1', description: 'Büch', quantity: 2, unitPriceMinor: 1_999, taxRateBps: 700 },
    { sku: 'P-7', description: 'Pen', quantity: 1, unitPriceMinor: 350, taxRateBps: 1_900 },
  ],
  paymentMethod: 'pm_card_visa',
};

const V2 = {
  type: 'PlaceOrder',
  v: 2,
  orderId: 'o-2',
  customer: { id: 'c-1', email: 'ada@example.com', language: 'de' },
  currency: 'EUR',
  priceMode: 'gross',
  lines: [
    {
      sku: 'TEA',
      description: 'Tea',
      quantity: '0.5',
      unit: 'KGM',
      unitPrice: '9.99',
      allowances: [{ reason: 'Sale', percent: '10' }],
      taxes: [{ name: 'VAT', rate: '7' }],
    },
  ],
  charges: [{ description: 'Shipping', amountMinor: 490, taxes: [{ name: 'VAT', rate: '19' }] }],
  prepaid: [{ type: 'gift-card', reference: 'card 17', amountMinor: 100 }],
  cashRounding: { stepMinor: 5 },
  expectedTotalMinor: 940,
  payment: { type: 'saved', customer: 'cus_1', paymentMethod: 'pm_1' },
};

const FINGERPRINT_V1 = 'fHQJLgnvuli2KG9bIdrp2nGKHZgByQ40yW2DbscS7h8';
const FINGERPRINT_V2 = 'Pm61Nj5Ih6eNhB_f0HvpKFd2niOJyhFAMvzYL3EsRzs';

const fingerprintOf = (message: object): unknown => {
  const command = decodePaymentMessage(JSON.stringify(message))._unsafeUnwrap();
  return command.type === 'PlaceOrder' && toDomain(command, createSystemIds());
};

/*
 * They are in the logs of deployments: an order that is sent again after an upgrade is the same
 * order, or it is refused as another one under its id.
 */
describe('the fingerprint of an order', () => {
  for (const [name, message, fingerprint] of [
    ['version 1, as the first revision that had orders took it', V1, FINGERPRINT_V1],
    ['version 2', V2, FINGERPRINT_V2],
  ] as const) {
    it(`is what it was: ${name}`, () => {
      expect(fingerprintOf(message)).to.include({ type: 'PlaceOrder', fingerprint });
    });

    it(`does not see how its parts are ordered: ${name}`, () => {
      const turned = Object.fromEntries(Object.entries(message).toReversed());
      expect(fingerprintOf(turned)).to.include({ fingerprint });
    });
  }

  it('sees what is said, and not whether what is usual is said too', () => {
    expect(fingerprintOf({ ...V2, orderReference: '4711' })).not.to.include({
      fingerprint: FINGERPRINT_V2,
    });
    expect(fingerprintOf({ ...V2, rounding: 'line', allowances: [] })).to.include({
      fingerprint: FINGERPRINT_V2,
    });
  });
});
