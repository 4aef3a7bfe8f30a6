import { expect } from 'chai';
import fc from 'fast-check';
import { ok } from 'neverthrow';
import * as Order from '../../../src/domain/order/index.ts';
import { priceLines } from '../../../src/domain/money/index.ts';
import { anyOrder } from '../../support/arbitraries/order.ts';
import { given } from '../../support/given.ts';

describe('the order', () => {
  describe('when it is placed', () => {
    it('is placed and asks for its payment in one commit', () =>
      given().when(place).thenEvents(placed, requested));

    it('does nothing when it is placed again with the same content (Q1)', () =>
      given(placed, requested)
        .when({ ...place, at: 99 })
        .thenNothing());

    it('does nothing when it is placed again after it was settled (Q1)', () => {
      given(placed, requested, captured, issued).when(place).thenNothing();
      given(placed, requested, declined).when(place).thenNothing();
    });

    it('refuses another content under the same id (F14, I16)', () =>
      given(placed, requested)
        .when({ ...place, fingerprint: 'other' })
        .thenRejected({ type: 'PayloadConflict', orderId: 'o-1' }));
  });

  describe('when the gateway has answered', () => {
    it('is captured and invoiced in one commit (S4)', () =>
      given(placed, requested).when(capture).thenEvents(captured, issued));

    it('is declined, without an invoice (S17)', () =>
      given(placed, requested).when(decline).thenEvents(declined));

    it('does nothing when the same answer comes again (Q3)', () => {
      given(placed, requested, captured, issued).when(capture).thenNothing();
      given(placed, requested, declined).when(decline).thenNothing();
    });

    for (const [what, wrong] of [
      ['amount', { amountMinor: 1 }],
      ['currency', { currency: 'USD' }],
    ] as const) {
      it(`asks for a review, not an invoice, on another ${what} than asked (G13)`, () => {
        const evidence = { ...money, ...wrong };
        given(placed, requested)
          .when({ ...capture, evidence })
          .thenEvents({
            type: 'PaymentReviewRequired',
            data: { ...seen(evidence), reason: 'amount' },
          });
      });
    }

    it('stays in review when the wrong amount is seen again', () => {
      const evidence = { ...money, amountMinor: 1 };
      given(placed, requested, reviewed)
        .when({ ...capture, evidence })
        .thenNothing();
    });

    it('accepts right evidence in review (R9)', () =>
      given(placed, requested, reviewed).when(capture).thenEvents(captured, issued));

    it('refuses a second capture under another reference', () =>
      given(placed, requested, captured, issued)
        .when({ ...capture, evidence: { ...money, reference: 'pi_2' } })
        .thenRejected({
          type: 'Contradiction',
          recorded: 'captured',
          why: 'pi_1 was captured',
        }));

    it('refuses a decline of what was captured, and a capture of what was declined', () => {
      given(placed, requested, captured, issued)
        .when(decline)
        .thenRejected({ type: 'Contradiction', recorded: 'captured', why: 'pi_1 was captured' });
      given(placed, requested, declined)
        .when(capture)
        .thenRejected({ type: 'Contradiction', recorded: 'declined', why: 'declined: no_money' });
    });

    it('refuses evidence about another attempt (R3) and about no attempt at all (S11)', () => {
      given(placed, requested)
        .when({ ...capture, attempt: 2 })
        .thenRejected({ type: 'Contradiction', recorded: 'requested', why: 'attempt 1 is open' });
      given()
        .when(capture)
        .thenRejected({ type: 'Contradiction', recorded: 'none', why: 'no payment was requested' });
    });
  });

  describe('what is to be done next', () => {
    const next = (history: readonly Order.StreamEvent[], now: number) =>
      Order.nextStep(Order.fold(history), { now, resendHorizonMs: 1_000 }).type;

    it('is to charge while the key is young, and never after the horizon (G8, R4)', () => {
      expect(next([placed, requested], 7 + 999)).to.equal('Charge');
      expect(next([placed, requested], 7 + 1_000)).to.equal('HorizonPassed');
    });

    it('is nothing but to settle, once there is an outcome (S8)', () => {
      expect(next([placed, requested, captured, issued], 0)).to.equal('Settled');
      expect(next([placed, requested, declined], 0)).to.equal('Settled');
      expect(next([placed, requested, reviewed], 0)).to.equal('Review');
      expect(next([], 0)).to.equal('NotPlaced');
    });
  });

  it('derives one key for one attempt, whatever the message (S10)', () => {
    expect(Order.paymentKey('o-1', 1)).to.equal('paidonce/o-1/payment/1');
    expect(Order.paymentKey('o-1', 2)).to.not.equal(Order.paymentKey('o-1', 1));
  });

  describe('under any sequence of commands', () => {
    it('captures at most once, invoices what it captured, and is deaf to repetition (S1, S4, M1)', () =>
      fc.assert(
        fc.property(anyOrder(), fc.array(anyEvidence(), { maxLength: 8 }), (order, evidence) => {
          const commands: Order.Command[] = [
            { ...place, order },
            ...evidence.map((seenLast): Order.Command => ({
              ...capture,
              evidence: seenLast(order),
            })),
          ];
          const events: Order.StreamEvent[] = [];
          for (const command of commands) {
            const before = Order.fold(events);
            const decided = Order.decide(command, before);
            if (decided.isErr()) continue;
            events.push(...decided.value);
            // A command that was accepted and is repeated adds nothing.
            expect(Order.decide(command, Order.fold(events))).to.deep.equal(ok([]));
          }
          const captures = events.filter(({ type }) => type === 'PaymentCaptured');
          const invoices = events.flatMap((e) => (e.type === 'InvoiceIssued' ? [e.data] : []));
          expect(captures.length).to.be.at.most(1);
          expect(invoices.length).to.equal(captures.length);
          for (const invoice of invoices) {
            const total = totalOf(order);
            expect(invoice.totalMinor).to.equal(total);
            expect(invoice.netMinor + invoice.taxMinor).to.equal(total);
            const lines = invoice.lines.reduce((sum, l) => sum + l.netMinor + l.taxMinor, 0);
            expect(lines).to.equal(total);
          }
        }),
      ));
  });
});

const order: Order.Content = {
  orderId: 'o-1',
  customer: { id: 'c-1', email: 'ada@example.com' },
  currency: 'EUR',
  lines: [{ sku: 'B', description: 'Book', quantity: 2, unitPriceMinor: 1_999, taxRateBps: 1_900 }],
  paymentMethod: 'pm_card_visa',
};
const at = 7;
const place = { type: 'PlaceOrder', order, fingerprint: 'f', paymentBody: 'b', at } as const;
const money = { type: 'Captured', reference: 'pi_1', amountMinor: 4_758, currency: 'EUR' } as const;
const capture = { type: 'RecordPayment', attempt: 1, evidence: money, at: 8 } as const;
const decline = { ...capture, evidence: { type: 'Declined', code: 'no_money' } } as const;

const seen = ({
  reference,
  amountMinor,
  currency,
}: Omit<Extract<Order.Evidence, { type: 'Captured' }>, 'type'>) => ({
  attempt: 1,
  reference,
  amountMinor,
  currency,
});
const placed: Order.StreamEvent = {
  type: 'OrderPlaced',
  data: { ...order, totalMinor: 4_758, fingerprint: 'f' },
};
const requested: Order.StreamEvent = {
  type: 'PaymentRequested',
  data: {
    attempt: 1,
    paymentKey: 'paidonce/o-1/payment/1',
    body: 'b',
    amountMinor: 4_758,
    currency: 'EUR',
    at,
  },
};
const captured: Order.StreamEvent = { type: 'PaymentCaptured', data: seen(money) };
const issued: Order.StreamEvent = {
  type: 'InvoiceIssued',
  data: {
    issuedAt: 8,
    customerId: 'c-1',
    currency: 'EUR',
    // 2 × 19.99 = 39.98; 19 % of it is 7.5962, rounded to 7.60.
    lines: [
      {
        sku: 'B',
        description: 'Book',
        quantity: 2,
        unitPriceMinor: 1_999,
        taxRateBps: 1_900,
        netMinor: 3_998,
        taxMinor: 760,
      },
    ],
    netMinor: 3_998,
    taxMinor: 760,
    totalMinor: 4_758,
    paymentReference: 'pi_1',
  },
};
const declined: Order.StreamEvent = {
  type: 'PaymentDeclined',
  data: { attempt: 1, code: 'no_money' },
};
const reviewed: Order.StreamEvent = {
  type: 'PaymentReviewRequired',
  data: { ...seen({ ...money, amountMinor: 1 }), reason: 'amount' },
};

const totalOf = ({ lines }: Order.Content): number =>
  priceLines(lines).match(
    ({ totalMinor }) => totalMinor,
    () => Number.NaN,
  );

/** What a gateway might say about an order: right, wrong, contradictory. */
const anyEvidence = (): fc.Arbitrary<(order: Order.Content) => Order.Evidence> =>
  fc.oneof(
    fc.constantFrom('pi_1', 'pi_2').map((reference) => (of: Order.Content): Order.Evidence => ({
      type: 'Captured',
      reference,
      amountMinor: totalOf(of),
      currency: of.currency,
    })),
    fc.constant((of: Order.Content): Order.Evidence => ({
      type: 'Captured',
      reference: 'pi_1',
      amountMinor: totalOf(of) + 1,
      currency: of.currency,
    })),
    fc.constant((): Order.Evidence => ({ type: 'Declined', code: 'card_declined' })),
  );
