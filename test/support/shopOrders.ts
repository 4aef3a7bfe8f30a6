import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlaceOrder } from '../../examples/placeOrder.ts';
import { placeOrderOfShopify, type ShopifyOrder } from '../../examples/shopify.ts';
import { placeOrderOfWooCommerce, type WooOrder } from '../../examples/woocommerce.ts';

/*
 * Orders as shop systems give them, written after their public schemas. Names and addresses are
 * nobody's. For two systems examples/ has the mappers; of the others each file has the message too.
 */

export type ShopOrder = {
  /** The folder and the file: `shopify/eu-gross`. */
  readonly name: string;
  /** What the shop has shown, as it writes it. */
  readonly shopTotal: string;
  readonly message: PlaceOrder;
};

const FOLDER = 'test/fixtures/orders';

const filesOf = (system: string): readonly (readonly [name: string, order: unknown])[] =>
  readdirSync(join(FOLDER, system)).map((file) => [
    `${system}/${file.replace(/\.json$/u, '')}`,
    JSON.parse(readFileSync(join(FOLDER, system, file), 'utf8')),
  ]);

/** One of a system for which examples/ has no mapper. */
type WithMessage = { readonly shopTotal: string; readonly placeOrder: PlaceOrder };

export const shopOrders = (): readonly ShopOrder[] => [
  ...filesOf('shopify').map(([name, order]) => {
    const shop = order as ShopifyOrder;
    return { name, shopTotal: shop.total_price, message: placeOrderOfShopify(shop) };
  }),
  ...filesOf('woocommerce').map(([name, order]) => {
    const shop = order as WooOrder;
    return { name, shopTotal: shop.total, message: placeOrderOfWooCommerce(shop) };
  }),
  ...filesOf('others').map(([name, file]) => {
    const { shopTotal, placeOrder } = file as WithMessage;
    return { name, shopTotal, message: placeOrder };
  }),
];
