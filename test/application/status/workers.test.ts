import { expect } from 'chai';
import { createMemoryLogSearch } from '../../../src/adapters/memory/telemetry.ts';
import { findWorkers, SILENT_AFTER_MS } from '../../../src/application/status/workers.ts';
import { must } from '../../support/commits.ts';
import { NOON } from '../../support/orderContext.ts';

const MINUTE_MS = 60_000;

describe('the workers, as their records show them', () => {
  let now: number;
  let log: ReturnType<typeof createMemoryLogSearch>;

  const say = (worker: string, event: string, circuits: object = {}): void =>
    log.streamOf(worker, 'payments').record({
      level: 'info',
      event,
      facts: { service: 'payments', ...circuits },
      ...(event === 'consumer.metrics' && {
        metrics: {
          InFlight: { unit: 'Count', values: [2] },
          Waiting: { unit: 'Count', values: [1] },
          AllowedConcurrency: { unit: 'Count', values: [10] },
          OldestMessageAge: { unit: 'Milliseconds', values: [4_200] },
        },
      }),
    });
  const workers = async () => (await must(findWorkers(log, { now }))).workers;

  beforeEach(() => {
    now = NOON;
    log = createMemoryLogSearch({ clock: { now: () => now } });
  });

  it('are as they were when they spoke last, with each circuit that is not closed', async () => {
    say('payments/a', 'consumer.metrics', { circuitPaymentGateway: 'open' });
    now += MINUTE_MS;
    say('payments/a', 'consumer.metrics');
    say('payments/b', 'consumer.metrics', { circuitPaymentGateway: 'open' });

    const lastMinute = {
      inFlight: 2,
      waiting: 1,
      allowedConcurrency: 10,
      oldestMessageMs: 4_200,
    };
    expect(await workers()).to.deep.equal([
      { service: 'payments', worker: 'payments/a', at: now, lastMinute, circuits: {} },
      {
        service: 'payments',
        worker: 'payments/b',
        at: now,
        lastMinute,
        circuits: { PaymentGateway: 'open' },
      },
    ]);
  });

  it('are there from their start, and no more once they have drained', async () => {
    say('payments/a', 'worker.started');
    say('payments/b', 'worker.started');
    say('payments/b', 'consumer.metrics');
    say('payments/b', 'consumer.drained');
    say('payments/b', 'worker.usage');

    expect(await workers()).to.deep.equal([
      { service: 'payments', worker: 'payments/a', at: NOON, circuits: {} },
    ]);
  });

  it('are there, too, where they receive no messages, as the reconciler does not', async () => {
    say('reconciler/a', 'worker.started');
    now += 8 * MINUTE_MS;
    say('reconciler/a', 'worker.usage');
    now += 8 * MINUTE_MS;

    expect((await workers()).map(({ worker, at }) => [worker, at])).to.deep.equal([
      ['reconciler/a', NOON + 8 * MINUTE_MS],
    ]);
  });

  it('are there though silent, until nothing was heard of them for ten minutes', async () => {
    say('payments/a', 'consumer.metrics');
    now += SILENT_AFTER_MS + 1;
    expect((await workers()).map(({ at }) => at)).to.deep.equal([NOON]);
    now = NOON + 10 * MINUTE_MS + 1;
    expect(await workers()).to.deep.equal([]);
  });
});
