import { expect } from 'chai';
import { err, errAsync, ok, okAsync } from 'neverthrow';
import type {
  RefundOutcome,
  UnknownOutcome,
} from '../../../src/application/ports/paymentGateway.ts';
import type { OrderStream } from '../../../src/application/log/eventStreams.ts';
import { CLOSE_MS, RESEND_HORIZON_MS } from '../../support/orderContext.ts';
import { CANCEL, order, refundOf, RESUME, setUp, type SteppedClock } from './payments.ts';

const LOST: UnknownOutcome = { type: 'Unknown', cause: 'the answer was lost' };
const PLACED = 'OrderPlaced+PaymentRequested';
const INVOICED = 'PaymentCaptured+InvoiceIssued';
const CREDITED = 'RefundSucceeded+CreditNoteIssued';

describe('the payment service, driving an order on', () => {
  it('refunds, credits and notifies, and answers a repeated refund as the first time', async () => {
    const { place, handle, stored, notified, gateway, invoices } = setUp();
    await place();
    expect((await handle(refundOf('r-1', 19))).map(({ outcome }) => outcome)).to.deep.equal(
      ok('paid'),
    );
    expect((await handle(refundOf('r-1', 19))).isOk()).to.equal(true);
    expect(await handle(refundOf('r-1', 20))).to.deep.equal(
      err({ type: 'PayloadConflict', orderId: 'o-1' }),
    );
    expect(stored()).to.deep.equal([PLACED, INVOICED, 'RefundRequested', CREDITED]);
    expect(gateway.ledger().refunds.map(({ amountMinor }) => amountMinor)).to.deep.equal([19]);
    expect(notified()).to.include(
      '{"type":"RefundCredited","v":1,"orderId":"o-1","refundId":"r-1"}',
    );
    expect((await invoices.get('o-1')).unwrapOr(undefined)?.document).to.include('re_memory_1');
  });

  it('lets a refund that has to wait hold up no other', async () => {
    const { place, handle, stored } = setUp({
      gateway: (real) => ({
        refund: (request) => (request.key.endsWith('/r-1') ? okAsync(LOST) : real.refund(request)),
      }),
    });
    await place();
    expect(await handle(refundOf('r-1', 10))).to.deep.equal(
      err({ ...LOST, type: 'OutcomeUnknown', orderId: 'o-1' }),
    );
    expect((await handle(refundOf('r-2', 10))).isErr()).to.equal(true);
    expect(stored().slice(2)).to.deep.equal(['RefundRequested', 'RefundRequested', CREDITED]);
  });

  it('refunds all of a cancelled order, also where a refund is still pending', async () => {
    let isDown = true;
    const { place, handle, stored, gateway } = setUp({
      gateway: (real) => ({
        refund: (request) => (isDown ? okAsync<RefundOutcome>(LOST) : real.refund(request)),
      }),
    });
    await place();
    await handle(refundOf('r-1', 19));
    await handle(CANCEL);
    isDown = false;
    expect((await handle(RESUME)).map(({ outcome }) => outcome)).to.deep.equal(ok('cancelled'));
    expect(stored().slice(3)).to.deep.equal([
      'CancellationRequested+RefundRequested',
      CREDITED,
      `${CREDITED}+OrderCancelled`,
    ]);
    expect(gateway.ledger().refunds.map(({ amountMinor }) => amountMinor)).to.deep.equal([19, 100]);
  });

  it('asks nothing more of a cancelled order all of whose money is on its way back', async () => {
    let isDown = true;
    const { place, handle, stored } = setUp({
      gateway: (real) => ({
        refund: (request) => (isDown ? okAsync<RefundOutcome>(LOST) : real.refund(request)),
      }),
    });
    await place();
    await handle(refundOf('r-1'));
    expect((await handle(CANCEL)).mapErr(({ type }) => type)).to.deep.equal(err('OutcomeUnknown'));
    isDown = false;
    expect((await handle(RESUME)).map(({ outcome }) => outcome)).to.deep.equal(ok('cancelled'));
    expect(stored().slice(2)).to.deep.equal([
      'RefundRequested',
      'CancellationRequested',
      `${CREDITED}+OrderCancelled`,
    ]);
  });

  it('asks five times for the money of a cancelled order, and then for a person', async () => {
    const { place, handle, stored } = setUp();
    await place({ ...order, paymentMethod: 'pm_sandbox_refund_fails' });
    expect(await handle(CANCEL)).to.deep.equal(
      err({ type: 'ReviewRequired', orderId: 'o-1', reason: 'cancel-refund-exhausted' }),
    );
    expect(stored().filter((outcome) => outcome === 'RefundFailed')).to.have.length(5);
  });

  it('refuses for ever to refund what was declined, and publishes before it says so', async () => {
    const { place, handle, stored, notified } = setUp();
    await place({ ...order, paymentMethod: 'pm_card_visa_chargeDeclined' });
    const before = notified().length;
    expect((await handle(refundOf('r-1'))).map(({ outcome }) => outcome)).to.deep.equal(
      ok('refused'),
    );
    expect(stored()).to.deep.equal([PLACED, 'PaymentDeclined']);
    expect(notified().length).to.be.greaterThan(before);
  });

  it('says what became of a cancel that came first, and of the order after it', async () => {
    const { place, handle, gateway } = setUp();
    const first = (await handle(CANCEL)).map(({ outcome }) => outcome);
    expect(first).to.deep.equal(ok('cancelled before it came'));
    expect((await place()).map(({ outcome }) => outcome)).to.deep.equal(ok('cancelled'));
    expect(gateway.ledger().charges).to.deep.equal([]);
  });

  it('reads the clock after the append, so that a slow append sends no old key (R4)', async () => {
    let sent = 0;
    const { place, stored } = setUp({
      orders: (real, clock) => ({
        append: (id, held, commit) =>
          real.append(id, held, commit).andTee(() => clock.pass(RESEND_HORIZON_MS)),
      }),
      gateway: (real) => ({
        charge: (request) => {
          sent += 1;
          return real.charge(request);
        },
      }),
    });
    expect((await place()).mapErr(({ type }) => type)).to.deep.equal(err('NotYet'));
    expect(sent).to.equal(0);
    expect(stored()).to.deep.equal([PLACED]);
  });

  it('reads the clock again for each request of one handling (R4)', async () => {
    const sent: string[] = [];
    const { place, handle } = setUp({
      orders: (real, clock) => ({
        append: (id, held, commit) =>
          real.append(id, held, commit).andTee(() => {
            const [first] = commit.events;
            if (first?.type === 'RefundRequested') clock.pass(RESEND_HORIZON_MS);
          }),
      }),
      gateway: (real) => ({
        refund: (request) => {
          sent.push(request.key);
          return real.refund(request);
        },
      }),
    });
    await place({ ...order, paymentMethod: 'pm_sandbox_refund_fails' });
    // The first is recorded with the cancel; the next, when that has failed, by an append that
    // takes long.
    expect((await handle(CANCEL)).mapErr(({ type }) => type)).to.deep.equal(err('NotYet'));
    expect(sent).to.deep.equal(['paidonce/dep1/o-1/refund/cancel#1']);
  });

  it('counts absence from when the look-up began, not from when it ended (R5)', async () => {
    const { place, clock, stored } = setUp({
      gateway: (_, late: SteppedClock) => ({
        charge: () => okAsync(LOST),
        find: () => {
          late.pass(1);
          return okAsync({ type: 'Absent' });
        },
      }),
    });
    await place();
    clock.pass(CLOSE_MS - 1);
    expect((await place()).mapErr(({ type }) => type)).to.deep.equal(err('NotYet'));
    expect(stored()).to.deep.equal([PLACED]);
  });
});

describe('the payment service, bounded', () => {
  it('starts no further side effect once its message is not its own any more (Q4)', async () => {
    for (const [step, expected] of [
      ['charge', [PLACED]],
      ['refund', [PLACED, INVOICED, 'RefundRequested']],
    ] as const) {
      const mine = new AbortController();
      const { place, handle, stored, notifications } = setUp({
        gateway: (real) => ({
          [step]: (request: Parameters<typeof real.charge>[0]) => {
            mine.abort();
            return step === 'charge' ? real.charge(request) : real.refund(request);
          },
        }),
      });
      const gone = err({ type: 'Aborted', dependency: 'PaymentGateway' });
      const placed = await place(order, mine.signal);
      const last = step === 'charge' ? placed : await handle(refundOf('r-1'), mine.signal);
      expect(last).to.deep.equal(gone);
      expect(stored()).to.deep.equal(expected);
      expect(notifications.dump()).to.have.length(step === 'charge' ? 0 : 1);
    }
  });

  const losing = (lost: number) => ({
    orders: (real: OrderStream): Partial<OrderStream> => {
      let left = lost;
      return {
        append: (id, held, commit) => {
          const isSecond = commit.events.some(({ type }) => type === 'PaymentCaptured');
          if (!isSecond || left === 0) return real.append(id, held, commit);
          left -= 1;
          return errAsync({ type: 'Conflict', streamId: 'order#o-1', version: 3 });
        },
      };
    },
  });

  it('loses five races for its evidence and keeps it (R3), and gives up at the sixth', async () => {
    let sent = 0;
    const five = setUp({
      ...losing(5),
      gateway: (real) => ({
        charge: (request) => {
          sent += 1;
          return real.charge(request);
        },
      }),
    });
    expect((await five.place()).map(({ outcome }) => outcome)).to.deep.equal(ok('paid'));
    expect(sent).to.equal(1);
    const six = setUp(losing(6));
    expect(await six.place()).to.deep.equal(err({ type: 'ConflictsExhausted', orderId: 'o-1' }));
  });

  it('gives up on a command that loses every race', async () => {
    const conflict = { type: 'Conflict', streamId: 'order#o-1', version: 1 } as const;
    const { place } = setUp({ orders: () => ({ append: () => errAsync(conflict) }) });
    expect(await place()).to.deep.equal(err({ type: 'ConflictsExhausted', orderId: 'o-1' }));
  });

  it('goes round in no circle for ever, be the log as forgetful as it may', async () => {
    const { place } = setUp({
      orders: (real) => ({
        append: (id, held, commit) =>
          held.position.version === 0
            ? real.append(id, held, commit)
            : okAsync({ ...held, position: held.position }),
      }),
    });
    expect(await place()).to.deep.equal(err({ type: 'StepsExhausted', orderId: 'o-1' }));
  });
});
