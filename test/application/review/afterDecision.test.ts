import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import type {
  Delivery,
  HandlerSuccess,
  HandlerError,
} from '../../../src/application/delivery/handler.ts';
import type { Result, ResultAsync } from 'neverthrow';
import { createContainer } from '../../../src/bootstrap/container.ts';
import { application } from '../../../src/bootstrap/modules/application.ts';
import { memory } from '../../../src/bootstrap/modules/memory.ts';
import { must } from '../../support/commits.ts';
import { anOrder } from '../../support/orderLife.ts';
import { CAPTURED, NOT_CAPTURED } from './world.ts';

const WRONG = anOrder({ paymentMethod: 'pm_sandbox_wrong_amount' });

describe('what a worker does after a person has decided', () => {
  it('invoices what was captured, charges nobody, and notifies the customer', async () => {
    const { handleNext, get, place } = service();
    await place();
    expect((await handleNext())._unsafeUnwrapErr().type).to.equal('ReviewRequired');
    const forced = { ...CAPTURED, forcedBecause: 'the difference was given back in the dashboard' };
    await must(get('resolveReview')(forced));
    expect((await handleNext())._unsafeUnwrap().outcome).to.equal('paid');

    const { state } = await must(get('orders').load('o-1'));
    expect(state.payment).to.include({ status: 'captured', reference: 'pi_memory_1' });
    expect(state.invoice).to.have.nested.property('document.label', 'INV-1970-000001');
    expect(get('gateway').ledger().charges).to.have.length(1);
    const notices = get('notifications')
      .dump()
      .map(({ body }): unknown => JSON.parse(body));
    expect(notices).to.deep.include({
      type: 'OrderSettled',
      v: 1,
      orderId: 'o-1',
      outcome: 'paid',
    });
  });

  it('ends what was not captured without a charge, and notifies the customer', async () => {
    const { handleNext, get, place } = service();
    await place();
    await handleNext();
    // The other amount that was captured is refunded at the dashboard first.
    const byHand = get('gateway').prepareRefund({
      deployment: 'memory',
      orderId: 'o-1',
      refundId: 'by-hand',
      paymentReference: 'pi_memory_1',
      amountMinor: 4_759,
      currency: 'EUR',
    });
    const post = { key: 'dashboard', body: byHand._unsafeUnwrap(), notAfter: Infinity };
    await must(get('gateway').refund(post));
    await must(get('resolveReview')(NOT_CAPTURED));
    expect((await handleNext())._unsafeUnwrap().outcome).to.equal('failed');

    const { state } = await must(get('orders').load('o-1'));
    expect(state.payment).to.include({ status: 'failed' });
    expect(state.invoice).to.deep.equal({ status: 'none' });
    expect(get('gateway').ledger().charges).to.have.length(1);
    const notices = get('notifications')
      .dump()
      .map(({ body }): unknown => JSON.parse(body));
    expect(notices).to.deep.include({
      type: 'OrderSettled',
      v: 1,
      orderId: 'o-1',
      outcome: 'failed',
    });
  });
});

/** The whole application in memory, and a worker that handles one message when it is asked to. */
const service = () => {
  const { get } = createContainer(application, memory());
  const clock = get('clock');
  const handleNext = async (): Promise<Result<HandlerSuccess, HandlerError>> => {
    const options = { max: 1, waitMs: 0, visibilityMs: 60_000 };
    const [message] = await must(get('payments').receive(options));
    if (message === undefined) return expect.fail('nothing is in the queue');
    const { signal } = new AbortController();
    const deadLetter: Delivery['deadLetter'] = (_review, record) => record();
    const delivery = { ...message, signal, deadLetter };
    return whileTimePasses(get('paymentHandler')(delivery), (ms) => clock.advance(ms));
  };
  return {
    get,
    handleNext,
    place: () => must(get('submitOrders')([WRONG])),
  };
};

/** An allocator waits some milliseconds for company. */
const whileTimePasses = async <T, E>(
  result: ResultAsync<T, E>,
  advance: (ms: number) => Promise<void>,
): Promise<Result<T, E>> => {
  let settled: Result<T, E> | undefined;
  void result.then((value) => void (settled = value));
  for (let turns = 0; turns < 1_000; turns += 1) {
    await setImmediate();
    if (settled !== undefined) return settled;
    await advance(5);
  }
  return expect.fail('it is never handled');
};
