import { dispositionOf } from '../../src/application/delivery/disposition.ts';
import type { HandlerError } from '../../src/application/delivery/handler.ts';
import type { Fault } from './faults.ts';
import { frozenOf } from './log.ts';
import type { Message } from './payments.ts';
import { createProcess, type Process, type Slot } from './process.ts';
import { forge, reportAll, reportEvents } from './gatewayEvents.ts';
import { endAll, make } from './gatewayMoves.ts';
import { CHECKOUT, type GatewayTurn, type Story, type Turn } from './story.ts';
import { CLOSE_MS, KEY_WINDOW_MS } from './time.ts';
import type { World } from './world.ts';

/** Receives a message once, and does with it what its handler's answer means. */
export const receive = async (world: World, slot: Slot, message: Message): Promise<string> => {
  message.receives += 1;
  const { payments } = world;
  let stands = false;
  const sendDeadLetter = (orderId?: string): void => payments.sendDeadLetter(message, orderId);
  const onStands = (): void => void (stands = true);
  const outcome = await slot.payment({ ...message, sendDeadLetter, onStands });
  if (outcome === 'crashed') return outcome;
  if (outcome.isOk()) return slot.delete(() => payments.delete(message));
  if (dispositionOf(outcome.error).type !== 'DeadLetter') return outcome.error.type;
  if (!stands) payments.sendDeadLetter(message, orderOf(outcome.error));
  const deleted = await slot.delete(() => payments.putAside(message));
  return deleted === 'deleted' ? 'dead letter' : deleted;
};

const orderOf = (error: HandlerError): string | undefined =>
  'orderId' in error ? error.orderId : undefined;

/**
 * A process in the place of one that died, for ever. Both of its slots meet the faults of whoever
 * came last.
 */
const createPlace = (world: World, name: string) => {
  let faults: Fault[] = [];
  let made = 0;
  let current: Process | undefined;
  const alive = (): Process => {
    if (current === undefined || current.isDead()) {
      made += 1;
      current = createProcess(world, `${name}${made}`, () => faults.shift() ?? 'none');
    }
    return current;
  };
  return {
    slot: (at: 0 | 1, next: readonly Fault[]): Slot => {
      faults = [...next];
      return alive().slots[at];
    },
  };
};

/** Lets every worker take its turns beside the others. */
export const play = async (world: World, story: Story): Promise<void> => {
  const { bodies, workers, shares, isAtCheckout, handledBefore = 0, moves = [] } = story;
  const { gateway, payments, time, surroundings } = world;
  if (isAtCheckout) {
    gateway.saveMethod(CHECKOUT.method);
    for (const payment of CHECKOUT.payments) gateway.authorise(payment);
  }
  for (const body of bodies) payments.send(body);
  for (const message of payments.messages.slice(0, handledBefore)) {
    await receive(world, createProcess(world, 'B').slots[0], message);
  }
  const shared = createPlace(world, 'S');
  const take = async (turn: Turn, place: ReturnType<typeof createPlace>, at: 0 | 1) => {
    const message = payments.messages[turn.message % payments.messages.length];
    await surroundings.turn('receive');
    if (turn.redrives) for (const dead of payments.messages) payments.redrive(dead);
    await time.pass(turn.afterMs);
    if (message === undefined || !(message.isQueued || turn.isGhost)) return;
    noteAge(world, message);
    await receive(world, place.slot(at, turn.faults), message);
  };
  const move = async ({ what, pick, afterMs, reporting, forgery }: GatewayTurn) => {
    await surroundings.turn('the gateway moves');
    await time.pass(afterMs);
    await make(world, what, pick);
    if (forgery !== undefined) forge(world, forgery);
    reportEvents(world, reporting);
  };
  await Promise.all([
    (async () => {
      for (const turn of moves) await move(turn);
    })(),
    ...workers.map(async (turns, index) => {
      const isShared = shares && index < 2;
      const place = isShared ? shared : createPlace(world, `W${index}.`);
      for (const turn of turns) await take(turn, place, isShared && index === 1 ? 1 : 0);
    }),
  ]);
};

/** An open payment whose key the gateway has forgotten by now. */
const noteAge = ({ seen, log, time, watch }: World, { orderId, receives }: Message): void => {
  if (orderId === undefined || receives === 0 || watch.standing(orderId).payment !== 'open') return;
  const requested = log.order(orderId).findLast(({ type }) => type === 'PaymentRequested');
  if (requested !== undefined && time.now() - frozenOf(requested).at > KEY_WINDOW_MS)
    seen.add('redrive after key expiry');
};

/** More than a cancelled order can need that fails to get its money back again and again. */
const ROUNDS_MAX = 15;
/**
 * By then SQS has moved to the dead letters what nobody could do anything with: maxReceiveCount.
 */
const PATIENCE = 3;

/**
 * Faults have stopped. Everything lands, the dead-letter queue is redriven, and every message is
 * received, again and again, until that changes nothing any more. Somebody asks in the end what the
 * gateway's own list has, where there are its events.
 */
export const settle = async (
  world: World,
  { asksGateway = false }: { readonly asksGateway?: boolean } = {},
): Promise<void> => {
  const { payments, time } = world;
  world.calm();
  await world.settleLate();
  let still = 0;
  let asked = 0;
  for (let round = 0; round < ROUNDS_MAX && still < PATIENCE; round += 1) {
    const before = snapshot(world);
    const { slots } = createProcess(world, `E${round}`);
    if (asksGateway) {
      await endAll(world);
      asked = reportAll(world, asked);
    }
    for (const message of payments.messages) payments.redrive(message);
    for (const message of payments.messages) {
      if (message.isQueued) await receive(world, slots[0], message);
    }
    await time.pass(CLOSE_MS);
    still = snapshot(world) === before ? still + 1 : 0;
  }
  if (still < PATIENCE) world.watch.report('it never comes to rest');
  for (const message of payments.messages.filter(({ isQueued }) => isQueued)) {
    payments.sendDeadLetter(message);
    payments.putAside(message);
  }
};

const snapshot = ({ log, gateway, payments }: World): string =>
  JSON.stringify([
    [...log.streams().values()].map(({ length }) => length),
    gateway.ledger().charges.length,
    gateway.ledger().refunds.length,
    payments.messages.filter(({ isQueued }) => isQueued).length,
    payments.messages.filter(({ deadLetters }) => deadLetters > 0).length,
  ]);
