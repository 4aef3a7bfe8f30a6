import {
  createStream,
  orderStreamId,
  type OrderStream,
  type EventStream,
  type DatedEvent,
} from '../../src/application/log/eventStreams.ts';
import { createCodec, type DataCodecs, type Upcasts } from '../../src/domain/codec.ts';
import { object, row, string, whole } from '../../src/domain/decode.ts';
import * as Order from '../../src/domain/order/index.ts';

type Of<T extends Order.StreamEvent['type']> = Extract<Order.StreamEvent, { readonly type: T }>;

/** A field more: where a cancellation came from. */
type CancellationRequested = {
  readonly type: 'CancellationRequested';
  readonly data: Of<'CancellationRequested'>['data'] & { readonly channel: string };
};

/** What was OrderPlaced, split: the order, and by itself who placed it. */
type OrderAccepted = {
  readonly type: 'OrderAccepted';
  readonly data: Omit<Of<'OrderPlaced'>['data'], 'customer'>;
};
type CustomerNamed = {
  readonly type: 'CustomerNamed';
  readonly data: Of<'OrderPlaced'>['data']['customer'];
};

/** The newest release's events. OrderPlaced is retired: it is read and never written. */
type NewEvent =
  | Exclude<Order.StreamEvent, { readonly type: 'CancellationRequested' | 'OrderPlaced' }>
  | CancellationRequested
  | OrderAccepted
  | CustomerNamed;

const { OrderPlaced, ...unchanged } = Order.codecs;

const withoutCustomer = <T extends { readonly customer?: unknown }>(of: T): Omit<T, 'customer'> => {
  const { customer, ...rest } = of;
  return customer === undefined ? of : rest;
};

const codecs: DataCodecs<NewEvent> = {
  ...unchanged,
  CancellationRequested: {
    v: 2,
    decode: object({ reason: string, at: whole, channel: string }),
  },
  OrderAccepted: {
    decode: (value, path) =>
      OrderPlaced.decode({ ...Object(value), customer: ['', '', ''] }, path).map(withoutCustomer),
    encode: (order) =>
      withoutCustomer(OrderPlaced.encode?.({ ...order, customer: NOBODY }) ?? { customer: [] }),
  },
  CustomerNamed: {
    decode: (value, path) =>
      object({ customer: row({ id: string, email: string, language: string }) })(value, path).map(
        ({ customer }) => customer,
      ),
    encode: ({ id, email, language }) => ({ customer: [id, email, language] }),
  },
};

/** What is stored comes last, so that nothing of it is hidden by what is added. */
const upcastCancellation: Upcasts = {
  CancellationRequested: {
    1: (data) => [
      { type: 'CancellationRequested', v: 2, data: { channel: 'unknown', ...Object(data) } },
    ],
  },
};

/**
 * Each part of the old event goes into one of the new ones, as it is: their decoders look at it.
 */
const upcastOrder: Upcasts = {
  OrderPlaced: {
    ...Order.upcasts['OrderPlaced'],
    2: (data) => {
      const { customer, ...order } = Object(data);
      return [
        { type: 'OrderAccepted', v: 1, data: order },
        { type: 'CustomerNamed', v: 1, data: { customer } },
      ];
    },
  },
};

const NOBODY = { id: '', email: '', language: '' };

const evolve = (
  state: Order.State,
  event: NewEvent | Of<'OrderPlaced'>,
  version: number,
): Order.State => {
  if (event.type === 'CustomerNamed') {
    const { placed } = state;
    return { ...state, version, ...(placed && { placed: { ...placed, customer: event.data } }) };
  }
  if (event.type !== 'OrderAccepted') return Order.evolveAt(state, event, version);
  const data = { ...event.data, customer: NOBODY };
  return Order.evolveAt(state, { type: 'OrderPlaced', data }, version);
};

type Dependencies = Parameters<typeof createStream>[0];

/** Today's decisions, said in the events of another release. */
const saying = <E extends NewEvent | Of<'OrderPlaced'>>(
  stream: EventStream<Order.State, E>,
  say: (event: Order.StreamEvent) => readonly E[],
): OrderStream => ({
  start: { ...stream.start, history: [] },
  load: (id) => stream.load(id).map((read) => ({ ...read, history: today(read.history) })),
  append: (id, held, { events, ...commit }) =>
    stream
      .append(id, { ...held, history: [] }, { ...commit, events: events.flatMap(say) })
      // What it was given is in today's words already.
      .map((read) => ({ ...read, history: [...held.history, ...today(read.history)] })),
});

/** Today's handlers publish the events of another release, each where it stands. */
const today = (
  history: readonly DatedEvent<NewEvent | Of<'OrderPlaced'>>[],
): readonly DatedEvent<Order.StreamEvent>[] =>
  history.flatMap(({ event, ...where }, at): readonly DatedEvent<Order.StreamEvent>[] => {
    if (event.type === 'CustomerNamed') return [];
    if (event.type === 'CancellationRequested') {
      const { reason, at: askedAt } = event.data;
      return [{ ...where, event: { type: event.type, data: { reason, at: askedAt } } }];
    }
    if (event.type !== 'OrderAccepted') return [{ ...where, event }];
    const named = history[at + 1]?.event;
    const customer = named?.type === 'CustomerNamed' ? named.data : NOBODY;
    return [{ ...where, event: { type: 'OrderPlaced', data: { ...event.data, customer } } }];
  });

const kind = { streamId: orderStreamId, initialState: Order.initialState, evolve } as const;

const newCodec = createCodec<NewEvent>(codecs, {
  ...Order.upcasts,
  ...upcastCancellation,
  ...upcastOrder,
});

const newly = (event: Order.StreamEvent): readonly NewEvent[] => {
  if (event.type === 'CancellationRequested') {
    return [{ type: event.type, data: { ...event.data, channel: 'web' } }];
  }
  if (event.type !== 'OrderPlaced') return [event];
  const { customer, ...order } = event.data;
  return [
    { type: 'OrderAccepted', data: order },
    { type: 'CustomerNamed', data: customer },
  ];
};

/** Writes the new events. Workers of the release before the preparing one cannot read them. */
export const createNewOrders = (dependencies: Dependencies): OrderStream =>
  saying(createStream(dependencies, { ...kind, codec: newCodec }), newly);

/** Reads the new events and writes only what every worker can read. */
const preparingCodec = createCodec<NewEvent | Of<'OrderPlaced'>>(
  {
    ...codecs,
    OrderPlaced,
    CancellationRequested: {
      ...codecs.CancellationRequested,
      writes: 1,
      encode: ({ reason, at }) => ({ reason, at }),
    },
  },
  { ...Order.upcasts, ...upcastCancellation },
);

export const createPreparingOrders = (dependencies: Dependencies): OrderStream =>
  saying(createStream(dependencies, { ...kind, codec: preparingCodec }), (event) =>
    event.type === 'CancellationRequested'
      ? [{ type: event.type, data: { ...event.data, channel: 'unknown' } }]
      : [event],
  );

/** The new events in today's terms, for the checks of the simulation. */
export const OTHER_NAMES = { OrderAccepted: 'OrderPlaced', CustomerNamed: '' };
