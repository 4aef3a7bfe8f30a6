import { err, ok, type Result } from 'neverthrow';
import * as Order from '../../domain/order/index.ts';
import type { Owner } from '../../domain/personal/index.ts';
import { foldOrder, locateEvents, orderStreamId } from '../log/eventStreams.ts';
import {
  scanStreams,
  sizeOf,
  type LogSize,
  type ScanBounds,
  type ScannedStream,
} from '../log/scanStreams.ts';
import type { Clock } from '../ports/clock.ts';
import type { CorruptStream, EventStore, LoadError } from '../ports/eventStore.ts';

/** An order that is to be invoiced yet, and whose buyer is encrypted with a key to be ended. */
export type OpenOrder = { readonly orderId: string; readonly status: Order.OrderStatus };

export type OpenOrders = {
  /** The first orders; `count` is the number of all. */
  readonly orders: readonly OpenOrder[];
  readonly count: number;
  readonly commits: number;
  /** The number of unreadable streams: it is not known whether one of them is such an order. */
  readonly unreadable: number;
};

export type FindOpenOrders = (
  owner: Owner,
  options: ScanBounds & {
    /** The names of the keys that are to be ended. */
    readonly keys: readonly string[];
    readonly onProgress?: (progress: LogSize & { readonly commits: number; found: number }) => void;
    readonly onUnreadable: (stream: CorruptStream) => void;
  },
) => Promise<Result<OpenOrders, LoadError>>;

/** The bound is far more than one customer has open. */
const ORDERS_MAX = 1_000;

/** Reads the whole log for a customer's open orders. It needs no key, and appends nothing. */
export const createFindOpenOrders =
  ({ store, clock }: { readonly store: EventStore; readonly clock: Clock }): FindOpenOrders =>
  async (owner, { keys, onProgress, onUnreadable, ...bounds }) => {
    const found = new Map<string, OpenOrder>();
    const counts = { count: 0, unreadable: 0 };
    const size = await sizeOf(store);
    const isTheirs = ({ commits }: ScannedStream): boolean =>
      commits.some(({ events }) =>
        events.some(({ sealed }) => sealed?.owner === owner && keys.includes(sealed.key)),
      );

    const report = (stream: CorruptStream): void => {
      counts.unreadable += 1;
      onUnreadable(stream);
    };
    const visitOne = (scanned: ScannedStream): void => {
      const orderId = orderIdIn(scanned.streamId);
      if (orderId === undefined || scanned.again) return;
      if (scanned.corrupt !== undefined) return report(scanned.corrupt);
      if (!isTheirs(scanned)) return;
      const located = locateEvents(scanned.commits, Order.codec);
      if (located.isErr()) return report(located.error);
      const state = foldOrder(located.value);
      if (state.placed?.buyer === undefined || !Order.awaitsInvoice(state)) return;
      counts.count += 1;
      if (found.size < ORDERS_MAX) found.set(orderId, { orderId, status: Order.statusOf(state) });
    };

    const scanned = await scanStreams<LoadError>(
      { store, clock },
      {
        ...bounds,
        visit: (streams) => {
          for (const one of streams) visitOne(one);
          return Promise.resolve(ok());
        },
        onPage: (_segment, _place, { commits }) =>
          onProgress?.({ commits, found: counts.count, ...size }),
      },
    );
    if (scanned.isErr()) return err(scanned.error);
    return ok({ orders: [...found.values()], ...counts, commits: scanned.value.commits });
  };

const PREFIX = orderStreamId('');

const orderIdIn = (streamId: string): string | undefined =>
  streamId.startsWith(PREFIX) ? streamId.slice(PREFIX.length) : undefined;
