import { expect } from 'chai';
import fc from 'fast-check';
import { firstIllegal } from '../../../src/domain/history/legality.ts';
import * as Invoice from '../../../src/domain/invoice/index.ts';
import * as Order from '../../../src/domain/order/index.ts';
import { anyOrderV2 } from '../../support/arbitraries/orderV2.ts';
import { orderLife, placeOrder, type OrderLife } from '../../support/orderLife.ts';
import { runsOf } from '../../support/runs.ts';

type AnyRefund = {
  readonly wanted:
    { readonly perMille: number } | Extract<Invoice.CreditRequest, { type: 'Lines' }>;
  readonly succeeds: boolean;
};

const METHOD = fc.constant({ type: 'method', paymentMethod: 'pm_card_visa' } as const);

const anyRefund = (): fc.Arbitrary<AnyRefund> =>
  fc.record({
    wanted: fc.oneof(
      fc.integer({ min: 1, max: 900 }).map((perMille) => ({ perMille })),
      fc
        .uniqueArray(
          fc.record({
            line: fc.integer({ min: 1, max: 14 }),
            quantity: fc.constantFrom('1', '0.5', '2', '0.125', '1.000001'),
          }),
          { selector: ({ line }) => line, minLength: 1, maxLength: 4 },
        )
        .map((lines) => ({ type: 'Lines', lines }) as const),
    ),
    succeeds: fc.boolean(),
  });

/** An amount in the steps in which the order is refunded. */
const requestOf = (wanted: AnyRefund['wanted'], order: Order.Content, total: number) => {
  if ('type' in wanted) return wanted;
  const step = order.cashRounding?.stepMinor ?? 1;
  const amountMinor = Math.ceil((total * wanted.perMille) / 1_000 / step) * step;
  return { type: 'Amount', amountMinor } as const;
};

const command = (
  { orderId }: Order.Content,
  refundId: string,
  wanted: Invoice.CreditRequest,
): Order.Command => ({ type: 'RefundPayment', orderId, refundId, wanted, fingerprint: refundId });

const settled = (life: OrderLife, refundId: string, succeeds: boolean): OrderLife => {
  const refund = life.state.refunds.find((other) => other.refundId === refundId);
  if (refund?.status !== 'pending') return life;
  // What the shop refunds itself cannot fail.
  return succeeds || refund.body === ''
    ? life.refunded(refundId)
    : life.refundFailed(refundId).compared();
};

const refundedToZero = (
  order: Order.Content,
  refunds: readonly AnyRefund[],
  isCancel: boolean,
): OrderLife => {
  let life = orderLife().commanded(placeOrder(order)).captured();
  const total = life.state.placed?.totalMinor ?? 0;
  for (const [n, { wanted, succeeds }] of refunds.entries()) {
    const id = `r-${n}`;
    life = life.commanded(command(order, id, requestOf(wanted, order, total)));
    life = settled(life, id, succeeds);
  }
  life = isCancel
    ? life.commanded({ type: 'CancelOrder', orderId: order.orderId, reason: '' })
    : life.commanded(command(order, 'rest', { type: 'Rest' }));
  for (const refund of life.state.refunds.filter(Order.isOpen)) {
    life = settled(life, refund.refundId, true);
  }
  return life;
};

const sumOf = (amounts: readonly number[]): number =>
  amounts.reduce((sum, amount) => sum + amount, 0);

describe('the credit notes of an order of version 2', () => {
  it('sum to its invoice: line by line, tax by tax, its rounding and what was prepaid', () => {
    fc.assert(
      fc.property(
        anyOrderV2(METHOD),
        fc.array(anyRefund(), { maxLength: 6, size: 'max' }),
        fc.boolean(),
        (order, refunds, isCancel) => {
          const { commits, state } = refundedToZero(order, refunds, isCancel);
          if (state.invoice.status === 'none') return expect.fail('there is no invoice');
          const { lines, creditNotes, ...totals } = state.invoice.document;
          expect(firstIllegal(commits)).to.equal(undefined);
          expect(state.cancelled).to.equal(isCancel);
          const credited = creditNotes.flatMap((note) => note.lines);
          for (const [at, line] of lines.entries()) {
            const of = credited.filter((one) => one.line === at + 1);
            expect(sumOf(of.map((one) => one.netMinor))).to.equal(line.netMinor);
            for (const [index, tax] of line.taxes.entries()) {
              const each = of.map(({ taxes }) => taxes[index]?.taxMinor ?? -1);
              expect(sumOf(each)).to.equal(tax.taxMinor);
            }
          }
          const parts = Object.keys(Invoice.totalsIn(totals)) as (keyof typeof totals)[];
          for (const part of parts) {
            const each = creditNotes.map((note) => Number(Reflect.get(note, part)));
            expect(sumOf(each), part).to.equal(totals[part]);
          }
          const { captured, refunded, rest } = Order.sumsOf(state);
          expect([refunded, rest]).to.deep.equal([captured, 0]);
          return undefined;
        },
      ),
      { numRuns: runsOf(40, 300) },
    );
  });

  it('are of all of it where the order was cancelled before its money came', () => {
    fc.assert(
      fc.property(anyOrderV2(METHOD), (order) => {
        let life = orderLife().commanded(placeOrder(order)).cancelled().captured();
        for (const refund of life.state.refunds) life = settled(life, refund.refundId, true);
        expect(firstIllegal(life.commits)).to.equal(undefined);
        expect(life.state.cancelled).to.equal(true);
        expect(Order.uncreditedOf(life.state)).to.equal(0);
      }),
      { numRuns: runsOf(40, 300) },
    );
  });

  it('are of money in steps of the rounding, never far from what the lines come to', () => {
    fc.assert(
      fc.property(
        anyOrderV2(METHOD).filter(({ cashRounding }) => cashRounding !== undefined),
        fc.array(anyRefund(), { maxLength: 6, size: 'max' }),
        (order, refunds) => {
          const { state } = refundedToZero(
            order,
            refunds.map((one) => ({ ...one, succeeds: true })),
            false,
          );
          const step = order.cashRounding?.stepMinor ?? 1;
          if (state.invoice.status === 'none') return;
          for (const { payableMinor, roundingMinor } of state.invoice.document.creditNotes) {
            expect(payableMinor % step).to.equal(0);
            expect(Math.abs(roundingMinor)).to.be.at.most(step);
          }
        },
      ),
      { numRuns: runsOf(30, 200) },
    );
  });
});
