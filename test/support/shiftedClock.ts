/*
 * Loaded with `node --import`, before anything else: the process takes the time to be CLOCK_SHIFT_MS later than it
 * is. So a data folder can be opened at the moment at which it was left, however long ago that was, and a day
 * may pass between two commands. Timers run as they do.
 */
import { subscribe } from 'node:diagnostics_channel';
import type { ServerResponse } from 'node:http';

const RealDate = Date;
const shiftMs = Number(process.env['CLOCK_SHIFT_MS'] ?? 0);
const now = (): number => RealDate.now() + shiftMs;

globalThis.Date = new Proxy(RealDate, {
  apply: () => new RealDate(now()).toString(),
  construct: (target, given, newTarget) =>
    Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget) as Date,
  get: (target, name, receiver): unknown =>
    name === 'now' ? now : Reflect.get(target, name, receiver),
});

// Node dates its answers by a clock of its own, and whoever compares clocks looks at that header.
subscribe('http.server.request.start', (message) => {
  const { response } = message as { readonly response: ServerResponse };
  response.setHeader('Date', new RealDate(now()).toUTCString());
});
