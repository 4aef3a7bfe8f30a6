import { err, ResultAsync, type Result } from 'neverthrow';

/** What may befall one call of one process. */
export type Fault =
  | 'none'
  /** Refused; nothing was done. */
  | 'reject'
  /** Done, and the answer was lost. */
  | 'lose'
  /** The answer was lost and it is done later, perhaps after others have acted (a ghost). */
  | 'late'
  /** Done, the answer was lost, and the client repeated it by itself, as an SDK does. */
  | 'repeat'
  /** The process dies before, or after, it is done. */
  | 'crash before'
  | 'crash after';

export const FAULTS: readonly Fault[] = [
  'reject',
  'lose',
  'late',
  'repeat',
  'crash before',
  'crash after',
];

/** The calls that a process makes of what lasts. */
export type Step =
  | 'insert order'
  | 'load order'
  | 'read order'
  | 'insert payment'
  | 'load payment'
  | 'read payment'
  | 'insert series'
  | 'head series'
  | 'load series'
  | 'read series'
  | 'charge'
  | 'find'
  | 'refund'
  | 'findRefund'
  | 'listRefunds'
  | 'row'
  | 'notify'
  | 'publish'
  | 'deadLetter'
  | 'delete'
  | 'insert notification'
  | 'load notification'
  | 'read notification'
  | 'mail';

/** One try of a call. It is done when it lands, and once at most. */
export type Flight<T, E> = { land(): Promise<Result<T, E>>; drop(): void };

export type Call<T, E> = {
  readonly step: Step;
  readonly act: () => ResultAsync<T, E>;
  /** How it gets under way; without it, whenever its turn comes. */
  readonly launch?: (act: () => ResultAsync<T, E>) => Flight<T, E>;
  readonly rejected: E;
  readonly lost: E;
};

const never = <T>(): Promise<T> => new Promise(() => undefined);

/** What is done at once when it lands, and may take as long as it wants to. */
export const unhurried = <T, E>(act: () => ResultAsync<T, E>): Flight<T, E> => {
  let landed: Promise<Result<T, E>> | undefined;
  return {
    land: () => (landed ??= Promise.resolve(act())),
    drop: () => undefined,
  };
};

export type Surroundings = {
  /** Every call waits here before and after it is done, so that any interleaving can happen. */
  readonly turn: (label: string) => Promise<unknown>;
  /** Which fault was met at which step. */
  readonly seen: Set<string>;
  /** Ghosts: what will still be done, after its caller has given up. */
  readonly late: Promise<unknown>[];
};

export type Mortal = {
  call<T, E>(call: Call<T, E>): ResultAsync<T, E>;
  /** Ends when the process does. Nothing of a dead process goes on. */
  readonly died: Promise<'crashed'>;
  isDead(): boolean;
};

/** The calls of one process; `nextFault` says what befalls each. */
export const createMortal = (
  name: string,
  nextFault: (step: Step) => Fault,
  { turn, seen, late }: Surroundings,
): Mortal => {
  let dead = false;
  const { promise: died, resolve: die } = Promise.withResolvers<'crashed'>();
  const crash = <T>(): Promise<T> => {
    dead = true;
    die('crashed');
    return never<T>();
  };

  const run = async <T, E>(call: Call<T, E>): Promise<Result<T, E>> => {
    const { step, act, launch = unhurried, rejected, lost } = call;
    if (dead) return never();
    const fault = nextFault(step);
    seen.add(`${step}: ${fault}`);
    // Repeats are part of the one request: they too land before its longest life is over.
    const doing = fault === 'repeat' ? () => act().andThen(() => act()) : act;
    // What is refused, or never sent, is not under way while time passes.
    const flight = fault === 'reject' || fault === 'crash before' ? undefined : launch(doing);
    await turn(`${name} ${step}: ${fault}`);
    if (dead) {
      flight?.drop();
      return never();
    }
    if (fault === 'crash before') return crash();
    if (flight === undefined) return err(rejected);
    if (fault === 'late') {
      late.push(turn(`${name} ${step}: lands late`).then(() => flight.land()));
      return err(lost);
    }
    const result = await flight.land();
    if (fault === 'crash after') return crash();
    await turn(`${name} ${step}: answered`);
    if (dead) return never();
    return fault === 'lose' ? err(lost) : result;
  };

  return { call: (call) => new ResultAsync(run(call)), died, isDead: () => dead };
};
