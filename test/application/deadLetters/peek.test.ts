import { expect } from 'chai';
import { err, errAsync, ok, okAsync } from 'neverthrow';
import { createVirtualClock } from '../../../src/adapters/memory/clock.ts';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import { createMemoryMessageQueue } from '../../../src/adapters/memory/messageQueue.ts';
import { peekDeadLetters } from '../../../src/application/deadLetters/peek.ts';
import type { ReceivedMessage } from '../../../src/application/ports/messageQueue.ts';
import { must } from '../../support/commits.ts';

describe('peeking at dead letters', () => {
  const setUp = async (count: number) => {
    const clock = createVirtualClock();
    const queue = createMemoryMessageQueue({ clock, ids: createMemoryIds() });
    await must(queue.send(Array.from({ length: count }, (_, at) => ({ body: `letter ${at}` }))));
    const through = async <T>(call: Promise<T>): Promise<T> => {
      let ended = false;
      const done = call.finally(() => (ended = true));
      for (let waits = 0; !ended && waits < 1_000; waits += 1) await clock.advance(1_000);
      return done;
    };
    return { clock, queue, through };
  };

  it('shows each dead letter once, deletes none, and releases all of them', async () => {
    const { clock, queue, through } = await setUp(23);
    const seen = await through(bodiesOf(peekDeadLetters(queue, { clock, deadLettersMax: 100 })));

    expect(new Set(seen).size).to.equal(23);
    expect(seen).to.have.length(23);
    expect(queue.counts()).to.deep.equal({ visible: 23, inFlight: 0 });
  });

  it('shows no more than it is asked for', async () => {
    const { clock, queue, through } = await setUp(23);

    expect(
      await through(bodiesOf(peekDeadLetters(queue, { clock, deadLettersMax: 12 }))),
    ).to.have.length(12);
    expect(queue.counts()).to.deep.equal({ visible: 23, inFlight: 0 });
  });

  it('goes on hiding what it has shown from a reader that takes long (Q17)', async () => {
    const { clock, queue, through } = await setUp(23);
    const seen: string[] = [];
    const shown = new Set<number>();
    const reading = async (): Promise<void> => {
      for await (const deadLetter of peekDeadLetters(queue, { clock, deadLettersMax: 100 })) {
        seen.push((await must(deadLetter)).body);
        await clock.sleep(20_000);
        shown.add(queue.counts().inFlight);
      }
    };
    await through(reading());

    expect([seen.length, new Set(seen).size]).to.deep.equal([23, 23]);
    // By tens, and none of them in between.
    expect([...shown]).to.deep.equal([10, 20, 23]);
    expect(queue.counts()).to.deep.equal({ visible: 23, inFlight: 0 });
  });

  it('leaves nothing hidden when it is stopped while a receive is under way', async () => {
    const { clock, queue, through } = await setUp(5);
    const stop = new AbortController();
    const slow = {
      ...queue,
      // Taken at once, and answered only later; who breaks the call off never knows what was taken.
      receive: (asked: Parameters<typeof queue.receive>[0]) =>
        queue.receive({ ...asked, waitMs: 0 }).andThen((messages) => {
          stop.abort();
          return asked.signal?.aborted === true
            ? err({ type: 'Aborted', dependency: 'MessageQueue' } as const)
            : ok(messages);
        }),
    };
    const options = { clock, deadLettersMax: 100, signal: stop.signal };
    expect(await through(bodiesOf(peekDeadLetters(slow, options)))).to.deep.equal([]);
    expect(queue.counts()).to.deep.equal({ visible: 5, inFlight: 0 });
  });

  it('shows no dead letter twice that came again, since its hold was lost', async () => {
    const { clock, queue, through } = await setUp(23);
    const losing = {
      ...queue,
      changeVisibility: (entries: Parameters<typeof queue.changeVisibility>[0]) =>
        okAsync(
          entries.map(
            () => ({ type: 'Failed', code: 'MessageNotInflight', retryable: false }) as const,
          ),
        ),
    };
    const seen: string[] = [];
    const reading = async (): Promise<void> => {
      for await (const deadLetter of peekDeadLetters(losing, { clock, deadLettersMax: 100 })) {
        seen.push((await must(deadLetter)).body);
        await clock.sleep(20_000);
      }
    };
    await through(reading());

    expect(seen).to.have.length.greaterThan(10);
    expect(new Set(seen).size).to.equal(seen.length);
  });

  it('releases what it holds when its reader stops, and when its reader throws', async () => {
    const { clock, queue } = await setUp(5);
    const reading = async (): Promise<void> => {
      for await (const deadLetter of peekDeadLetters(queue, { clock, deadLettersMax: 5 })) {
        expect(queue.counts().inFlight).to.equal(5);
        throw new Error(deadLetter.isOk() ? 'the reader broke' : 'no letter');
      }
    };
    const outcome = await reading().catch((error: unknown) => error);

    expect(outcome).to.be.an.instanceOf(Error).with.property('message', 'the reader broke');
    expect(queue.counts()).to.deep.equal({ visible: 5, inFlight: 0 });
  });

  it('releases what it holds when a receive fails, and reports the failure', async () => {
    const { clock, queue, through } = await setUp(15);
    const down = {
      type: 'Unavailable',
      dependency: 'MessageQueue',
      cause: 'away',
      throttled: false,
    } as const;
    let receives = 0;
    const failing = {
      ...queue,
      receive: (asked: Parameters<typeof queue.receive>[0]) =>
        (receives += 1) > 1 ? errAsync(down) : queue.receive(asked),
    };
    const results: unknown[] = [];
    const reading = async (): Promise<void> => {
      for await (const deadLetter of peekDeadLetters(failing, { clock, deadLettersMax: 15 }))
        results.push(deadLetter);
    };
    await through(reading());

    expect(results).to.have.length(11);
    expect(results.at(-1)).to.deep.equal(err(down));
    expect(queue.counts()).to.deep.equal({ visible: 15, inFlight: 0 });
  });

  it('stops at its signal, and reports how many it could not release', async () => {
    const { clock, queue } = await setUp(15);
    const stop = new AbortController();
    const kept: number[] = [];
    const failing = {
      ...queue,
      changeVisibility: (entries: Parameters<typeof queue.changeVisibility>[0]) =>
        okAsync(entries.map(() => ({ type: 'Failed', code: 'No', retryable: true }) as const)),
    };
    const seen: ReceivedMessage[] = [];
    const options = {
      clock,
      deadLettersMax: 15,
      signal: stop.signal,
      onKept: (count: number) => kept.push(count),
    };
    for await (const deadLetter of peekDeadLetters(failing, options)) {
      if (deadLetter.isOk()) seen.push(deadLetter.value);
      stop.abort();
    }

    expect(seen).to.have.length(10);
    expect(kept).to.deep.equal([10]);
  });
});

const bodiesOf = async (deadLetters: ReturnType<typeof peekDeadLetters>): Promise<string[]> => {
  const bodies: string[] = [];
  for await (const deadLetter of deadLetters) bodies.push((await must(deadLetter)).body);
  return bodies;
};
