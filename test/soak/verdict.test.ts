import { expect } from 'chai';
import type { ReceivedMessage } from '../../src/application/ports/messageQueue.ts';
import { ALWAYS, type Task } from './tasks.ts';
import type { Handled, Line } from './journal.ts';
import { isFlat } from './memory.ts';
import { judge, type Evidence } from './verdict.ts';
import type { End } from './workers.ts';

describe("the soak's verdict", () => {
  it('is that all is well when each message ended as it should', () => {
    expect(faultsOf({})).to.deep.equal([]);
  });

  it('excuses what is done again after its process was killed', () => {
    const again = handled(0, 'done');
    expect(faultsOf({ journals: journalsOf(WELL, [again]) })).to.deep.equal([]);
    expect(faultsOf({ journals: journalsOf([...WELL, again]) })).to.match(
      /done again without cause: ok 0/u,
    );
  });

  it('finds what was lost, moved, copied again or without a reason, or survived', () => {
    const without = (number: number): Evidence['journals'] =>
      journalsOf(WELL.filter((line) => line.kind !== 'handled' || line.number !== number));
    expect(faultsOf({ journals: without(0) })).to.match(/not done: ok 0/u);
    expect(faultsOf({ deadLetters: [...DEAD, dead(0)] })).to.match(/not done: ok 0/u);
    expect(faultsOf({ deadLetters: [dead(2)] })).to.match(/with its reason: poison 1/u);
    expect(faultsOf({ deadLetters: [dead(1), dead(2)] })).to.match(/with its reason: poison 1/u);
    expect(faultsOf({ deadLetters: [...DEAD, dead(1, POISON)] })).to.match(/copied again/u);
    expect(faultsOf({ deadLetters: [dead(1, POISON)] })).to.match(/redrive policy: crash 2/u);
    const survived = journalsOf([...WELL, handled(2, 'done')]);
    expect(faultsOf({ journals: survived })).to.match(/survived: crash 2/u);
  });

  it('finds a worker that ended by itself or without a clean drain', () => {
    const unasked: End = { journal: 'a', asked: undefined, signal: null, code: 1 };
    expect(faultsOf({ ends: [unasked] })).to.match(/ended by itself/u);
    const unclean = journalsOf([...WELL.slice(0, -1), drained(1)]);
    expect(faultsOf({ journals: unclean })).to.match(/unclean drain/u);
  });

  it('finds memory that grows by each message, and memory that is simply too much', () => {
    const flat = { messages: 6_000, firstHeapBytes: 25e6, lastHeapBytes: 26.5e6 };
    const rss = { firstRssBytes: 140e6, lastRssBytes: 180e6, maxRssBytes: 180e6 };
    expect(isFlat({ ...flat, ...rss })).to.equal(true);
    expect(isFlat({ ...flat, ...rss, lastHeapBytes: 25e6 + 6_000 * 1_500 })).to.equal(false);
    expect(isFlat({ ...flat, ...rss, maxRssBytes: 300e6 })).to.equal(false);
  });
});

const POISON = 'MalformedMessage; poison 1';
const TASKS: readonly Task[] = [
  { number: 0, fate: 'ok', amount: 1 },
  { number: 1, fate: 'poison', amount: 0 },
  { number: 2, fate: 'crash', amount: ALWAYS },
];

const handled = (number: number, result: Handled['result']): Line => ({
  kind: 'handled',
  number,
  messageId: `m-${number}`,
  receive: 1,
  result,
});

const drained = (abandoned: number): Line => ({
  kind: 'drained',
  report: { finished: 0, handedBack: 0, abandoned, pollsCut: 0, durationMs: 1 },
});

const WELL: readonly Line[] = [handled(0, 'done'), handled(1, 'poison'), drained(0)];

/** What a worker that drained wrote, and one that was killed. */
const journalsOf = (ended: readonly Line[], killed: readonly Line[] = []): Evidence['journals'] =>
  new Map([
    ['a', ended],
    ['b', [...killed, handled(2, 'crash')]],
  ]);

const dead = (number: number, reason?: string): ReceivedMessage => ({
  messageId: `d-${number}`,
  receipt: 'r',
  body: JSON.stringify(TASKS[number]),
  attributes: reason === undefined ? {} : { Reason: reason },
  receiveCount: 1,
  sentAt: 0,
  damaged: false,
});

const DEAD: readonly ReceivedMessage[] = [dead(1, POISON), dead(2)];

const ENDS: readonly End[] = [
  { journal: 'a', asked: 'SIGTERM', signal: null, code: 0 },
  { journal: 'b', asked: undefined, signal: 'SIGKILL', code: null },
];

const faultsOf = (evidence: Partial<Evidence>): readonly string[] | string => {
  const all = { tasks: TASKS, journals: journalsOf(WELL), ends: ENDS, deadLetters: DEAD };
  const { faults } = judge({ ...all, ...evidence });
  return faults.length === 0 ? [] : faults.join('\n');
};
