import { moved } from '../../support/evidence.ts';
import { NOON, numbered } from '../../support/orderContext.ts';
import { hint, hintOfRefund, listedRefund, paymentPending } from '../../support/gatewayEvents.ts';
import { given } from '../../support/given.ts';
import { anOrderPaidBy, orderLife } from '../../support/orderLife.ts';
import { SHOP_PAYMENT } from '../../support/shopPayment.ts';

const placed = orderLife().placed();
const paid = placed.captured();
const OF = { deployment: 'dep1', orderId: 'o-1', attempt: 1 } as const;

describe('the payment that an event of the gateway names', () => {
  it('is asked for by its id before anything is sent or believed (R18)', () => {
    for (const life of [placed, placed.unresolved(), placed.cancelled()]) {
      given(life.with({ hint: hint() }))
        .next()
        .thenStep('LookUp', {
          subject: 'payment#1',
          of: { type: 'NamedPayment', payment: 'pi_1', ...OF, since: NOON - 60_000 },
        });
    }
  });

  it('is captured by what was found, and by nothing that the event says', () => {
    const hinted = placed.with({ hint: hint() });
    given(hinted)
      .knowing('payment#1', { answer: moved(), number: numbered(1) })
      .thenAppends('PaymentCaptured', 'InvoiceIssued');
    // The gateway knows no such payment, or it is another order's.
    given(hinted).knowing('payment#1', { heard: true }).thenStep('Send');
    given(hinted)
      .knowing('payment#1', { answer: { type: 'LookUpFailed', lookedUpAt: NOON } })
      .thenStep('RetryLater');
  });

  it('ends a review that only it could end', () =>
    given(placed.unresolved().with({ hint: hint() }))
      .knowing('payment#1', { answer: moved(), number: numbered(1) })
      .thenAppends('PaymentCaptured', 'InvoiceIssued'));

  it('is not asked for with another account’s key, or where a person has decided', () => {
    const other = { ...placed.context.deployment, account: 'acct_2:live' };
    given(placed.with({ hint: hint(), deployment: other }))
      .next()
      .thenStep('RetryLater');
    given(placed.inReview().resolved({}).with({ hint: hint() }))
      .next()
      .thenStep('AllocateNumber');
  });

  it('of the shop is looked at, if it is the order’s own', () => {
    const shops = orderLife().placed(anOrderPaidBy({ type: 'authorised', payment: SHOP_PAYMENT }));
    const of = { type: 'ShopPayment', payment: SHOP_PAYMENT } as const;
    given(shops.with({ hint: hint({ payment: SHOP_PAYMENT }) }))
      .next()
      .thenStep('LookUp', { of });
    const transferred = orderLife().placed(
      anOrderPaidBy({ type: 'transferred', reference: 'RF18' }),
    );
    given(transferred.with({ hint: hint() }))
      .next()
      .thenStep('AllocateNumber');
  });

  it('of an order that needs none any more is a contradiction if it moved money', () => {
    const other = hint({ payment: 'pi_2', id: 'pi_2' });
    for (const life of [paid, placed.declined(), placed.absent()]) {
      const hinted = life.with({ hint: other });
      given(hinted)
        .next()
        .thenStep('LookUp', {
          subject: 'payment#1',
          of: { type: 'NamedPayment', payment: 'pi_2', ...OF, since: 0 },
        });
      given(hinted)
        .knowing('payment#1', { answer: moved({ reference: 'pi_2' }) })
        .thenStep('DeadLetter', { isContradiction: true });
      given(hinted).knowing('payment#1', { heard: true }).thenStep('Settled');
      given(hinted)
        .knowing('payment#1', { answer: { type: 'LookUpFailed', lookedUpAt: NOON } })
        .thenStep('RetryLater');
    }
  });

  it('of an earlier attempt that has failed is a contradiction if it moved money', () => {
    const again = placed.with({ attemptsMax: 2 }).absent();
    given(again.with({ hint: hint() }))
      .knowingAll(['payment#2', { heard: true }], ['payment#1', { answer: moved() }])
      .thenStep('DeadLetter', { isContradiction: true });
  });

  it('is not asked for where the log has what the event says', () => {
    given(paid.with({ hint: hint() }))
      .next()
      .thenStep('Settled');
    given(placed.declined().with({ hint: hint({ says: 'canceled' }) }))
      .next()
      .thenStep('Settled');
    const waiting = placed.adding([paymentPending()]);
    given(waiting.with({ letter: 'm-2', hint: hint({ says: 'processing' }) }))
      .next()
      .thenStep('Settled');
  });

  it('is captured first where the event is of a refund of it', () => {
    const hinted = placed.with({ hint: hintOfRefund('succeeded', 're_9') });
    given(hinted).next().thenStep('LookUp', { subject: 'payment#1' });
    const captured = hinted.learned('payment#1', { answer: moved(), number: numbered(1) });
    given(captured)
      .next()
      .thenStep('LookUp', { of: { type: 'Standing', paymentReference: 'pi_1' } });
    given(captured)
      .knowing(`standing#${captured.state.version}`, {
        standing: { refunds: [listedRefund()], disputes: [] },
      })
      .thenAppends('GatewayDifferenceFound');
  });
});
