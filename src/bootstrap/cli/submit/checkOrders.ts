import { err, ok, type Result } from 'neverthrow';
import type { AcceptedOrder, CheckOrder } from '../../../application/ingest/checkOrder.ts';
import type { Ids } from '../../../application/ports/ids.ts';
import { formatAmount } from '../../../domain/money/index.ts';
import type { SentOrder } from '../../../domain/order/index.ts';
import { failed, type CliFailure } from '../common/failure.ts';
import type { OrderSource, ParsedOrder } from './orderSource.ts';

/** The number of reasons that are shown; nobody reads more of them. */
const REASONS_MAX = 50;
const ROUNDED_SHOWN_MAX = 20;
/** The id, content and place of each is in memory: about 200 bytes. */
export const FILE_ORDERS_MAX = 2_000_000;

type FileCheckDependencies = {
  readonly checkOrder: CheckOrder;
  readonly ids: Pick<Ids, 'fingerprint'>;
  readonly onChecked?: (orders: number) => void;
};

/** The orders of a file, each id once. */
export type CheckedOrders = {
  readonly total: number;
  /** The number of orders that were there before with the same content. */
  readonly repeated: number;
  /** The orders that were checked, and no others: rejects if the file was changed since. */
  orders(): AsyncGenerator<SentOrder, void, void>;
  /**
   * The orders that will be rounded without having asked for it: their number, and the first of
   * them in words.
   */
  readonly rounded: { readonly count: number; readonly shown: readonly string[] };
};

/** Checks every order of a source, and that no id has two contents. */
export const checkOrders = async (
  source: OrderSource,
  { checkOrder, ids, onChecked = () => undefined }: FileCheckDependencies,
): Promise<Result<CheckedOrders, CliFailure>> => {
  const known = createKnownOrders(ids);
  const faults = createFaults();
  const rounded = createRounded();
  let [read, repeated] = [0, 0];
  for await (const parsed of source.orders()) {
    read += 1;
    if (read > FILE_ORDERS_MAX) {
      return err(
        failed('TooManyOrders', `there are more than ${FILE_ORDERS_MAX} orders in it; split it`),
      );
    }
    const { place } = parsed;
    const order = parsed.read.andThen((content) =>
      checkOrder(content).map((accepted) => ({ content, accepted })),
    );
    if (order.isErr()) faults.add(parsed, order.error);
    else {
      const { content, accepted } = order.value;
      const before = known.add(content, place.number);
      if (before?.isSame === true) repeated += 1;
      else if (before !== undefined) {
        const first = `${place.unit} ${before.number}`;
        faults.add(parsed, [`orderId: is that of ${first}, which has other content`]);
      } else rounded.add(content, accepted);
    }
    onChecked(read);
  }
  if (read === 0) return err(failed('NoOrders', 'there is no order in it; nothing was sent'));
  if (faults.count() > 0) return err(faults.failure(read));
  return ok({
    total: read - repeated,
    repeated,
    rounded: rounded.all(),
    orders: async function* () {
      for await (const { read: order, place } of source.orders()) {
        if (order.isErr() || !known.isChecked(order.value)) {
          throw new Error('the file was changed while it was read');
        }
        if (known.isFirst(order.value, place.number)) yield order.value;
      }
    },
  });
};

type EarlierOrder = { readonly isSame: boolean; readonly number: number };

/** A million ids are held in arrays of numbers, and not each in an object. */
const createKnownOrders = (ids: Pick<Ids, 'fingerprint'>) => {
  const indices = new Map<string, number>();
  const contents: number[] = [];
  const places: number[] = [];
  const contentOf = (order: SentOrder): number =>
    Buffer.from(ids.fingerprint(order), 'base64url').readUIntBE(0, 6);
  return {
    /** The order that had its id before, if any. */
    add: (order: SentOrder, number: number): EarlierOrder | undefined => {
      const index = indices.get(order.orderId);
      const content = contentOf(order);
      if (index !== undefined) {
        return { isSame: contents[index] === content, number: places[index] ?? 0 };
      }
      indices.set(order.orderId, contents.length);
      contents.push(content);
      places.push(number);
      return undefined;
    },
    isChecked: (order: SentOrder): boolean =>
      contents[indices.get(order.orderId) ?? -1] === contentOf(order),
    isFirst: ({ orderId }: SentOrder, number: number): boolean =>
      places[indices.get(orderId) ?? -1] === number,
  };
};

const createRounded = () => {
  let count = 0;
  const shown: string[] = [];
  return {
    all: (): CheckedOrders['rounded'] => ({ count, shown }),
    add: ({ orderId, currency }: SentOrder, { rounding }: AcceptedOrder): void => {
      if (rounding === undefined) return;
      count += 1;
      if (shown.length === ROUNDED_SHOWN_MAX) return;
      const { payableMinor, roundingMinor } = rounding;
      const [from, to] = [payableMinor - roundingMinor, payableMinor].map((minor) =>
        formatAmount(minor, currency),
      );
      shown.push(`${orderId}: ${from} to ${to}`);
    },
  };
};

const createFaults = () => {
  let [orders, reasons] = [0, 0];
  const shown: string[] = [];
  return {
    count: (): number => orders,
    add: ({ place, orderId }: ParsedOrder, why: readonly string[]): void => {
      orders += 1;
      reasons += why.length;
      const where = orderId === undefined ? place.text : `${place.text}, ${orderId}`;
      const room = REASONS_MAX - shown.length;
      shown.push(...why.slice(0, room).map((reason) => `${where}: ${reason}`));
    },
    failure: (read: number): CliFailure =>
      failed('InvalidOrders', `${orders} of ${read} orders cannot be placed; nothing was sent`, [
        ...shown,
        ...(reasons > shown.length ? [`… and ${reasons - shown.length} more`] : []),
      ]),
  };
};
