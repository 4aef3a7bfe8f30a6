import { okAsync } from 'neverthrow';
import { expect } from 'chai';
import { createEventStore } from '../../src/adapters/eventStore/eventStore.ts';
import { createMemoryTelemetry } from '../../src/adapters/memory/telemetry.ts';
import { createSystemClock } from '../../src/adapters/system/clock.ts';
import { createSystemIds } from '../../src/adapters/system/ids.ts';
import type { MessageQueue } from '../../src/application/ports/messageQueue.ts';
import { createKnownDeployment } from '../../src/application/deployment/deployment.ts';
import { createClaimStream } from '../../src/application/log/eventStreams.ts';
import { createReconcile } from '../../src/application/reconcile/round.ts';
import { must } from '../support/commits.ts';
import type { LogAndQueues } from '../support/logAndQueues.ts';
import { anHourAgo } from '../support/reconciling.ts';

const RESUME = (orderId: string) => JSON.stringify({ type: 'ResumeOrder', v: 1, orderId });

/** What the reconciler owes on every table and queue. */
export const describeReconciling = (
  name: string,
  makeHarness: () => Promise<LogAndQueues>,
): void => {
  describe(`the reconciler on ${name}`, () => {
    let harness: LogAndQueues;

    before(async () => {
      harness = await makeHarness();
    });
    after(() => harness?.close());

    /** A process of its own: nothing is shared but what lasts. */
    const reconciler = () => {
      const clock = createSystemClock();
      const log = { ids: createSystemIds(), store: createEventStore(harness.table, clock) };
      return createReconcile({
        ...harness,
        ...log,
        clock,
        claims: createClaimStream(log),
        knownDeployment: createKnownDeployment({ ...log, clock }),
        gatewayEvents: { list: () => okAsync([]) },
        telemetry: createMemoryTelemetry(),
        series: ['INV', 'CN'],
      });
    };

    const bodies = async (queue: MessageQueue): Promise<readonly string[]> => {
      const found: string[] = [];
      for (;;) {
        const asked = { max: 10, waitMs: 1_000, visibilityMs: 60_000 };
        const received = await must(queue.receive(asked));
        if (received.length === 0) return found.toSorted();
        found.push(...received.map(({ body }) => body));
        await must(queue.delete(received.map(({ receipt }) => receipt)));
      }
    };

    it('has orders driven on, keeps cursor and dead letters (C8, R11, hole 5c)', async () => {
      const past = anHourAgo(harness.table);
      for (const orderId of ['paid-1', 'paid-2', 'paid-3']) await past.paid(orderId);
      await past.open('lost');
      const { number } = await past.number('lost');
      await past.paid('paid-4');
      await past.inReview('doubtful');
      const deadLetters = Array.from({ length: 12 }, (_, at) => ({
        body: at === 0 ? RESUME('doubtful') : `letter ${at}`,
        attributes: at < 11 ? { Reason: `reason ${at}` } : { OrderId: 'paid-4', Reason: 'late' },
      }));
      await must(harness.paymentsDlq.send(deadLetters));

      const rounds = await Promise.all([reconciler()(), reconciler()()]);

      expect(rounds.flatMap(({ failures }) => failures)).to.deep.equal([]);
      for (const { series, pushed } of rounds) {
        const findings = series.flatMap((each) => each.findings);
        expect(findings.map((found) => [found.orderId, found.number.number])).to.deep.equal([
          ['lost', number],
        ]);
        expect(pushed).to.include('lost');
      }
      // Each twin hid from the other what it was looking at; together they saw all of it.
      const seen = rounds.flatMap((round) => round.deadLetters ?? []);
      expect(new Set(seen.map(({ messageId }) => messageId)).size).to.equal(12);
      const reviews = rounds.flatMap((round) => round.reviews.map(({ orderId }) => orderId));
      expect(new Set(reviews)).to.deep.equal(new Set(['doubtful']));
      expect([...new Set(await bodies(harness.payments))]).to.deep.equal([
        RESUME('lost'),
        RESUME('paid-4'),
      ]);

      const later = await reconciler()({ dryRun: true });
      const { from, numbers, findings } = later.series[0] ?? {};
      expect([from, numbers, findings?.length]).to.deep.equal([5, 1, 1]);
      expect(await bodies(harness.payments)).to.deep.equal([]);
      expect(await bodies(harness.paymentsDlq)).to.deep.equal(
        deadLetters.map(({ body }) => body).toSorted(),
      );
    });
  });
};
