import { didYouMean } from '../common/didYouMean.ts';

const ORDER_PARTS = ['type', 'v', 'orderId', 'customer', 'currency', 'lines', 'paymentMethod'];
const CUSTOMER_PARTS = ['id', 'email'];
const LINE_PARTS = ['sku', 'description', 'quantity', 'unitPriceMinor', 'taxRateBps'];

const UNKNOWN = /^(?<path>order|customer|lines\[(?<line>\d+)\]): has a part that is not known$/;
/** No name that could be a text, or the number of a card. */
const SHOWN = /^(?!.*\d{6})[\w.-]{1,40}$/;

/** The rules of an order never repeat what stands in it; here its own author reads them. */
export const namingUnknownPart = (reason: string, order: unknown): string => {
  const { path, line } = UNKNOWN.exec(reason)?.groups ?? {};
  if (path === undefined) return reason;
  const { customer, lines } = Object(order) as Readonly<Record<string, unknown>>;
  const [part, known] =
    path === 'order'
      ? [order, ORDER_PARTS]
      : path === 'customer'
        ? [customer, CUSTOMER_PARTS]
        : [Object(lines)[Number(line)], LINE_PARTS];
  const name = Object.keys(Object(part)).find((key) => !known.includes(key));
  return name === undefined || !SHOWN.test(name)
    ? reason
    : `${path}: has a part ${name} that is not known${didYouMean(name, known)}`;
};
