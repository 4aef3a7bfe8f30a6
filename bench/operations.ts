import { setTimeout as sleep } from 'node:timers/promises';
import { dataKeyOf, encryptRepeatably, randomKey } from '../src/adapters/encryption/aead.ts';
import { encodeCommit, decodeCommit } from '../src/adapters/eventStore/storedCommit.ts';
import { prepareCharge } from '../src/adapters/stripe/bodies.ts';
import { createSystemIds } from '../src/adapters/system/ids.ts';
import { createHmacSeals } from '../src/adapters/system/seals.ts';
import { toLine } from '../src/adapters/telemetry/line.ts';
import { decodePaymentMessage } from '../src/application/messages/index.ts';
import { STREAM_START } from '../src/application/ports/eventStore.ts';
import * as Order from '../src/domain/order/index.ts';
import { commitOf } from '../test/support/commits.ts';
import { contextAt, numbered } from '../test/support/orderContext.ts';
import { orderLife, placeOrder } from '../test/support/orderLife.ts';
import { orderMessage } from './order.ts';

export type Operation = { readonly name: string; readonly run: () => unknown };

const ids = createSystemIds();
const life = orderLife().placed().captured();
const CHARGE = {
  deployment: 'd',
  orderId: 'o-1',
  attempt: 1,
  amountMinor: 4_758,
  currency: 'EUR',
  paymentMethod: 'pm_card_visa',
} as const;
const prepared = prepareCharge(CHARGE);
// The gateway's part of a decision has a line of its own, "write a charge".
const context = contextAt(undefined, { prepare: () => prepared });
/** As many as a worker has in hand. */
const orders = Array.from({ length: 20 }, () => placeOrder());
const captured = Order.learn(Order.NO_EVIDENCE, 'payment#1', {
  answer: {
    type: 'MoneyMoved',
    source: 'answer',
    reference: 'pi_1',
    amountMinor: 4_758,
    currency: 'EUR',
  },
  number: numbered(1),
});
const commit = commitOf('o-1');
const message = orderMessage(1, { lines: 2, customers: 1 });
const order = decodePaymentMessage(message)._unsafeUnwrap();
const content = order.type === 'PlaceOrder' ? order.order : undefined;
const item = encodeCommit('order#o-1', STREAM_START, commit, 0);
const RECORD = {
  level: 'info',
  event: 'message.handled',
  outcome: 'paid',
  orderId: 'o-1',
  correlationId: ids.create(),
  messageId: ids.create(),
  attempt: 1,
  durationMs: 12,
  facts: { service: 'payments', disposition: 'Acknowledge', settled: 'Settled' },
} as const;
const STAMP = { time: 0, id: ids.create(), service: 'payments' };

const key = dataKeyOf(randomKey());
const personal = Buffer.from(JSON.stringify(['ada@customers.example', 'Ada']), 'utf8');
const about = JSON.stringify(['order#o-1', 1, 'OrderPlaced', 2, 'c-1', 'key', ['customer.1']]);
const body = prepared._unsafeUnwrap();
const seals = createHmacSeals(['a key of thirty-two bytes or more']);

let sealed = 0;
let lives = 0;

/** Nothing is stored, and nobody is asked. What comes from a shop was read before. */
const paidOrder = (): Order.State => {
  const { initialState, fold } = Order;
  const command = orders[(lives += 1) % orders.length] ?? placeOrder();
  const decided = Order.decide(command, initialState, context)._unsafeUnwrap();
  const placed = fold(decided, initialState);
  const step = Order.nextStep(placed, captured, context);
  if (step.type !== 'Append') throw new Error(`The next step is ${step.type}.`);
  return fold(step.events, placed);
};

/** What every order goes through, piece by piece. */
export const OPERATIONS: readonly Operation[] = [
  {
    name: 'decide and evolve the whole life of a paid order',
    run: paidOrder,
  },
  {
    name: 'fold the events of a paid order',
    run: () =>
      life.events.reduce(
        (state, event, at) => Order.evolveAt(state, event, at + 1),
        Order.initialState,
      ),
  },
  { name: 'read and check the message of an order', run: () => decodePaymentMessage(message) },
  { name: 'fingerprint of an order', run: () => content && ids.fingerprint(content) },
  {
    name: 'encode a commit, with its hash',
    run: () => encodeCommit('order#o-1', STREAM_START, commit, 0),
  },
  { name: 'decode a commit, with its hash', run: () => decodeCommit(item) },
  {
    name: 'encrypt the personal data of an event',
    run: () => encryptRepeatably(key, personal, about).toString('base64url'),
  },
  // Each seal is made once: a text that was sealed before is remembered.
  {
    name: 'seal a request',
    run: () => seals.seal(`${CHARGE.orderId} ${(sealed += 1)} ${body}`),
  },
  { name: 'write a charge', run: () => prepareCharge(CHARGE) },
  { name: 'a log record to its line', run: () => toLine(RECORD, STAMP) },
  { name: 'an id', run: () => ids.create() },
];

const ROUND_MS = 150;
const ROUNDS = 7;
const CHUNK = 50;

/** Nanoseconds of one run, for each round. */
export const timesOf = async ({ run }: Operation): Promise<readonly number[]> => {
  const times: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    let runs = 0;
    const since = performance.now();
    let elapsedMs = 0;
    while (elapsedMs < ROUND_MS) {
      for (let at = 0; at < CHUNK; at += 1) run();
      runs += CHUNK;
      elapsedMs = performance.now() - since;
    }
    // The first is a warm-up.
    if (round > 0) times.push((elapsedMs * 1e6) / runs);
    await sleep(0);
  }
  return times;
};
