import { LINE_PARTS, ORDER_PARTS } from '../../../domain/order/index.ts';
import { didYouMean } from '../common/didYouMean.ts';

type KnownParts = Readonly<Record<string, readonly string[]>>;

const V1: KnownParts = {
  order: ['type', 'v', 'orderId', 'customer', 'currency', 'lines', 'paymentMethod'],
  customer: ['id', 'email'],
  lines: ['sku', 'description', 'quantity', 'unitPriceMinor', 'taxRateBps'],
};

const ADDRESS = ['street', 'addition', 'postalCode', 'city', 'region', 'country'];
const ADJUSTMENT = ['reason', 'percent', 'amountMinor'];

const V2: KnownParts = {
  order: ['type', 'v', ...ORDER_PARTS],
  customer: ['id', 'email', 'language'],
  lines: LINE_PARTS,
  taxes: ['name', 'category', 'rate', 'reason'],
  given: ['netMinor', 'taxMinor', 'grossMinor'],
  charges: ['description', 'amountMinor', 'taxes'],
  allowances: ADJUSTMENT,
  prepaid: ['type', 'reference', 'amountMinor'],
  cashRounding: ['stepMinor'],
  buyer: ['name', 'company', 'address', 'delivery', 'vatId', 'electronicAddress'],
  address: ADDRESS,
  delivery: ADDRESS,
  payment: ['type', 'paymentMethod', 'customer', 'mandate', 'payment', 'partial', 'reference'],
};

const UNKNOWN = /^(?<path>[\w.[\]]+): has a part that is not known$/;
/** Matches no name that could be a text, or the number of a card. */
const SHOWN = /^(?!.*\d{6})[\w.-]{1,40}$/;

/** The rules of an order never repeat what stands in it; here its own author reads them. */
export const namingUnknownPart = (reason: string, order: unknown): string => {
  const { path } = UNKNOWN.exec(reason)?.groups ?? {};
  if (path === undefined) return reason;
  const part = path === 'order' ? order : partAt(path, order);
  const known = knownAt(path, 'priceMode' in Object(order) ? V2 : V1);
  const name = Object.keys(Object(part)).find((key) => !known.includes(key));
  return name === undefined || !SHOWN.test(name)
    ? reason
    : `${path}: has a part ${name} that is not known${didYouMean(name, known)}`;
};

/** The part of `lines[3].taxes[0]`. */
const partAt = (path: string, order: unknown): unknown =>
  path
    .split(/[.[\]]+/u)
    .filter((name) => name !== '')
    .reduce<unknown>((part, name) => Reflect.get(Object(part), name), order);

const knownAt = (path: string, parts: KnownParts): readonly string[] => {
  const names = path.replaceAll(/\[\d+\]/gu, '').split('.');
  const last = names.at(-1) ?? '';
  // A charge of a line is an adjustment, and one of the order is not.
  const isOfLine = names.length > 1 && last === 'charges';
  return parts[isOfLine ? 'allowances' : last] ?? [];
};
