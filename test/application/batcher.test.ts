import { expect } from 'chai';
import fc from 'fast-check';
import { createVirtualClock } from '../../src/adapters/memory/clock.ts';
import {
  CALLS_MAX,
  createBatcher,
  THROTTLE_TRIES_MAX,
  type BatcherOptions,
} from '../../src/application/batcher.ts';

const BATCH_DELAY_MS = 5;

/** A service that notes its calls, and answers each when the test says so. */
const createService = (options: Partial<BatcherOptions<string, string>> = {}) => {
  const clock = createVirtualClock();
  const calls: string[][] = [];
  const open: (() => void)[] = [];
  const submit = createBatcher<string, string>({
    call: async (entries) => {
      calls.push([...entries]);
      await new Promise<void>((resolve) => open.push(resolve));
      return entries.map((entry) => `done ${entry}`);
    },
    failed: (error) => `failed ${error instanceof Error ? error.message : 'unanswered'}`,
    entriesMax: 3,
    batchDelayMs: BATCH_DELAY_MS,
    clock,
    ...options,
  });
  return {
    clock,
    calls,
    submit,
    answer: () => open.shift()?.(),
    answerAll: async () => {
      while (open.length > 0) {
        open.shift()?.();
        await clock.advance(BATCH_DELAY_MS);
      }
    },
  };
};

describe('the batcher', () => {
  it('sends a lone entry at once', async () => {
    const { submit, calls, clock, answer } = createService();
    const alone = submit('a');
    await clock.advance(0);
    expect(calls).to.deep.equal([['a']]);
    answer();
    expect(await alone).to.equal('done a');
  });

  it('gathers entries while a call is under way, for no longer than the delay', async () => {
    const { submit, calls, clock } = createService();
    void submit('a');
    await clock.advance(0);
    void submit('b');
    await clock.advance(BATCH_DELAY_MS - 1);
    void submit('c');
    expect(calls).to.deep.equal([['a']]);
    await clock.advance(1);
    expect(calls).to.deep.equal([['a'], ['b', 'c']]);
  });

  it('waits for company where the batch before had some, and not after a lone one', async () => {
    const { submit, calls, clock, answerAll } = createService();
    void submit('a');
    void submit('b');
    await clock.advance(0);
    await answerAll();
    void submit('c');
    await clock.advance(0);
    expect(calls).to.deep.equal([['a', 'b']]);
    await clock.advance(BATCH_DELAY_MS);
    await answerAll();
    void submit('d');
    await clock.advance(0);
    expect(calls).to.deep.equal([['a', 'b'], ['c'], ['d']]);
  });

  it('sends a full batch without waiting', async () => {
    const { submit, calls, clock } = createService();
    void submit('a');
    await clock.advance(0);
    for (const entry of ['b', 'c', 'd', 'e']) void submit(entry);
    await clock.advance(0);
    expect(calls).to.deep.equal([['a'], ['b', 'c', 'd']]);
    await clock.advance(BATCH_DELAY_MS);
    expect(calls.at(-1)).to.deep.equal(['e']);
  });

  it('bounds the bytes of a call, and sends an entry that is too large alone', async () => {
    const { submit, calls, clock } = createService({
      bytesMax: 4,
      bytesOf: ({ length }) => length,
    });
    for (const entry of ['aa', 'bb', 'c', 'ddddddd', 'e']) void submit(entry);
    await clock.advance(BATCH_DELAY_MS);
    expect(calls).to.deep.equal([['aa', 'bb'], ['c'], ['ddddddd'], ['e']]);
  });

  it('never puts two entries with one key into one call', async () => {
    const { submit, calls, clock } = createService({ keyOf: (entry) => entry.slice(0, 1) });
    for (const entry of ['a1', 'b1', 'a2']) void submit(entry);
    await clock.advance(BATCH_DELAY_MS);
    expect(calls).to.deep.equal([['a1', 'b1'], ['a2']]);
  });

  it('has a bound on the calls under way; what waits fills up meanwhile', async () => {
    const { submit, calls, clock, answer } = createService();
    for (let at = 0; at < (CALLS_MAX + 2) * 3; at += 1) void submit(`${at}`);
    await clock.advance(BATCH_DELAY_MS);
    expect(calls).to.have.length(CALLS_MAX);
    answer();
    await clock.advance(0);
    expect(calls).to.have.length(CALLS_MAX + 1);
  });

  it('answers every entry where a call throws, or answers too few', async () => {
    const throws = createService({
      call: async () => {
        throw new Error('away');
      },
    });
    expect(await Promise.all(['a', 'b'].map(throws.submit))).to.deep.equal([
      'failed away',
      'failed away',
    ]);
    const short = createService({ call: async () => ['done a'] });
    expect(await Promise.all(['a', 'b'].map(short.submit))).to.deep.equal([
      'done a',
      'failed unanswered',
    ]);
  });

  it('sends each entry by itself where one of them may be at fault', async () => {
    const calls: string[][] = [];
    const { submit } = createService({
      call: async (entries) => {
        calls.push([...entries]);
        if (entries.includes('poison')) throw new Error('refused');
        return entries.map((entry) => `done ${entry}`);
      },
      isEntryAtFault: (error) => error instanceof Error && error.message === 'refused',
    });
    expect(await Promise.all(['a', 'poison', 'b'].map(submit))).to.deep.equal([
      'done a',
      'failed refused',
      'done b',
    ]);
    expect(calls).to.deep.equal([['a', 'poison', 'b'], ['a'], ['poison'], ['b']]);
  });

  it('sends a throttled entry again, without the others, a few times', async () => {
    const calls: string[][] = [];
    const { submit, clock } = createService({
      call: async (entries) => {
        calls.push([...entries]);
        return entries.map((entry) => (entry === 'hot' ? 'throttled' : `done ${entry}`));
      },
      isThrottled: (answer) => answer === 'throttled',
    });
    const answers = Promise.all(['a', 'hot'].map(submit));
    await clock.advance(1_000);
    expect(await answers).to.deep.equal(['done a', 'throttled']);
    const again = Array.from({ length: THROTTLE_TRIES_MAX - 1 }, () => ['hot']);
    expect(calls).to.deep.equal([['a', 'hot'], ...again]);
    expect(clock.sleepers()).to.equal(0);
  });

  it('gives every entry its own answer, whatever comes when and fails', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ id: fc.nat(30), pauseMs: fc.nat(8), slowMs: fc.nat(9) })),
        async (steps) => {
          const clock = createVirtualClock();
          let largest = 0;
          const submit = createBatcher<{ id: number; slowMs: number }, string>({
            call: async (entries) => {
              largest = Math.max(largest, entries.length);
              expect(new Set(entries.map(({ id }) => id)).size).to.equal(entries.length);
              await clock.sleep(Math.max(...entries.map(({ slowMs }) => slowMs)));
              if (entries.some(({ id }) => id % 7 === 3)) throw new Error('refused');
              return entries.map(({ id }) => `done ${id}`);
            },
            failed: () => 'failed',
            isEntryAtFault: () => true,
            entriesMax: 4,
            keyOf: ({ id }) => String(id),
            clock,
          });
          const answers: Promise<string>[] = [];
          for (const { id, pauseMs, slowMs } of steps) {
            answers.push(submit({ id, slowMs }));
            await clock.advance(pauseMs);
          }
          await clock.advance(1_000);
          expect(await Promise.all(answers)).to.deep.equal(
            steps.map(({ id }) => (id % 7 === 3 ? 'failed' : `done ${id}`)),
          );
          expect(largest).to.be.at.most(4);
          expect(clock.sleepers()).to.equal(0);
        },
      ),
    );
  });
});
