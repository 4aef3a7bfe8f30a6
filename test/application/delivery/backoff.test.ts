import { expect } from 'chai';
import fc from 'fast-check';
import { backoffMs, type DelayClass } from '../../../src/application/delivery/backoff.ts';
import { DEFAULT_DELIVERY_SETTINGS } from '../../../src/application/delivery/settings.ts';
import { VISIBILITY_MAX_MS } from '../../../src/application/ports/messageQueue.ts';

const SETTINGS = { ...DEFAULT_DELIVERY_SETTINGS, retryBaseMs: 1_000, retryMaxMs: 300_000 };
const CLASSES: readonly DelayClass[] = ['prompt', 'normal', 'throttled', 'slow'];

const anyBackoff = () =>
  fc.record({
    attempt: fc.integer({ min: 0, max: 2 ** 31 }),
    delayClass: fc.constantFrom(...CLASSES),
    random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    retryAfterMs: fc.integer({ min: 0, max: 2 * VISIBILITY_MAX_MS }),
    heldMs: fc.integer({ min: 0, max: 2 * VISIBILITY_MAX_MS }),
  });

const longest = (attempt: number, delayClass: DelayClass): number =>
  backoffMs({ attempt, delayClass, random: 0.999_999, heldMs: 0 }, SETTINGS);

describe('the backoff', () => {
  it('is within [0, 12 h] with the time held, and never sooner than asked for', () => {
    fc.assert(
      fc.property(anyBackoff(), (backoff) => {
        const delayMs = backoffMs(backoff, SETTINGS);
        const roomMs = Math.max(0, VISIBILITY_MAX_MS - 60_000 - backoff.heldMs);
        expect(Number.isInteger(delayMs)).to.equal(true);
        expect(delayMs).to.be.within(0, roomMs);
        expect(delayMs).to.be.at.least(Math.min(backoff.retryAfterMs, roomMs));
      }),
    );
  });

  it('doubles its range with each attempt up to the longest', () => {
    const ranges = [1, 2, 3, 4, 9, 10, 50].map((attempt) => longest(attempt, 'normal'));
    expect(ranges).to.deep.equal([999, 1_999, 3_999, 7_999, 255_999, 299_999, 299_999]);
  });

  it('is fully jittered: it may be nothing at all', () => {
    const least = CLASSES.map((delayClass) =>
      backoffMs({ attempt: 5, delayClass, random: 0, heldMs: 0 }, SETTINGS),
    );
    expect(least).to.deep.equal([0, 0, 0, 150_000]);
  });

  it('is shorter after recovery, longer when throttled, and long for a person', () => {
    expect(CLASSES.map((delayClass) => longest(2, delayClass))).to.deep.equal([
      499, 1_999, 7_999, 299_999,
    ]);
  });

  it('spreads those who all got the same time', () => {
    const delays = [0, 0.5].map((random) =>
      backoffMs(
        { attempt: 1, delayClass: 'normal', retryAfterMs: 5_000, random, heldMs: 0 },
        SETTINGS,
      ),
    );
    expect(delays).to.deep.equal([5_000, 5_500]);
  });
});
