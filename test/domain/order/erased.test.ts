import { expect } from 'chai';
import * as Notification from '../../../src/domain/notification/index.ts';
import * as Order from '../../../src/domain/order/index.ts';
import { isSameOrder } from '../../../src/domain/order/sameOrder.ts';
import { ENCRYPTED, ERASED } from '../../../src/domain/personal/index.ts';

const ORDER = {
  orderId: 'o-1',
  customer: { id: 'c-1', email: 'ada@example.com', language: '' },
  currency: 'EUR',
  lines: [{ sku: 'A', quantity: '1' }],
} as unknown as Order.Content;
const placed = (fingerprint: string) =>
  ({
    ...ORDER,
    customer: { ...ORDER.customer, email: ERASED },
    fingerprint,
    totalMinor: 1,
  }) as unknown as Parameters<typeof isSameOrder>[0];

describe('An order whose person was erased', () => {
  it('is the same by all that is not personal, and another by any of it', () => {
    for (const marker of [ERASED, ENCRYPTED]) {
      expect(isSameOrder(placed(marker), ORDER, 'f')).to.equal(true);
      expect(isSameOrder(placed(marker), { ...ORDER, currency: 'USD' }, 'f')).to.equal(false);
      const customer = { ...ORDER.customer, id: 'c-2' };
      expect(isSameOrder(placed(marker), { ...ORDER, customer }, 'f')).to.equal(false);
    }
  });

  it('is known by its fingerprint as long as there is one', () => {
    expect(isSameOrder(placed('f'), ORDER, 'f')).to.equal(true);
    expect(isSameOrder(placed('g'), ORDER, 'f')).to.equal(false);
  });

  it('is not refused once more because the refused message comes again', () => {
    const refused = { customerId: 'c-1', email: ERASED, reasons: [], fingerprint: ERASED, at: 1 };
    const state = { ...Order.initialState, refused };
    const again = { customer: { id: 'c-1', email: 'ada@example.com' }, reasons: ['x'] };
    expect(Order.refuse(state, { ...again, fingerprint: 'f' }, 2)).to.deep.equal([]);
  });

  it('knows a correction by who asked for it, and why', () => {
    const known = { email: ERASED, by: 'kim', reason: 'mistyped', at: 1 };
    const asked = { email: 'ada@example.com', by: 'kim', reason: 'mistyped' };
    expect(Order.isKnownCorrection(asked, [known])).to.equal(true);
    expect(Order.isKnownCorrection({ ...asked, reason: 'moved' }, [known])).to.equal(false);
  });
});

describe('A notice that was withheld', () => {
  const withheld = { type: 'NotificationWithheld', data: { why: 'erased', at: 1 } } as const;
  const sent = { type: 'NotificationSent', data: { mailId: 'm' } } as const;
  const claimed = { type: 'NotificationClaimed', data: { claimId: 'a', at: 1 } } as const;

  it('is done, and sent by nobody any more', () => {
    const facts = { kind: 'receipt', myClaimId: 'a', now: 9_999_999, leaseMs: 1 } as const;
    for (const events of [[withheld], [claimed, withheld], [withheld, claimed]]) {
      const state = Notification.fold(events);
      expect(Notification.nextStep(state, facts)).to.deep.equal({ type: 'Done', sent: false });
    }
  });

  it('stays sent where it was sent before', () => {
    expect(Notification.fold([sent, withheld])).to.deep.equal({ status: 'sent' });
  });
});
