'use strict';
// Of this process alone, by as many milliseconds as the environment says.
const aheadMs = Number(process.env.TEST_CLOCK_AHEAD_MS);
const now = Date.now;
const RealDate = Date;
Date.now = () => now() + aheadMs;
globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(now() + aheadMs);
    else super(...args);
  }
};
