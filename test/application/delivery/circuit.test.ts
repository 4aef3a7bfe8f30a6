import { expect } from 'chai';
import fc from 'fast-check';
import {
  afterFailure,
  afterProbe,
  afterSuccess,
  afterTime,
  CLOSED,
  FAILURES_MIN,
  OPEN_MAX_MS,
  OPEN_MIN_MS,
  SEEN_MAX,
  SEEN_MS,
  slotsOf,
  type Circuit,
} from '../../../src/application/delivery/circuit.ts';
import { runsOf } from '../../support/runs.ts';

const SLOTS_MAX = 50;
const observed = (subject: string, now = 0, startedAt = now) => ({ subject, now, startedAt });
const subjects = (count: number) => Array.from({ length: count }, (_, at) => `o-${at}`);

const failing = (circuit: Circuit, of: readonly string[], now = 0): Circuit =>
  of.reduce((state, subject) => afterFailure(state, observed(subject, now), 0.5), circuit);
const succeeding = (circuit: Circuit, of: readonly string[], now = 0): Circuit =>
  of.reduce((state, subject) => afterSuccess(state, observed(subject, now), SLOTS_MAX), circuit);

/** Opened at 0, and its time is up. */
const probing = (): Circuit => afterTime(failing(CLOSED, subjects(3)), OPEN_MIN_MS);
const recovering = (): Circuit =>
  afterProbe(probing(), { succeeded: true, now: OPEN_MIN_MS, random: 0.5 });

describe('the circuit', () => {
  it('Q12: opens when several orders fail and make up half of what was seen', () => {
    expect(failing(CLOSED, subjects(FAILURES_MIN - 1)).state).to.equal('closed');
    expect(failing(CLOSED, subjects(FAILURES_MIN)).state).to.equal('open');
    const good = succeeding(CLOSED, ['a', 'b', 'c', 'd', 'e']);
    expect(failing(good, subjects(4)).state).to.equal('closed');
    expect(failing(good, subjects(5)).state).to.equal('open');
  });

  it('is not opened by one order, however often it fails', () => {
    const always = Array.from({ length: 1_000 }, () => 'o-1');
    expect(failing(CLOSED, always).state).to.equal('closed');
    expect(failing(succeeding(CLOSED, ['a']), [...always, 'o-2']).state).to.equal('closed');
  });

  it('is opened soon in an outage, however much went well before', () => {
    const good = succeeding(CLOSED, subjects(1_000));
    expect(
      failing(
        good,
        subjects(SEEN_MAX).map((each) => `late ${each}`),
      ).state,
    ).to.equal('open');
  });

  it('forgets what is long past', () => {
    const before = failing(CLOSED, subjects(FAILURES_MIN - 1));
    const later = afterFailure(before, observed('late', SEEN_MS), 0.5);
    expect(later.state).to.equal('closed');
  });

  it('lets nobody through while open or being probed, and no order decides for it', () => {
    const open = failing(CLOSED, subjects(3));
    expect(slotsOf(open, SLOTS_MAX)).to.equal(0);
    expect(afterTime(open, OPEN_MIN_MS * 0.75 - 1).state).to.equal('open');
    expect(slotsOf(probing(), SLOTS_MAX)).to.equal(0);
    expect(failing(probing(), subjects(9), OPEN_MIN_MS)).to.deep.equal(probing());
    expect(succeeding(probing(), subjects(9), OPEN_MIN_MS)).to.deep.equal(probing());
  });

  it('lets one through after a successful probe; what started before does not count', () => {
    expect(slotsOf(recovering(), SLOTS_MAX)).to.equal(1);
    const straggler = observed('straggler', OPEN_MIN_MS + 1, OPEN_MIN_MS - 1);
    expect(afterFailure(recovering(), straggler, 0.5)).to.deep.equal(recovering());
    expect(afterSuccess(recovering(), straggler, SLOTS_MAX)).to.deep.equal(recovering());
  });

  it('takes no answer of a probe when it does not wait for one', () => {
    for (const circuit of [CLOSED, failing(CLOSED, subjects(3)), recovering()]) {
      for (const succeeded of [true, false]) {
        expect(afterProbe(circuit, { succeeded, now: 0, random: 0 })).to.equal(circuit);
      }
    }
  });

  it('opens slowly after a probe that succeeds: 1, 2, 4 … slots', () => {
    let circuit = recovering();
    const slots: number[] = [];
    for (let successes = 0; successes < 100 && circuit.state !== 'closed'; successes += 1) {
      slots.push(slotsOf(circuit, SLOTS_MAX));
      circuit = succeeding(circuit, [`${successes}`], OPEN_MIN_MS);
    }
    expect([...new Set(slots)]).to.deep.equal([1, 2, 4, 8, 16, 32]);
    expect(slots).to.have.length(63);
    expect(circuit).to.deep.equal(CLOSED);
  });

  it('opens again for longer, up to a bound, each time that the probe fails', () => {
    let circuit = probing();
    let now = OPEN_MIN_MS;
    const pauses: number[] = [];
    for (let probes = 0; probes < 10; probes += 1) {
      circuit = afterProbe(circuit, { succeeded: false, now, random: 1 });
      if (circuit.state !== 'open') throw new Error(`it is ${circuit.state}`);
      pauses.push(circuit.until - now);
      now = circuit.until;
      circuit = afterTime(circuit, now);
    }
    expect(pauses.slice(0, 3)).to.deep.equal([10_000, 20_000, 40_000]);
    expect(pauses.at(-1)).to.equal(OPEN_MAX_MS);
  });

  it('goes on recovering although one order fails, and opens again when others do too', () => {
    expect(failing(recovering(), ['bad', 'bad'], OPEN_MIN_MS).state).to.equal('recovering');
    expect(failing(recovering(), ['bad', 'other'], OPEN_MIN_MS)).to.include({
      state: 'open',
      openings: 2,
    });
  });

  it('under any observations keeps its bounds, and always comes to be probed and closed', () => {
    const anyStep = fc.record({
      subject: fc.integer({ min: 0, max: 40 }).map(String),
      failed: fc.boolean(),
      afterMs: fc.integer({ min: 0, max: OPEN_MAX_MS }),
      tookMs: fc.integer({ min: 0, max: 10_000 }),
      random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    });
    const property = fc.property(fc.array(anyStep, { maxLength: 300 }), (steps) => {
      let circuit = CLOSED;
      let now = 0;
      for (const { subject, failed, afterMs, tookMs, random } of steps) {
        now += afterMs;
        circuit = afterProbe(afterTime(circuit, now), { succeeded: !failed, now, random });
        const seen = { subject, now, startedAt: now - tookMs };
        circuit = failed
          ? afterFailure(circuit, seen, random)
          : afterSuccess(circuit, seen, SLOTS_MAX);
        if ('seen' in circuit) expect(circuit.seen.length).to.be.at.most(SEEN_MAX);
        if (circuit.state === 'open') {
          expect(circuit.until - now).to.be.within(0, OPEN_MAX_MS);
        }
        expect(slotsOf(circuit, SLOTS_MAX)).to.be.within(0, SLOTS_MAX);
      }
      circuit = afterTime(circuit, now + OPEN_MAX_MS);
      circuit = afterProbe(circuit, { succeeded: true, now: now + OPEN_MAX_MS, random: 0 });
      expect(succeeding(circuit, subjects(64), now + OPEN_MAX_MS).state).to.equal('closed');
    });
    fc.assert(property, { numRuns: runsOf(50, 200) });
  });
});
