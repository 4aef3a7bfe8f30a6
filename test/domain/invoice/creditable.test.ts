import { expect } from 'chai';
import fc from 'fast-check';
import { err, ok } from 'neverthrow';
import * as Invoice from '../../../src/domain/invoice/index.ts';
import { CURRENCY_CODES } from '../../../src/domain/money/index.ts';
import * as Order from '../../../src/domain/order/index.ts';
import { anyWanted } from '../../support/arbitraries/happenings.ts';
import { anyOrder } from '../../support/arbitraries/order.ts';
import { contextAt, NOON } from '../../support/orderContext.ts';
import { wantedOf } from '../../support/orderRun.ts';
import { creditLine } from '../../support/documents/versionOne.ts';
import { anOrder, orderLife, placeOrder, type OrderLife } from '../../support/orderLife.ts';
import { runsOf } from '../../support/runs.ts';

const priced = (lines: Order.ContentV1['lines'], currency = 'EUR') =>
  Order.priceOf(Order.contentOf({ ...anOrder(), currency, lines }))._unsafeUnwrap();

describe('what is refunded of an invoice', () => {
  // 3 × 3.33 with 19 %: 9.99 and 1.90; and a gift.
  const invoiced = priced([
    { sku: 'A', description: 'a', quantity: 3, unitPriceMinor: 333, taxRateBps: 1_900 },
    { sku: 'G', description: 'gift', quantity: 1, unitPriceMinor: 0, taxRateBps: 1_900 },
    { sku: 'B', description: 'b', quantity: 1, unitPriceMinor: 100, taxRateBps: 0 },
  ]);
  const all = Invoice.creditable(invoiced, []);
  const refused = (reason: string) => err({ type: 'NotCreditable', reason });
  const lines = (...of: readonly (readonly [line: number, quantity: number])[]) =>
    ({
      type: 'Lines',
      lines: of.map(([line, quantity]) => ({ line, quantity: String(quantity) })),
    }) as const;
  const of = (...credited: readonly Parameters<typeof creditLine>[0][]): Invoice.Credit => ({
    lines: credited.map(creditLine),
    roundingMinor: 0,
    prepaidMinor: 0,
  });
  const amount = (amountMinor: number) => ({ type: 'Amount', amountMinor }) as const;

  it('is all that is left, without the lines that have nothing', () =>
    expect(Invoice.credit(all, { type: 'Rest' })).to.deep.equal(
      ok(
        of(
          { line: 1, quantity: 3, netMinor: 999, taxMinor: 190 },
          { line: 3, quantity: 1, netMinor: 100, taxMinor: 0 },
        ),
      ),
    ));

  it('is pieces of lines, the last of which takes what is left of its line', () => {
    // 190 / 3 is 63.33: one piece is rounded down, two pieces up, and what is left goes to the
    // last.
    const piece = of({ line: 1, quantity: 1, netMinor: 333, taxMinor: 63 });
    expect(Invoice.credit(all, lines([1, 1]))).to.deep.equal(ok(piece));
    const two = of({ line: 1, quantity: 2, netMinor: 666, taxMinor: 127 });
    expect(Invoice.credit(all, lines([1, 2]))).to.deep.equal(ok(two));
    expect(Invoice.credit(Invoice.creditable(invoiced, [piece]), lines([1, 2]))).to.deep.equal(
      ok(two),
    );
  });

  it('is an amount, over every line, net and tax, in proportion', () =>
    // 999, 190 and 100 of 1289: 77.50, 14.74 and 7.76 of a hundred.
    expect(Invoice.credit(all, amount(100))).to.deep.equal(
      ok(
        of(
          { line: 1, quantity: 0, netMinor: 77, taxMinor: 15 },
          { line: 3, quantity: 0, netMinor: 8, taxMinor: 0 },
        ),
      ),
    ));

  it('is never more than there is, nothing, or of a line that is repeated or missing', () => {
    expect(Invoice.credit(all, amount(1_290))).to.deep.equal(refused('more than is left'));
    expect(Invoice.credit(all, lines([1, 4]))).to.deep.equal(refused('line 1 has 3 left'));
    expect(Invoice.credit(all, lines([4, 1]))).to.deep.equal(refused('the invoice has no line 4'));
    expect(Invoice.credit(all, lines([1, 1], [1, 1]))).to.deep.equal(
      refused('line 1 stands twice'),
    );
    const nothing = refused('nothing is left to refund');
    for (const wanted of [amount(0), lines([2, 1]), lines([1, 0]), lines()]) {
      expect(Invoice.credit(all, wanted)).to.deep.equal(nothing);
    }
    const none = Invoice.creditable(invoiced, [all]);
    expect(Invoice.credit(none, { type: 'Rest' })).to.deep.equal(nothing);
  });
});

describe('the credit notes of an invoice', () => {
  /**
   * Any mix of refunds, of which some fail or come late; then the rest, by a refund or by a cancel.
   */
  const sumUp = (
    order: Order.ContentV1,
    refunds: readonly AnyRefund[],
    isCancel: boolean,
    gateway: Partial<Order.DecisionContext> = {},
  ): void => {
    let life = orderLife(contextAt(NOON, gateway)).commanded(placeOrder(order)).captured();
    const total = life.state.placed?.totalMinor ?? 0;
    for (const [n, { wanted, ending }] of refunds.entries()) {
      life = end(life.commanded(command(`r-${n}`, wantedOf(wanted, total))), `r-${n}`, ending);
    }
    for (const refund of life.state.refunds.filter(Order.isOpen)) {
      life = end(life, refund.refundId, 'succeeds');
    }
    life = isCancel
      ? life.commanded({ type: 'CancelOrder', orderId: order.orderId, reason: '' })
      : life.commanded(command('rest', { type: 'Rest' }));
    for (const refund of life.state.refunds.filter(Order.isOpen)) {
      life = end(life, refund.refundId, 'succeeds');
    }
    expectAllCredited(life.state);
    expect(life.state.cancelled).to.equal(isCancel);
  };

  it('sum to it line by line, net and tax, to the last minor unit', () =>
    fc.assert(
      fc.property(
        anyOrder(),
        fc.array(anyRefund(), { maxLength: 12, size: 'max' }),
        fc.boolean(),
        (order, refunds, isCancel) => sumUp(order, refunds, isCancel),
      ),
      { numRuns: runsOf(40, 300) },
    ));

  it('sum to it in every currency (F31)', () => {
    for (const code of CURRENCY_CODES) {
      fc.assert(
        fc.property(
          anyOrder({ currency: fc.constant(code) }),
          fc.array(anyRefund(), { maxLength: 4, size: 'max' }),
          fc.boolean(),
          (order, refunds, isCancel) => sumUp(order, refunds, isCancel),
        ),
        { numRuns: runsOf(1, 3) },
      );
    }
  });

  it('sum to it where a gateway moves only tens of the minor unit (Stripe: KWD)', () =>
    fc.assert(
      fc.property(
        anyOrder({ currency: fc.constantFrom('KWD', 'JOD', 'OMR') }),
        fc.array(anyRefund(), { maxLength: 12, size: 'max' }),
        fc.boolean(),
        (order, refunds, isCancel) => {
          const lines = order.lines.map((line) => ({
            ...line,
            unitPriceMinor: line.unitPriceMinor * 10,
            taxRateBps: 1_000 * Math.round(line.taxRateBps / 1_000),
          }));
          const { totalMinor: total } = priced(lines, order.currency);
          fc.pre(total % 10 === 0);
          sumUp({ ...order, lines }, refunds, isCancel, {
            prepareRefund: ({ amountMinor }) =>
              amountMinor % 10 === 0
                ? ok('body')
                : err({ type: 'Unchargeable', reason: 'not a multiple of ten' }),
          });
        },
      ),
    ));
});

const ENDINGS = ['succeeds', 'fails', 'waits'] as const;
type AnyRefund = {
  readonly wanted: Parameters<typeof wantedOf>[0];
  readonly ending: (typeof ENDINGS)[number];
};

const anyRefund = (): fc.Arbitrary<AnyRefund> =>
  fc.record({ wanted: anyWanted(), ending: fc.constantFrom(...ENDINGS) });

const command = (refundId: string, wanted: Invoice.CreditRequest): Order.Command => ({
  type: 'RefundPayment',
  orderId: 'any',
  refundId,
  wanted,
  fingerprint: refundId,
});

/** Rejected ones have ended already. */
const end = (life: OrderLife, refundId: string, ending: AnyRefund['ending']): OrderLife => {
  const refund = life.state.refunds.find((other) => other.refundId === refundId);
  if (refund?.status !== 'pending' || ending === 'waits') return life;
  return ending === 'fails' ? life.refundFailed(refundId).compared() : life.refunded(refundId);
};

const expectAllCredited = ({ invoice, refunds }: Order.State): void => {
  if (invoice.status === 'none') expect.fail('there is no invoice');
  const { lines, creditNotes, netMinor, taxMinor, totalMinor } = invoice.document;
  const sum = (part: 'netMinor' | 'taxMinor', of: (line: number) => boolean) =>
    creditNotes
      .flatMap((note) => note.lines)
      .reduce((all, credited) => all + (of(credited.line) ? credited[part] : 0), 0);
  for (const [index, line] of lines.entries()) {
    expect(sum('netMinor', (n) => n === index + 1)).to.equal(line.netMinor);
    expect(sum('taxMinor', (n) => n === index + 1)).to.equal(line.taxMinor);
  }
  const totals = creditNotes.map((note) => note.totalMinor).reduce((all, one) => all + one, 0);
  expect([sum('netMinor', () => true), sum('taxMinor', () => true), totals]).to.deep.equal([
    netMinor,
    taxMinor,
    totalMinor,
  ]);
  for (const note of creditNotes) {
    const refund = refunds.find(({ refundId }) => refundId === note.refundId);
    expect(refund).to.include({ status: 'succeeded', amountMinor: note.totalMinor });
    expect(note.netMinor + note.taxMinor).to.equal(note.totalMinor);
  }
};
