import { expect } from 'chai';
import { FILE_ORDERS_MAX } from '../../src/bootstrap/cli/submit/checkOrders.ts';
import { DOCUMENT_CHARACTERS_MAX } from '../../src/bootstrap/cli/submit/readJson.ts';
import { AMOUNT_MINOR_MAX } from '../../src/domain/money/index.ts';
import {
  CANCEL_REFUNDS_MAX,
  CORRECTIONS_MAX,
  LINES_MAX,
  REFUNDS_MAX,
} from '../../src/domain/order/index.ts';
import { readText, tableRows } from './markdown.ts';

describe('docs/faq.md', () => {
  const page = readText('docs/faq.md');

  it('gives the limits of the code', () => {
    const limits = Object.fromEntries(
      tableRows(page, 'What').map(([what = '', limit = '']) => [what, limit]),
    );

    expect(limits).to.deep.include({
      'lines of an order': String(LINES_MAX),
      'refunds of an order, rejected ones too': String(REFUNDS_MAX),
      'corrections of an address': String(CORRECTIONS_MAX),
      'requests for the refund of a cancellation': String(CANCEL_REFUNDS_MAX),
      'total of an order, in minor units': String(AMOUNT_MINOR_MAX),
      'orders of a file for `submit`': String(FILE_ORDERS_MAX),
    });
    expect(page).to.include(`has ${DOCUMENT_CHARACTERS_MAX / 2 ** 20} Mi`);
  });
});
