import fc from 'fast-check';
import type { Content } from '../../../src/domain/order/index.ts';
import { anyPriceTerms } from './priceTerms.ts';

const anyText = (): fc.Arbitrary<string> => fc.constantFrom('', 'a', 'Ünter den Linden 1', '語');

const anyAddress = () =>
  fc.record({
    street: anyText(),
    addition: anyText(),
    postalCode: fc.constantFrom('', '10117'),
    city: anyText(),
    region: anyText(),
    country: fc.constantFrom('DE', 'CA'),
  });

const anyBuyer = (): fc.Arbitrary<NonNullable<Content['buyer']>> =>
  fc.record(
    {
      name: fc.constantFrom('Ada', 'Björk'),
      company: anyText(),
      address: anyAddress(),
      delivery: anyAddress(),
      vatId: fc.constantFrom('', 'DE123456789'),
      electronicAddress: fc.constantFrom('', '0088:4012345000009'),
    },
    { requiredKeys: ['name', 'company', 'address', 'vatId', 'electronicAddress'] },
  );

const anyInstruction = (): fc.Arbitrary<Content['payment']> =>
  fc.oneof(
    fc.constant({ type: 'method', paymentMethod: 'pm_1' } as const),
    fc.constant({ type: 'saved', customer: 'cus_1', paymentMethod: 'pm_1' } as const),
    fc.constant({
      type: 'saved',
      customer: 'cus_1',
      paymentMethod: 'pm_1',
      mandate: 'mandate_1',
    } as const),
    fc.constant({ type: 'authorised', payment: 'pi_1' } as const),
    fc.constant({ type: 'authorised', payment: 'pi_1', partial: true } as const),
    fc.constant({ type: 'paid', payment: 'pi_1' } as const),
    fc.constant({ type: 'transferred', reference: 'RF18' } as const),
    fc.constant({ type: 'none' } as const),
  );

/** Any order of version 2 that can be priced, whoever would pay it how. */
export const anyOrderV2 = (
  payment: fc.Arbitrary<Content['payment']> = anyInstruction(),
): fc.Arbitrary<Content> =>
  fc
    .record({
      terms: anyPriceTerms(),
      about: fc.record({
        orderId: fc.stringMatching(/^[A-Z][A-Za-z_-]{3,20}$/),
        customer: fc.record({
          id: fc.stringMatching(/^[a-z]{1,10}$/),
          email: fc.constant('ada@example.com'),
          language: fc.constantFrom('', 'de', 'fr-CA'),
        }),
        orderReference: anyText(),
        buyerReference: anyText(),
        supplyDate: fc.constantFrom('', '2026-11-29'),
        paymentTerms: anyText(),
        payment,
      }),
      buyer: fc.option(anyBuyer(), { nil: undefined }),
    })
    .map(({ terms, about, buyer }) => ({ ...terms, ...about, ...(buyer && { buyer }) }));
