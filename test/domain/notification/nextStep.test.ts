import { expect } from 'chai';
import * as Notification from '../../../src/domain/notification/index.ts';

const KINDS: readonly Notification.Kind[] = [
  'received',
  'receipt',
  'declined',
  'failed',
  'cancelled',
  'credit',
];

describe('a notice', () => {
  const claim = (claimId: string, at = 0): Notification.Event => ({
    type: 'NotificationClaimed',
    data: { claimId, at },
  });
  const released = (claimId: string): Notification.Event => ({
    type: 'NotificationReleased',
    data: { claimId },
  });
  const sent: Notification.Event = { type: 'NotificationSent', data: { mailId: 'm' } };
  const next = (
    kind: Notification.Kind,
    history: readonly Notification.Event[],
    now = 0,
  ): Notification.NoticeStep =>
    Notification.nextStep(Notification.fold(history), {
      kind,
      myClaimId: 'mine',
      now,
      leaseMs: 100,
    });

  for (const kind of KINDS) {
    it(`"${kind}" is claimed first, and is sent by who claimed it`, () => {
      expect(next(kind, [])).to.deep.equal({ type: 'Claim' });
      expect(next(kind, [claim('mine')], 99)).to.deep.equal({ type: 'Send' });
    });

    it(`"${kind}" is done once it was sent, whoever claims after that`, () => {
      expect(next(kind, [claim('mine'), sent])).to.deep.equal({ type: 'Done', sent: true });
      expect(next(kind, [claim('other'), sent, claim('mine')])).to.deep.equal({
        type: 'Done',
        sent: true,
      });
    });

    it(`"${kind}" is claimed again at once only where the newest claim was released`, () => {
      expect(next(kind, [claim('other'), released('other')])).to.deep.equal({ type: 'Claim' });
      const newer = [claim('other'), claim('mine', 1), released('other')];
      expect(next(kind, newer, 2)).to.deep.equal({ type: 'Send' });
      expect(next(kind, [claim('other'), released('other'), claim('mine')])).to.deep.equal({
        type: 'Send',
      });
    });

    it(`"${kind}" stays sent, whoever releases a claim of it afterwards`, () =>
      expect(next(kind, [claim('mine'), sent, released('mine')])).to.deep.equal({
        type: 'Done',
        sent: true,
      }));
  }

  it('"received" is never sent on another\'s claim, however old (at most once)', () =>
    expect(next('received', [claim('other')], 1e9)).to.deep.equal({ type: 'Done', sent: false }));

  it('"received" is sent on its own claim however old: nobody else will', () =>
    expect(next('received', [claim('mine')], 1e9)).to.deep.equal({ type: 'Send' }));

  for (const kind of KINDS.filter((any) => any !== 'received')) {
    it(`"${kind}" waits while another claim is young, and claims again when it is over`, () => {
      expect(next(kind, [claim('other', 50)], 60)).to.deep.equal({ type: 'Wait', ms: 90 });
      expect(next(kind, [claim('other', 50)], 150)).to.deep.equal({ type: 'Claim' });
    });

    it(`"${kind}" is not sent on an own claim that is over: a successor may be sending`, () =>
      expect(next(kind, [claim('mine')], 100)).to.deep.equal({ type: 'Claim' }));
  }

  it('counts the newest claim only', () => {
    expect(next('receipt', [claim('mine'), claim('other', 100)], 100).type).to.equal('Wait');
    expect(next('receipt', [claim('other'), claim('mine', 100)], 100).type).to.equal('Send');
  });
});
