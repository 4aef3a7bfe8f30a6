import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { minorOf, percentOf, unitPriceOf } from '../../examples/decimals.ts';
import { placeOrderOfShopify, type ShopifyOrder } from '../../examples/shopify.ts';
import { placeOrderOfWooCommerce, type WooOrder } from '../../examples/woocommerce.ts';
import { makeTemporaryFolder } from '../support/temporaryFolder.ts';

const read = async <Order>(name: string): Promise<Order> =>
  JSON.parse(await readFile(`test/fixtures/orders/${name}.json`, 'utf8')) as Order;

describe('the mappers in examples/', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  before(async () => {
    folder = await makeTemporaryFolder();
  });
  after(() => folder.remove());

  for (const [program, orders] of [
    ['shopify', ['eu-gross', 'quebec']],
    ['woocommerce', ['germany-coupon', 'reverse-charge']],
  ] as const) {
    it(`write a line for each order of a file: ${program}`, async () => {
      const file = join(folder.path, `${program}.json`);
      const orders_ = orders.map((name) => read(`${program}/${name}`));
      await writeFile(file, JSON.stringify(await Promise.all(orders_)));
      const { stdout } = await run(`examples/${program}.ts`, file);
      const lines = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object);
      expect(lines).to.have.lengthOf(2);
      for (const line of lines) expect(line).to.include({ type: 'PlaceOrder', v: 2 });
    });
  }

  it('write nothing of a file with an order that cannot be said, and name it', async () => {
    const file = join(folder.path, 'foreign.json');
    const order = await read<ShopifyOrder>('shopify/eu-gross');
    await writeFile(file, JSON.stringify([order, { ...order, presentment_currency: 'USD' }]));
    const failed = await run('examples/shopify.ts', file).catch((error: unknown) => error);
    expect(failed).to.include({ code: 1, stdout: '' });
    expect(failed)
      .to.have.property('stderr')
      .that.matches(/^order 2: the customer was shown/u);
    expect(await run('examples/shopify.ts').catch((error: unknown) => error)).to.include({
      code: 2,
    });
  });

  it('take discounts as the shop has allocated them, with their reason', async () => {
    const { lines, charges } = placeOrderOfShopify(await read('shopify/britain-percent-code'));
    expect(lines.map(({ allowances }) => allowances)).to.deep.equal([
      [{ reason: 'SPRING15', amountMinor: 150 }],
      [{ reason: 'SPRING15', amountMinor: 196 }],
      [{ reason: 'SPRING15', amountMinor: 412 }],
    ]);
    expect(lines[1]?.taxes).to.deep.equal([{ name: 'GB VAT', rate: '0', category: 'zero' }]);
    expect(charges).to.deep.equal([
      { description: 'Royal Mail', amountMinor: 395, taxes: [{ name: 'GB VAT', rate: '20' }] },
    ]);
  });

  it('have a gift card as prepaid, and nothing to pay where a coupon takes all', async () => {
    const card = placeOrderOfShopify(await read('shopify/gift-card-part'));
    expect(card.prepaid).to.deep.equal([
      { type: 'gift-card', reference: 'ending in k7wq', amountMinor: 5_000 },
    ]);
    expect(card.payment).to.deep.equal({ type: 'method', paymentMethod: 'pm_card_visa' });
    const free = placeOrderOfShopify(await read('shopify/free-by-coupon'));
    expect([free.expectedTotalMinor, free.payment]).to.deep.equal([0, { type: 'none' }]);
  });

  it('take the payment that the shop has had authorised, or captured', async () => {
    const order = await read<ShopifyOrder>('shopify/eu-gross');
    const paidBy = (kind: string) =>
      placeOrderOfShopify({
        ...order,
        transactions: [
          {
            kind,
            status: 'success',
            gateway: 'stripe',
            amount: '55.79',
            authorization: 'pi_1',
            receipt: {},
          },
        ],
      }).payment;
    expect(paidBy('authorization')).to.deep.equal({ type: 'authorised', payment: 'pi_1' });
    expect(paidBy('sale')).to.deep.equal({ type: 'paid', payment: 'pi_1' });

    const woo = await read<WooOrder>('woocommerce/germany-coupon');
    const wooBy = (datePaid: string | null, meta: Readonly<Record<string, string>>) =>
      placeOrderOfWooCommerce({
        ...woo,
        date_paid: datePaid,
        meta_data: Object.entries(meta).map(([key, value]) => ({ key, value })),
      }).payment;
    const intent = { _stripe_intent_id: 'pi_1' };
    expect(wooBy('2026-11-29T10:00:00', intent)).to.deep.equal({ type: 'paid', payment: 'pi_1' });
    expect(
      wooBy('2026-11-29T10:00:00', { ...intent, _stripe_charge_captured: 'no' }),
    ).to.deep.equal({ type: 'authorised', payment: 'pi_1' });
    expect(wooBy(null, { _stripe_customer_id: 'cus_1', _stripe_source_id: 'pm_1' })).to.deep.equal({
      type: 'saved',
      customer: 'cus_1',
      paymentMethod: 'pm_1',
    });
    expect(() => wooBy(null, {})).to.throw('how the order is to be paid');
  });

  it('have weighed goods by their unit, and what is no price of one piece as one', async () => {
    const weighed = placeOrderOfWooCommerce(await read('woocommerce/weighed-goods'));
    expect(weighed.lines[0]).to.include({ quantity: '0.335', unit: 'KGM' });
    const woo = await read<WooOrder>('woocommerce/germany-coupon');
    const [line] = woo.line_items;
    const thirds = {
      ...woo,
      line_items: line === undefined ? [] : [{ ...line, subtotal: '8.40' }],
    };
    expect(placeOrderOfWooCommerce(thirds).lines[0]).to.include({
      description: '3 × Tee',
      quantity: 1,
      unitPrice: '13.19',
    });
  });

  it('refuse what a PlaceOrder cannot say', async () => {
    const woo = await read<WooOrder>('woocommerce/switzerland-rounded');
    const compound = {
      ...woo,
      tax_lines: woo.tax_lines.map((tax) => ({ ...tax, compound: true })),
    };
    expect(() => placeOrderOfWooCommerce(compound)).to.throw('a tax is on another tax');
    expect(() => placeOrderOfWooCommerce({ ...woo, currency: 'EUR' })).to.throw('rounding in EUR');
    const fee = { name: 'Discount', total: '-1.00', total_tax: '0.00', taxes: [] };
    expect(() => placeOrderOfWooCommerce({ ...woo, fee_lines: [fee] })).to.throw('below zero');
  });
});

describe('amounts as shops write them', () => {
  it('become minor units of their currency', () => {
    expect(minorOf('19.99', 'EUR')).to.equal(1_999);
    expect(minorOf('1000.00', 'JPY')).to.equal(1_000);
    expect(minorOf('1.250', 'KWD')).to.equal(1_250);
    expect(minorOf('5', 'EUR')).to.equal(500);
    expect(minorOf('-0.02', 'CHF')).to.equal(-2);
    for (const amount of ['1.005', '1e3', '', '1,00', '99999999999999.00']) {
      expect(() => minorOf(amount, 'EUR'), amount).to.throw(/EUR/u);
    }
  });

  it('are divided exactly, or not at all', () => {
    expect(unitPriceOf(2_997, 3, 'EUR')).to.equal('9.99');
    expect(unitPriceOf(1_000, 3, 'EUR')).to.equal(undefined);
    expect(unitPriceOf(1_002, 0.335, 'EUR')).to.equal(undefined);
    expect(unitPriceOf(2_325, 1.25, 'EUR')).to.equal('18.6');
    expect(unitPriceOf(1_080, 3, 'JPY')).to.equal('360');
    expect(unitPriceOf(0, 3, 'EUR')).to.equal('0');
  });

  it('have rates as per cent', () => {
    expect([0.19, 0.08875, 0.09975, 0, 0.2, 0.055, 1].map(percentOf)).to.deep.equal(
      '19 8.875 9.975 0 20 5.5 100'.split(' '),
    );
  });
});

const run = (...args: readonly string[]) => promisify(execFile)(process.execPath, [...args]);
