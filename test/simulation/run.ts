import { dispositionOf } from '../../src/application/delivery/disposition.ts';
import type { Fault } from './faults.ts';
import { frozenOf } from './log.ts';
import type { Message } from './payments.ts';
import { createProcess, type Process, type Slot } from './process.ts';
import { CHECKOUT, type Story, type Turn } from './story.ts';
import { CLOSE_MS, KEY_WINDOW_MS } from './time.ts';
import type { World } from './world.ts';

/** Receives a message once, and does with it what its handler's answer means. */
export const receive = async (world: World, slot: Slot, message: Message): Promise<string> => {
  message.receives += 1;
  const { payments } = world;
  let stands = false;
  const sendLetter = (): void => payments.sendLetter(message);
  const onStands = (): void => void (stands = true);
  const outcome = await slot.payment({ ...message, sendLetter, onStands });
  if (outcome === 'crashed') return outcome;
  if (outcome.isOk()) return slot.delete(() => payments.delete(message));
  if (dispositionOf(outcome.error).type !== 'DeadLetter') return outcome.error.type;
  if (!stands) payments.sendLetter(message);
  const deleted = await slot.delete(() => payments.putAside(message));
  return deleted === 'deleted' ? 'dead letter' : deleted;
};

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
export const tell = async (world: World, story: Story): Promise<void> => {
  const { bodies, workers, shares, isAtCheckout } = story;
  const { gateway, payments, time, surroundings } = world;
  if (isAtCheckout) {
    gateway.saveMethod(CHECKOUT.method);
    for (const payment of CHECKOUT.payments) gateway.authorise(payment);
  }
  for (const body of bodies) payments.send(body);
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
  await Promise.all(
    workers.map(async (turns, index) => {
      const isShared = shares && index < 2;
      const place = isShared ? shared : createPlace(world, `W${index}.`);
      for (const turn of turns) await take(turn, place, isShared && index === 1 ? 1 : 0);
    }),
  );
};

/** An open payment whose key the gateway has forgotten by now. */
const noteAge = ({ seen, log, time, watch }: World, { command, receives }: Message): void => {
  const { orderId } = command;
  if (receives === 0 || watch.standing(orderId).payment !== 'open') return;
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
 * received, again and again, until that changes nothing any more.
 */
export const settle = async (world: World): Promise<void> => {
  const { payments, time } = world;
  world.calm();
  await world.settleLate();
  let still = 0;
  for (let round = 0; round < ROUNDS_MAX && still < PATIENCE; round += 1) {
    const before = snapshot(world);
    const { slots } = createProcess(world, `E${round}`);
    for (const message of payments.messages) payments.redrive(message);
    for (const message of payments.messages) {
      if (message.isQueued) await receive(world, slots[0], message);
    }
    await time.pass(CLOSE_MS);
    still = snapshot(world) === before ? still + 1 : 0;
  }
  if (still < PATIENCE) world.watch.report('it never comes to rest');
  for (const message of payments.messages.filter(({ isQueued }) => isQueued)) {
    payments.sendLetter(message);
    payments.putAside(message);
  }
};

const snapshot = ({ log, gateway, payments }: World): string =>
  JSON.stringify([
    [...log.streams().values()].map(({ length }) => length),
    gateway.ledger().charges.length,
    gateway.ledger().refunds.length,
    payments.messages.filter(({ isQueued }) => isQueued).length,
    payments.messages.filter(({ letters }) => letters > 0).length,
  ]);
