import { expect } from 'chai';
import { problemsAtTheEnd } from './ended.ts';
import type { Fault, Step } from './faults.ts';
import type { Message } from './payments.ts';
import { createProcess, type Process } from './process.ts';
import { receive, settle } from './run.ts';
import { createSimulatedWorld, type World } from './world.ts';
import { anyRegistry } from '../support/orderContext.ts';

/**
 * The first call of a step meets the first of its faults, and so on; what is not named meets none.
 */
export type Faults = Partial<Record<Step, readonly Fault[]>>;

export type Stop = {
  /** Ends when the process has come there. */
  readonly reached: Promise<void>;
  readonly go: () => void;
};

export type Script = {
  readonly world: World;
  readonly process: (name: string, faults?: Faults) => Process;
  /** Holds the next such call of that process before it is done, or before its answer comes. */
  readonly stop: (name: string, step: Step, when?: 'before' | 'after') => Stop;
  readonly send: (body: string) => Message;
  /** One receive, by a process of its own unless one is given. */
  readonly give: (message: Message, by?: Process | Faults, slot?: 0 | 1) => Promise<string>;
  /** The events of an order so far. */
  readonly story: (orderId?: string) => string;
  /** Faults stop, everything is redriven, and nothing may be wrong. */
  readonly end: () => Promise<void>;
};

/** A world in which things happen in the order in which a test says them. */
export const createScript = (options: { readonly attemptsMax?: number } = {}): Script => {
  const stops = new Map<string, { arrive: () => void; gate: Promise<void> }>();
  const turn = (label: string): Promise<unknown> => {
    const stop = stops.get(placeOf(label));
    if (stop === undefined) return Promise.resolve();
    stops.delete(placeOf(label));
    stop.arrive();
    return stop.gate;
  };
  const world = createSimulatedWorld({ turn, ...options });
  let made = 0;

  const process: Script['process'] = (name, faults = {}) => {
    const met = new Map<Step, number>();
    const nextFault = (step: Step): Fault => {
      const count = met.get(step) ?? 0;
      met.set(step, count + 1);
      return faults[step]?.[count] ?? 'none';
    };
    // What a script says is about an order and its numbers, and not about how they are printed.
    return createProcess(world, name, nextFault, { registry: anyRegistry() });
  };

  return {
    world,
    process,
    stop: (name, step, when = 'before') => {
      const { promise: reached, resolve: arrive } = Promise.withResolvers<void>();
      const { promise: gate, resolve: go } = Promise.withResolvers<void>();
      stops.set(`${name} ${step} ${when}`, { arrive, gate });
      return { reached, go };
    },
    send: (body) => world.payments.send(body),
    give: (message, by = {}, slot = 0) => {
      made += 1;
      const given = 'slots' in by ? by : process(`P${made}`, by);
      return receive(world, given.slots[slot], message);
    },
    story: (orderId = 'o-1') => {
      const facts = world.log.order(orderId);
      return facts.map(({ type }) => type).join(' ');
    },
    end: async () => {
      await settle(world);
      expect(await problemsAtTheEnd(world)).to.deep.equal([]);
    },
  };
};

const placeOf = (label: string): string => {
  const [call = '', how = ''] = label.split(': ');
  if (how === 'answered') return `${call} after`;
  return how === 'lands late' ? `${call} ${how}` : `${call} before`;
};
