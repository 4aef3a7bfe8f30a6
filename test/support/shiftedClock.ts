import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ServerResponse } from 'node:http';

const CHANNEL = 'http.server.request.start';

/**
 * Makes this process take the time to be so much later than it is, until the answer is called. So a
 * data folder can be opened at the moment at which it was left, however long ago that was, and a
 * day may pass between two commands. Timers run as they do.
 */
export const shiftClock = (shiftMs: number): (() => void) => {
  const RealDate = Date;
  const unshift = shiftDates(shiftMs);
  // Node dates its answers by a clock of its own, and whoever compares clocks looks at that header.
  const undate = onAnswers((response) => {
    response.setHeader('Date', new RealDate(RealDate.now() + shiftMs).toUTCString());
  });
  return () => {
    unshift();
    undate();
  };
};

/** The same for this process alone: its servers date their answers as before. */
export const shiftDates = (shiftMs: number): (() => void) => {
  const RealDate = Date;
  const now = (): number => RealDate.now() + shiftMs;
  globalThis.Date = new Proxy(RealDate, {
    apply: () => new RealDate(now()).toString(),
    construct: (target, given, newTarget) =>
      Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget) as Date,
    get: (target, name, receiver): unknown =>
      name === 'now' ? now : Reflect.get(target, name, receiver),
  });
  return () => {
    globalThis.Date = RealDate;
  };
};

/** Until the answer is called, for what each server of this process answers. */
export const onAnswers = (act: (response: ServerResponse) => void): (() => void) => {
  const listener = (message: unknown): void =>
    act((message as { readonly response: ServerResponse }).response);
  subscribe(CHANNEL, listener);
  return () => void unsubscribe(CHANNEL, listener);
};

// A process that is started with `node --import` of this file has its clock shifted first.
const { CLOCK_SHIFT_MS } = process.env;
if (CLOCK_SHIFT_MS !== undefined) shiftClock(Number(CLOCK_SHIFT_MS));
