import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WorkerOptions } from './worker.ts';

/** How one process ended; `asked` is the signal that it was sent, if any. */
export type End = {
  readonly journal: string;
  readonly asked: NodeJS.Signals | undefined;
  readonly signal: NodeJS.Signals | null;
  readonly code: number | null;
};

export type Workers = {
  /** Sends a signal to one that is ready, chosen by a fraction in [0, 1). */
  strike(signal: NodeJS.Signals, chosenBy: number): void;
  ends(): readonly End[];
  /** One ended that nothing had killed, so that another would end too; no more are started. */
  broken(): boolean;
  /** Lets all of them drain; kills what does not end in time. */
  stop(deadlineMs: number): Promise<void>;
};

type Slot = { child: ChildProcess; asked: NodeJS.Signals | undefined; ready: boolean };

const PROGRAM = fileURLToPath(new URL('worker.ts', import.meta.url));
/** More than any plan kills. */
const STARTS_MAX = 500;

/** Keeps so many worker processes alive, each new one with a journal of its own in the folder. */
export const keepWorkers = (
  count: number,
  folder: string,
  options: Omit<WorkerOptions, 'journal'>,
): Workers => {
  const ends: End[] = [];
  let starts = 0;
  let stopping = false;
  let broken = false;

  const begin = (): Slot => {
    starts += 1;
    const journal = `${String(starts).padStart(4, '0')}.jsonl`;
    const given: WorkerOptions = { ...options, journal: join(folder, journal) };
    const child = fork(PROGRAM, [JSON.stringify(given)], { execArgv: ['--expose-gc'] });
    const slot: Slot = { child, asked: undefined, ready: false };
    child.once('message', () => (slot.ready = true));
    child.once('exit', (code, signal) => {
      ends.push({ journal, asked: slot.asked, signal, code });
      broken ||= signal !== 'SIGKILL' && (slot.asked === undefined || code !== 0);
      if (!stopping && !broken && starts < STARTS_MAX) slots[slots.indexOf(slot)] = begin();
    });
    return slot;
  };

  const slots: Slot[] = [];
  for (let at = 0; at < count; at += 1) slots.push(begin());

  const send = (slot: Slot, signal: NodeJS.Signals): void => {
    slot.asked = signal;
    slot.child.kill(signal);
  };
  const ended = async ({ child }: Slot): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  };

  return {
    strike: (signal, chosenBy) => {
      const ready = slots.filter((slot) => slot.ready && slot.asked === undefined);
      const slot = ready[Math.floor(chosenBy * ready.length)];
      if (slot !== undefined) send(slot, signal);
    },
    ends: () => ends,
    broken: () => broken,
    stop: async (deadlineMs) => {
      stopping = true;
      for (const slot of slots) if (slot.asked === undefined) send(slot, 'SIGTERM');
      const late = setTimeout(() => {
        for (const slot of slots) send(slot, 'SIGKILL');
      }, deadlineMs);
      await Promise.all(slots.map(ended));
      clearTimeout(late);
    },
  };
};
