import { expect } from 'chai';
import { stripeChargeLimits } from '../../src/adapters/stripe/limits.ts';
import { decodeCommand } from '../../src/application/messages/index.ts';
import { formatAmount, type TaxedOrder } from '../../src/domain/money/index.ts';
import * as Order from '../../src/domain/order/index.ts';
import { item, terms } from '../support/priceTerms.ts';
import { fenced, readText, tableRows } from './markdown.ts';

const page = readText('docs/prices.md');

/** Each example, and the first table behind it. */
const examples = page
  .split('```json\n')
  .slice(1)
  .map((part) => {
    const [json = '', rest = ''] = part.split('\n```\n');
    const [table = ''] = /^\|.*(?:\n\|.*)*/mu.exec(rest) ?? [];
    return { order: JSON.parse(json) as Example, table: rowsOf(table) };
  });

type Example = { readonly currency: string; readonly lines: readonly object[] };

function rowsOf(table: string): readonly (readonly string[])[] {
  return table
    .split('\n')
    .map((line) => line.split('|').slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()));
}

describe('docs/prices.md', () => {
  for (const [index, { order, table }] of examples.entries()) {
    const isBoth = table[0]?.includes('Tax: order') === true;
    it(`has the figures that the code comes to: example ${index + 1}`, () => {
      const [, , ...rows] = table;
      expect(rows).to.deep.equal(
        isBoth
          ? bothRoundings(priced(order), priced({ ...order, rounding: 'order' }), order.currency)
          : shown(priced(order), order.currency),
      );
    });
  }

  it('has an example of each rule', () => {
    expect(examples).to.have.lengthOf(7);
  });

  it('refuses another total as it says', () => {
    const [refusal = ''] = fenced(page, 'text');
    const order = terms([item('15.00'), item('9.99')], {
      priceMode: 'gross',
      expectedTotalMinor: 2_500,
    });
    const said = Order.priceOf(order)._unsafeUnwrapErr().reason;
    expect(refusal.replaceAll(/\s+/gu, ' ').trim()).to.equal(said);
  });

  it('has the steps of each currency that it names', () => {
    for (const [codes = '', says = ''] of tableRows(page, 'Currency')) {
      const [, code = '', amount = ''] = /^([A-Z]{3}) ([\d.]+)/u.exec(says) ?? [];
      for (const currency of codes.split(', ')) {
        const step = stripeChargeLimits(currency)?.stepMinor ?? 0;
        expect(formatAmount(step, currency), currency).to.equal(`${currency} ${amount}`);
      }
      expect(codes.split(', ')).to.include(code);
    }
  });
});

const priced = (example: object): TaxedOrder => {
  const { lines, ...order } = example as Example;
  const message = {
    type: 'PlaceOrder',
    v: 2,
    orderId: 'o-1',
    customer: { id: 'c-1', email: 'ada@example.com' },
    payment: { type: 'method', paymentMethod: 'pm_card_visa' },
    lines: lines.map((line) => ({ sku: 'A', ...line })),
    ...order,
  };
  const command = decodeCommand(JSON.stringify(message))._unsafeUnwrap();
  if (command.type !== 'PlaceOrder') throw new Error('an example is an order');
  return Order.priceOf(Order.contentOf(command.order))._unsafeUnwrap();
};

const printer = (currency: string) => (minor: number) => formatAmount(minor, currency).slice(4);

const shown = (order: TaxedOrder, currency: string): readonly (readonly string[])[] => {
  const print = printer(currency);
  const lines = order.lines.map(({ description, netMinor, taxes, taxMinor }) => [
    description,
    print(netMinor),
    taxes.map((tax) => print(tax.taxMinor)).join(' + '),
    print(netMinor + taxMinor),
  ]);
  const { roundingMinor, prepaidMinor } = order;
  return [
    ...lines,
    ['**Total**', print(order.netMinor), print(order.taxMinor), print(order.totalMinor)],
    ...(roundingMinor === 0 ? [] : [['Rounding', '', '', print(roundingMinor)]]),
    ...(prepaidMinor === 0 ? [] : [['Prepaid', '', '', print(-prepaidMinor)]]),
    ['**To pay**', '', '', `**${print(order.payableMinor)}**`],
  ];
};

const bothRoundings = (
  line: TaxedOrder,
  order: TaxedOrder,
  currency: string,
): readonly (readonly string[])[] => {
  const print = printer(currency);
  return [
    ...line.lines.map(({ description, netMinor, taxMinor }, index) => [
      description,
      print(netMinor),
      print(taxMinor),
      print(order.lines[index]?.taxMinor ?? 0),
    ]),
    ['**Total tax**', '', print(line.taxMinor), print(order.taxMinor)],
    ['**To pay**', '', `**${print(line.payableMinor)}**`, `**${print(order.payableMinor)}**`],
  ];
};
