import { expect } from 'chai';
import { figuresOf, meteredCost } from '../../../src/application/load/report.ts';
import type { LogLine } from '../../../src/application/ports/logSearch.ts';

describe('The figures of a load', () => {
  it('are those of the orders that ended, by nearest rank', () => {
    const orders = Array.from({ length: 100 }, (_, at) => ({
      orderId: `o-${at}`,
      sentAt: at * 10,
      end: { at: at * 10 + at + 1, status: 'paid', cause: 'paid' },
    }));

    expect(figuresOf(orders)).to.deep.equal({
      sent: 100,
      sentPerSecond: 100,
      paid: 100,
      failures: [],
      endedPerSecond: 91.743,
      latencyMs: { p50: 50, p90: 90, p99: 99, max: 100 },
    });
  });

  it('has no latency where nothing ended, and the most frequent cause first', () => {
    const end = { at: 5, status: 'in review', cause: 'amount' };
    const orders = [
      { orderId: 'a', sentAt: 0, refused: 'InternalError' },
      { orderId: 'b', sentAt: 0, end },
      { orderId: 'c', sentAt: 0, end },
      { orderId: 'd', sentAt: 0 },
    ];

    expect(figuresOf(orders).failures).to.deep.equal([
      { cause: 'in review: amount', orders: 2 },
      { cause: 'not taken by the queue: InternalError', orders: 1 },
      { cause: 'not ended in time', orders: 1 },
    ]);
    expect(figuresOf([])).to.not.have.property('latencyMs');
  });
});

describe('The metered cost of a load', () => {
  const record = (logStream: string, at: number, writeUnits: number): LogLine => ({
    id: `${logStream}@${at}`,
    at,
    service: 'payments',
    logStream,
    bytes: 100,
    level: 'info',
    event: 'worker.usage',
    facts: { queueRequests: 2, writeUnits, readUnits: 0, logBytes: 1_000, mails: 1 },
  });

  it('is that of each service until its first record after the end', () => {
    const records = [
      record('a', 50, 1_000),
      record('a', 150, 10),
      record('a', 250, 20),
      record('a', 350, 4_000),
      record('b', 240, 1),
    ];

    expect(meteredCost(records, { startedAt: 100, endedAt: 200 })).to.deep.equal({
      // Releases before the topic recorded nothing of it.
      usage: {
        queueRequests: 6,
        topicRequests: 0,
        writeUnits: 31,
        readUnits: 0,
        logBytes: 3_000,
        mails: 3,
      },
      microUsd: 323.875,
      services: 2,
    });
  });

  it('is not known as long as nobody has recorded anything since the end', () => {
    const records = [record('a', 150, 10)];

    expect(meteredCost(records, { startedAt: 100, endedAt: 200 })).to.equal(undefined);
  });
});
