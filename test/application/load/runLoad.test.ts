import { expect } from 'chai';
import { errAsync } from 'neverthrow';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import type { LoadPlan } from '../../../src/application/load/followOrders.ts';
import { figuresOf } from '../../../src/application/load/report.ts';
import { createRunLoad } from '../../../src/application/load/runLoad.ts';
import { generateOrders } from '../../../src/bootstrap/cli/common/generateOrders.ts';
import { createContainer } from '../../../src/bootstrap/container.ts';
import { application } from '../../../src/bootstrap/modules/application.ts';
import { memory } from '../../../src/bootstrap/modules/memory.ts';
import type { ContentV1 } from '../../../src/domain/order/index.ts';

const PLAN: LoadPlan = { orders: 60, ratePerSecond: 20, waitMs: 10_000 };

describe('A load', () => {
  /** Runs it for as much time as it needs; `isWorked` says whether a worker runs. */
  const run = async (
    plan: LoadPlan,
    {
      isWorked = true,
      change = (order: ContentV1) => order,
      stopAfterMs = Infinity,
      ...replaced
    }: Partial<Parameters<typeof createRunLoad>[0]> & {
      readonly isWorked?: boolean;
      readonly change?: (order: ContentV1) => ContentV1;
      readonly stopAfterMs?: number;
    } = {},
  ) => {
    const { get } = createContainer(application, memory());
    const clock = get('clock');
    const stopWorker = new AbortController();
    const worker = isWorked ? get('paymentConsumer').run(stopWorker.signal) : undefined;
    const stop = new AbortController();
    const seen: { readonly sent: number; readonly ended: number }[] = [];
    const services = { submitOrders: get('submitOrders'), store: get('store'), clock };
    const orders = [...generateOrders(createMemoryIds(3), plan.orders)].map(change).values();
    const running = createRunLoad({ ...services, ...replaced })(orders, plan, {
      onProgress: (progress) => seen.push(progress),
      signal: stop.signal,
    });
    let isOver = false;
    void running.then(() => (isOver = true));
    for (let ms = 0; !isOver && ms < 120_000; ms += 100) {
      if (ms >= stopAfterMs) stop.abort();
      await clock.advance(100);
    }
    const ended = await running;
    stopWorker.abort();
    await clock.advance(30_000);
    await worker;
    return { ended, progress: seen };
  };

  it('sends at its rate, and sees each order paid by one read of its stream', async () => {
    const { ended, progress } = await run(PLAN);
    const { orders, looks } = ended._unsafeUnwrap();
    const figures = figuresOf(orders);

    expect(figures).to.deep.include({ sent: 60, paid: 60, failures: [] });
    expect(figures.sentPerSecond).to.be.within(19, 21);
    expect(looks).to.equal(60);
    expect(progress.at(-1)).to.deep.equal({ sent: 60, ended: 60 });
  });

  it('takes the time of the end from the log, however late it looks', async () => {
    const { ended } = await run({ ...PLAN, orders: 10 });
    const { latencyMs } = figuresOf(ended._unsafeUnwrap().orders);

    // In memory no time passes while an order is worked on; the first look is a second later.
    expect(latencyMs?.max).to.be.lessThan(1_000);
  });

  it('names each cause for which an order was not paid', async () => {
    const { ended } = await run(PLAN, {
      change: (order) => ({ ...order, paymentMethod: 'pm_card_visa_chargeDeclined' }),
    });
    const { paid, failures } = figuresOf(ended._unsafeUnwrap().orders);

    expect(paid).to.equal(0);
    expect(failures).to.have.length(1);
    expect(failures[0]).to.deep.equal({ cause: 'declined: generic_decline', orders: 60 });
  });

  it('ends by itself where no worker is, with a bounded number of reads', async () => {
    const { ended } = await run(PLAN, { isWorked: false });
    const { orders, looks, startedAt, endedAt } = ended._unsafeUnwrap();

    expect(figuresOf(orders).failures).to.deep.equal([{ cause: 'not ended in time', orders: 60 }]);
    expect(endedAt - startedAt).to.be.within(12_900, 14_000);
    expect(looks).to.be.within(60, 5 * 60);
  });

  it('ends when the queue does not answer, and says so', async () => {
    const unavailable = {
      type: 'Unavailable',
      dependency: 'MessageQueue',
      cause: 'gone',
      throttled: false,
    } as const;
    const { ended } = await run(PLAN, {
      isWorked: false,
      submitOrders: () => errAsync(unavailable),
    });

    expect(ended._unsafeUnwrapErr()).to.equal(unavailable);
  });

  it('ends when the log cannot be read, and says so', async () => {
    const unavailable = {
      type: 'Unavailable',
      dependency: 'EventStore',
      cause: 'gone',
      throttled: false,
    } as const;
    const { ended } = await run(PLAN, { store: { load: () => errAsync(unavailable) } });

    expect(ended._unsafeUnwrapErr()).to.equal(unavailable);
  });

  it('ends at once when it is stopped, with what it knows', async () => {
    const { ended } = await run(PLAN, { stopAfterMs: 1_500 });

    expect(ended._unsafeUnwrap().orders).to.have.length.within(25, 35);
  });
});
