import { expect } from 'chai';
import fc from 'fast-check';
import * as Invoice from '../../../src/domain/invoice/index.ts';
import { priceOrder, type TaxedOrder } from '../../../src/domain/money/index.ts';
import { anyPriceTerms } from '../../support/arbitraries/priceTerms.ts';
import { runsOf } from '../../support/runs.ts';

type CreditRequest = Parameters<typeof Invoice.credit>[1];

describe('all credit notes of a random real-shaped order', () => {
  const numRuns = runsOf(75, 2_000);

  it('sum to its invoice, line by line and tax by tax, with its rounding and its prepaid', () =>
    fc.assert(
      fc.property(anyPriceTerms(), anyRequests(), (terms, requests) => {
        const invoiced = priceOrder(terms)._unsafeUnwrap();
        const credits = creditAll(invoiced, requests, terms.cashRounding?.stepMinor);
        for (const [index, line] of invoiced.lines.entries()) {
          const of = credits.flatMap(({ lines }) => lines.filter((one) => one.line === index + 1));
          expect(sum(of.map(({ netMinor }) => netMinor))).to.equal(line.netMinor);
          expect(sum(of.map(({ taxMinor }) => taxMinor))).to.equal(line.taxMinor);
          for (const [at, tax] of line.taxes.entries()) {
            expect(sum(of.map(({ taxesMinor }) => taxesMinor[at] ?? 0))).to.equal(tax.taxMinor);
          }
        }
        const totals = credits.map((credit) => Invoice.totalsOf(credit));
        expect(sum(totals.map((one) => one.roundingMinor))).to.equal(invoiced.roundingMinor);
        expect(sum(totals.map((one) => one.prepaidMinor))).to.equal(invoiced.prepaidMinor);
        expect(sum(totals.map((one) => one.payableMinor))).to.equal(invoiced.payableMinor);
      }),
      { numRuns },
    ));

  it('leave a line for what was prepaid, where a refund before is mostly rounding', () => {
    const terms = { currency: 'HUF', allowances: [], cashRounding: { stepMinor: 500 } };
    const line = { sku: 'A', description: 'A thing', quantity: '1', unit: '', allowances: [] };
    const taxes = [{ name: 'AFA', category: 'standard', rate: '27', reason: '' }] as const;
    const invoiced = priceOrder({
      ...terms,
      rounding: 'line',
      priceMode: 'gross',
      lines: [{ ...line, unitPrice: '13.67', charges: [], taxes }],
      charges: [],
      prepaid: [{ type: 'gift-card', reference: 'ending in 42', amountMinor: 117 }],
    })._unsafeUnwrap();
    const credits = creditAll(
      invoiced,
      [
        { type: 'Amount', parts: [619] },
        { type: 'Amount', parts: [811] },
      ],
      500,
    ).map((credit) => Invoice.totalsOf(credit));

    expect(credits.map(({ payableMinor }) => payableMinor)).to.deep.equal([1_000, 500, 0]);
    expect(credits.map(({ prepaidMinor }) => prepaidMinor)).to.deep.equal([0, 0, 117]);
    expect(sum(credits.map(({ totalMinor }) => totalMinor))).to.equal(1_367);

    // As a release before has left it: every line was taken, and the card's part is left.
    const [line1] = Invoice.creditable(invoiced, []).lines;
    const taken = { lines: line1 ? [line1] : [], roundingMinor: 133, prepaidMinor: 0 };
    const left = Invoice.creditable(invoiced, [taken]);
    for (const wanted of [{ type: 'Amount', amountMinor: 100 }, { type: 'Rest' }] as const) {
      const refusal = Invoice.credit(left, wanted, 500)._unsafeUnwrapErr();
      expect(refusal.reason).to.equal('nothing is left to refund');
    }
  });

  it('have nothing below zero, and each goes back in the steps of the order', () =>
    fc.assert(
      fc.property(anyPriceTerms(), anyRequests(), (terms, requests) => {
        const stepMinor = terms.cashRounding?.stepMinor ?? 1;
        const invoiced = priceOrder(terms)._unsafeUnwrap();
        for (const credit of creditAll(invoiced, requests, stepMinor)) {
          const { payableMinor, prepaidMinor } = Invoice.totalsOf(credit);
          for (const { netMinor, taxMinor, taxesMinor } of credit.lines) {
            for (const amount of [netMinor, ...taxesMinor]) expect(amount).to.be.at.least(0);
            expect(sum(taxesMinor)).to.equal(taxMinor);
          }
          expect(prepaidMinor).to.be.at.least(0);
          expect(payableMinor).to.be.at.least(0);
          expect(payableMinor % stepMinor).to.equal(0);
        }
      }),
      { numRuns },
    ));
});

const sum = (amounts: readonly number[]): number => amounts.reduce((all, each) => all + each, 0);

/** A part of what is left, in thousandths: of the money, or of the pieces of some lines. */
type PartRequest = { readonly type: 'Amount' | 'Lines'; readonly parts: readonly number[] };

const anyRequests = (): fc.Arbitrary<readonly PartRequest[]> =>
  fc.array(
    fc.record({
      type: fc.constantFrom('Amount', 'Lines'),
      parts: fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 1, maxLength: 6 }),
    }),
    { maxLength: 5 },
  );

/** What the requests take one after the other, where they can, and then all that is left. */
const creditAll = (
  invoiced: TaxedOrder,
  requests: readonly PartRequest[],
  stepMinor = 1,
): readonly Invoice.Credit[] => {
  const taken: Invoice.Credit[] = [];
  const take = (wanted: CreditRequest): void => {
    Invoice.credit(Invoice.creditable(invoiced, taken), wanted, stepMinor).match(
      (credit) => void taken.push(credit),
      () => undefined,
    );
  };
  for (const { type, parts } of requests) {
    const left = Invoice.creditable(invoiced, taken);
    if (type === 'Lines') {
      take({
        type,
        lines: left.lines.slice(0, parts.length).flatMap(({ line, quantity }, index) => {
          const micros =
            Math.floor((Number(quantity) * 1_000 * (parts[index] ?? 0)) / 1_000) * 1_000;
          return micros === 0 ? [] : [{ line, quantity: String(micros / 1_000_000) }];
        }),
      });
    } else {
      const { payableMinor, prepaidMinor } = Invoice.totalsOf(left);
      const amountMinor = Math.floor(((payableMinor + prepaidMinor) * (parts[0] ?? 0)) / 1_000);
      const whole = amountMinor - (amountMinor % stepMinor);
      if (whole > 0) take({ type, amountMinor: whole });
    }
  }
  take({ type: 'Rest' });
  return taken;
};
