import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Result } from 'neverthrow';
import * as Order from '../../../domain/order/index.ts';
import { readOrders } from './readOrders.ts';

/** A source of orders that can be read more than once. */
export type OrderSource = {
  /** Every order in turn, or why one is none. */
  orders(): AsyncGenerator<ParsedOrder, void, void>;
  close(): Promise<void>;
};

export type ParsedOrder = {
  /** Its place in the file, for people. */
  readonly place: string;
  readonly read: Result<Order.Content, readonly string[]>;
};

/** Standard input is copied to a file, since it has to be read twice: all is checked before any is sent. */
export const openOrderSource = async (path: string, stdin: Readable): Promise<OrderSource> => {
  if (path !== '-') return sourceOf(path, () => Promise.resolve());
  const folder = await mkdtemp(join(tmpdir(), 'paidonce-submit-'));
  const close = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const copy = join(folder, 'orders');
  try {
    await pipeline(stdin, createWriteStream(copy, { mode: 0o600 }));
  } catch (error) {
    await close();
    throw error;
  }
  return sourceOf(copy, close);
};

const sourceOf = (path: string, close: () => Promise<void>): OrderSource => ({
  close,
  orders: async function* () {
    for await (const { place, value } of readOrders(createReadStream(path, 'utf8'))) {
      yield { place, read: value.mapErr((reason) => [reason]).andThen(orderOf) };
    }
  },
});

/** An order as it is, or as the message PlaceOrder that carries it. */
const orderOf = (value: unknown): ParsedOrder['read'] => {
  const { type, v, ...order } = Object(value) as Readonly<Record<string, unknown>>;
  const isMessage = type === 'PlaceOrder' && v === 1;
  return Order.parse(isMessage ? order : value).mapErr(({ reasons }) => reasons);
};
