import { expect } from 'chai';
import fc from 'fast-check';
import type { OrderInput } from '../../../../src/bootstrap/cli/submit/orderInput.ts';
import { CSV_COLUMNS } from '../../../../src/bootstrap/cli/submit/csvForms.ts';
import { readCsv, separatorOf } from '../../../../src/bootstrap/cli/submit/readCsv.ts';
import type { ContentV1 } from '../../../../src/domain/order/index.ts';
import * as Order from '../../../../src/domain/order/index.ts';
import { anyOrder } from '../../../support/arbitraries/order.ts';

const HEADER = CSV_COLUMNS.join(',');
const ROW = 'o-1,c-1,ada@example.com,EUR,pm_card_visa,A,A thing,1,1000,1900';

describe('readCsv', () => {
  it('reads what a spreadsheet writes, whatever separates, quotes or ends it', () =>
    fc.assert(
      fc.asyncProperty(
        // A blank around a cell is not kept.
        fc.uniqueArray(anyOrder().filter(isTrimmed), {
          selector: ({ orderId }) => orderId,
          maxLength: 5,
        }),
        fc.record({
          separator: fc.constantFrom(',', ';', '\t'),
          end: fc.constantFrom('\n', '\r\n'),
          isRepeated: fc.boolean(),
          before: fc.constantFrom('', '\uFEFF'),
          size: fc.integer({ min: 1, max: 50 }),
        }),
        async (orders, { separator, end, isRepeated, before, size }) => {
          const rows = orders.flatMap((order) => rowsOf(order, isRepeated));
          const lines = [CSV_COLUMNS, ...rows].map((row) => row.map(quoted).join(separator));
          const text = `${before}${lines.join(end)}${end}${end}`;
          expect(separatorOf(text)).to.deep.equal({ separator, known: CSV_COLUMNS.length });
          const found = await read(text, { separator, size });
          expect(
            found.map(({ value }) => Order.parseV1(value._unsafeUnwrap())._unsafeUnwrap()),
          ).to.deep.equal(orders);
        },
      ),
    ));

  it('says on which lines an order is, empty ones and line breaks in cells counted', async () => {
    const text = [
      HEADER,
      '',
      'o-1,c-1,ada@example.com,EUR,pm_card_visa,A,"A',
      'thing",1,1000,1900',
      ',,,,,B,B,1,1,0',
      'o-1,,,,,C,C,1,1,0',
      ',,,,,,,,,',
      ROW.replace('o-1', 'o-2'),
    ].join('\n');
    expect((await read(text)).map(({ place, orderId }) => [place.text, orderId])).to.deep.equal([
      ['lines 3 to 6', 'o-1'],
      ['line 8', 'o-2'],
    ]);
  });

  const REASONS: readonly (readonly [what: string, text: string, at: string, ...why: string[]])[] =
    [
      [
        'a column that is nearly known, and what is missing then',
        HEADER.replace('quantity', 'Quantitty'),
        'line 1',
        'column 8: Quantitty is not known (did you mean quantity?)',
        'quantity: is missing',
      ],
      ['a column twice', `${HEADER},sku`, 'line 1', 'column 11: sku is given twice'],
      ['a column without a name', `${HEADER},`, 'line 1', 'column 11: has no name'],
      [
        'a row with other cells',
        `${HEADER}\n${ROW},7`,
        'line 2',
        'has 11 cells, and the first line has 10 columns',
      ],
      [
        'a row of the same order with other content',
        `${HEADER}\n${ROW}\n${ROW.replace('EUR', 'USD')}`,
        'lines 2 to 3',
        'currency: is another on line 3 than on line 2',
      ],
      [
        'a quote that is not closed',
        `${HEADER}\n${ROW}\n\n"o-2,c-1\n`,
        'line 4',
        'is not CSV: a quote that opens here is not closed',
      ],
      [
        'a quote inside a cell',
        `${HEADER}\n${ROW.replace('A thing', 'A "thing"')}`,
        'line 2',
        'is not CSV: a quote is inside a cell that is not quoted as a whole',
      ],
    ];
  for (const [what, text, at, ...why] of REASONS) {
    it(`refuses ${what}`, async () => {
      const refused = (await read(text)).filter(({ value }) => value.isErr());
      expect(refused.map(({ place }) => place.text)).to.deep.equal([at]);
      expect(refused[0]?.value._unsafeUnwrapErr()).to.deep.equal(why);
    });
  }

  it('leaves what is no whole number to the rules of an order', async () => {
    const [found] = await read(`${HEADER}\n${ROW.replace('1,1000', '1.0,12345678901234567')}`);
    expect(found?.value._unsafeUnwrap()).to.have.nested.property('lines[0].quantity', '1.0');
    expect(Order.parseV1(found?.value._unsafeUnwrap())._unsafeUnwrapErr().reasons).to.include(
      'lines[0].unitPriceMinor: is not a number',
    );
  });

  it('holds no more lines of one order than an order may have', async () => {
    const rows = Array.from({ length: 5_000 }, () => ROW);
    const [found, ...others] = await read([HEADER, ...rows].join('\n'));
    expect(others).to.deep.equal([]);
    expect(found?.value._unsafeUnwrap())
      .to.have.property('lines')
      .with.length(Order.LINES_MAX + 1);
  });

  it('takes the line in which Excel reads the separator', async () => {
    const text = `sep=;\r\n${HEADER.replaceAll(',', ';')}\r\n${ROW.replaceAll(',', ';')}`;
    expect(separatorOf(text)).to.include({ separator: ';' });
    expect(await read(text, { separator: ';' })).to.have.length(1);
  });
});

const isTrimmed = ({ lines }: ContentV1): boolean =>
  lines.every(({ sku, description }) =>
    [sku, description].every((text) => text === text.trim() && text !== ''),
  );

const rowsOf = (order: ContentV1, isRepeated: boolean): readonly (readonly string[])[] =>
  order.lines.map(({ sku, description, quantity, unitPriceMinor, taxRateBps }, index) => {
    const { orderId, customer, currency, paymentMethod } = order;
    const of = [orderId, customer.id, customer.email, currency, paymentMethod];
    const numbers = [quantity, unitPriceMinor, taxRateBps].map(String);
    return [...(index === 0 || isRepeated ? of : of.map(() => '')), sku, description, ...numbers];
  });

const quoted = (cell: string): string =>
  /[",;\t\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;

const read = async (
  text: string,
  { separator = ',', size = 1_000 } = {},
): Promise<readonly OrderInput[]> => {
  const chunks = async function* () {
    const points = Array.from(text);
    for (let at = 0; at < points.length; at += size) yield points.slice(at, at + size).join('');
  };
  const found: OrderInput[] = [];
  for await (const one of readCsv(chunks(), separator)) found.push(one);
  return found;
};
