import type { Ids } from '../../../application/ports/ids.ts';
import type { SentOrder } from '../../../domain/order/index.ts';
import { generateOrders } from '../common/generateOrders.ts';
import { generateShopOrders } from '../common/generateShopOrders.ts';

/** Which version of PlaceOrder is sent; `mixed`: both, in turn. */
export const SHAPES = ['mixed', 'v1', 'v2'] as const;
export type OrderShape = (typeof SHAPES)[number];

export const ordersOfShape = (
  shape: OrderShape,
  ids: Pick<Ids, 'create' | 'random'>,
  count: number,
): Generator<SentOrder, void, void> => {
  switch (shape) {
    case 'v1':
      return generateOrders(ids, count);
    case 'v2':
      return generateShopOrders(ids, count);
    case 'mixed':
      return inTurn(generateOrders(ids, count), generateShopOrders(ids, count), count);
  }
};

function* inTurn(
  first: Generator<SentOrder, void, void>,
  second: Generator<SentOrder, void, void>,
  count: number,
): Generator<SentOrder, void, void> {
  for (let made = 0; made < count; made += 1) {
    const { value } = (made % 2 === 0 ? first : second).next();
    if (value !== undefined) yield value;
  }
}
