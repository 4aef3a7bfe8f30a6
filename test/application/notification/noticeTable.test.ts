import { expect } from 'chai';
import { err, errAsync, ok, ResultAsync } from 'neverthrow';
import type { NotificationMessage } from '../../../src/application/messages/index.ts';
import type { NotifierError } from '../../../src/application/ports/notifier.ts';
import { paymentPending } from '../../support/gatewayEvents.ts';
import { orderLife, type OrderLife } from '../../support/orderLife.ts';
import {
  createNotificationWorld,
  landsAsConflict,
  LEASE_MS,
  MAIL_DOWN,
  NOT_TAKEN,
  UNAVAILABLE,
} from './world.ts';

const paid = orderLife().placed().captured();

type Case = {
  readonly id: string;
  readonly message: NotificationMessage;
  readonly life?: OrderLife;
};

const settled = (
  outcome: 'paid' | 'declined' | 'failed' | 'cancelled' | 'refused',
): NotificationMessage => ({
  type: 'OrderSettled',
  v: 1,
  orderId: 'o-1',
  outcome,
});

const RECEIVED: Case = {
  id: 'received',
  message: {
    type: 'OrderReceived',
    v: 1,
    orderId: 'o-1',
    customer: { id: 'c-1', email: 'ada@example.com' },
  },
};
/** What reports money, or that there was none: owed to the customer. */
const OWED: readonly (Case & { readonly life: OrderLife })[] = [
  {
    id: 'pending',
    message: { type: 'PaymentUnderWay', v: 1, orderId: 'o-1' },
    life: orderLife().placed().adding([paymentPending()]),
  },
  { id: 'receipt', message: settled('paid'), life: paid },
  { id: 'declined', message: settled('declined'), life: orderLife().placed().declined() },
  {
    id: 'failed',
    message: settled('failed'),
    life: orderLife().placed().inReview().resolved({ moved: false }),
  },
  {
    id: 'cancelled',
    message: settled('cancelled'),
    life: orderLife().placed().cancelled().absent(),
  },
  {
    id: 'credit#r1',
    message: { type: 'RefundCredited', v: 1, orderId: 'o-1', refundId: 'r1' },
    life: paid.asked('r1').refunded('r1'),
  },
  { id: 'refused', message: settled('refused'), life: orderLife().refused() },
  {
    id: 'refund-failed#r1',
    message: { type: 'RefundNotMade', v: 1, orderId: 'o-1', refundId: 'r1' },
    life: paid.asked('r1').refundFailed('r1'),
  },
];

describe('the notice that a payment is under way', () => {
  const message: NotificationMessage = { type: 'PaymentUnderWay', v: 1, orderId: 'o-1' };
  const underWay = orderLife().placed().adding([paymentPending()]);
  for (const [what, life] of [
    ['it is paid', underWay.captured()],
    ['it is declined', underWay.declined()],
    ['it is to be cancelled', underWay.cancelled()],
  ] as const) {
    it(`is overtaken once ${what}, and acknowledged without a mail`, async () => {
      const world = await createNotificationWorld(life);
      expect((await world.handle(message)).map(({ outcome }) => outcome)).to.deep.equal(
        ok('pending: overtaken'),
      );
      expect(world.mails()).to.deep.equal([]);
    });
  }

  it('waits for the fact where it comes before it', async () => {
    const world = await createNotificationWorld(orderLife().placed());
    expect((await world.handle(message)).mapErr(({ type }) => type)).to.deep.equal(err('NotYet'));
  });
});

for (const { id, message, life } of [RECEIVED, ...OWED]) {
  describe('the mail about an order that has come in', () => {
    it('is in the language that the message names', async () => {
      const world = await createNotificationWorld();
      const customer = { id: 'c-1', email: 'ada@example.com', language: 'de-CH' };
      await world.handle({ type: 'OrderReceived', v: 2, orderId: 'o-1', customer });
      expect(world.notifier.sent().map(({ subject }) => subject)).to.deep.equal([
        'Ihre Bestellung o-1 ist eingegangen',
      ]);
    });
  });

  describe(`the notice "${id}"`, () => {
    it('is claimed, sent and confirmed, in this order, and known as sent ever after', async () => {
      const world = await createNotificationWorld(life);
      const seen: (readonly string[])[] = [];
      const look = (send: () => ReturnType<typeof world.notifier.send>) =>
        ResultAsync.fromSafePromise(world.recorded(id)).andThen((events) => {
          seen.push(events);
          return send();
        });

      expect((await world.handle(message, { sends: [look] })).isOk()).to.equal(true);
      expect(seen).to.deep.equal([['NotificationClaimed']]);
      expect(await world.recorded(id)).to.deep.equal(['NotificationClaimed', 'NotificationSent']);
      await world.clock.advance(10 * LEASE_MS);
      expect((await world.handle(message)).map(({ outcome }) => outcome)).to.deep.equal(
        ok(`${id.split('#')[0]}: sent before`),
      );
      expect(world.mails()).to.deep.equal([`o-1:${id}`]);
    });

    it('is sent by one of two deliveries at once (S15)', async () => {
      const world = await createNotificationWorld(life);
      await Promise.all([world.handle(message), world.handle(message)]);
      expect(world.mails()).to.deep.equal([`o-1:${id}`]);
    });

    it('is sent once by who claimed it, although the claim was answered as another’s', async () => {
      const world = await createNotificationWorld(life);
      await world.handle(message, { appends: [landsAsConflict] });
      expect(world.mails()).to.deep.equal([`o-1:${id}`]);
    });

    it('is not sent where it could not be claimed', async () => {
      const world = await createNotificationWorld(life);
      const down = () => errAsync(UNAVAILABLE);
      expect(await world.handle(message, { appends: [down] })).to.deep.equal(err(UNAVAILABLE));
      expect(world.mails()).to.deep.equal([]);
    });

    it('is not sent by a worker that lost its message, and is sent by the next', async () => {
      const world = await createNotificationWorld(life);
      const lost = AbortSignal.abort();
      expect((await world.handle(message, {}, lost)).isErr()).to.equal(true);
      expect(world.mails()).to.deep.equal([]);
      expect((await world.handle(message)).isOk()).to.equal(true);
      expect(world.mails()).to.deep.equal([`o-1:${id}`]);
    });

    for (const [what, error] of Object.entries(NOT_TAKEN)) {
      it(`surely not taken (${what}) frees its claim; the next delivery sends`, async () => {
        const world = await createNotificationWorld(life);
        const fails = () => errAsync(error);
        for (let times = 0; times < 2; times += 1) {
          const failed = (await world.handle(message, { sends: [fails] }))._unsafeUnwrapErr();
          expect(failed).to.deep.include(error);
        }
        const tries = ['NotificationClaimed', 'NotificationReleased'];
        expect(await world.recorded(id)).to.deep.equal([...tries, ...tries]);
        expect((await world.handle(message)).isOk()).to.equal(true);
        expect(world.mails()).to.deep.equal([`o-1:${id}`]);
      });
    }

    it('ends with the mail service’s error, also where its claim could not be freed', async () => {
      const world = await createNotificationWorld(life);
      const passes = (append: () => ReturnType<typeof world.notices.append>) => append();
      const faults = {
        appends: [passes, () => errAsync(UNAVAILABLE)],
        sends: [() => errAsync<never, NotifierError>(NOT_TAKEN['misconfigured'] ?? MAIL_DOWN)],
      };
      const failed = await world.handle(message, faults);
      expect(failed).to.deep.equal(err(NOT_TAKEN['misconfigured']));
      expect(await world.recorded(id)).to.deep.equal(['NotificationClaimed']);
    });

    it('does not free the claim of another, who has claimed meanwhile', async () => {
      const world = await createNotificationWorld(life);
      const fails = () =>
        ResultAsync.fromSafePromise(world.claimOfAnother(id)).andThen(() =>
          errAsync<never, NotifierError>({ ...MAIL_DOWN, notTaken: true }),
        );
      await world.handle(message, { sends: [fails] });
      expect(await world.recorded(id)).to.deep.equal([
        'NotificationClaimed',
        'NotificationClaimed',
      ]);
      await world.handle(message);
      expect(world.mails()).to.deep.equal([]);
    });

    it('is confirmed on top of what another claimed meanwhile: the mail is out', async () => {
      const world = await createNotificationWorld(life);
      const overtaken = (send: () => ReturnType<typeof world.notifier.send>) =>
        ResultAsync.fromSafePromise(world.claimOfAnother(id)).andThen(send);
      expect((await world.handle(message, { sends: [overtaken] })).isOk()).to.equal(true);
      expect((await world.recorded(id)).at(-1)).to.equal('NotificationSent');
    });
  });
}

describe('the notice "received"', () => {
  const { id, message } = RECEIVED;

  it('is never sent on the claim of another, however old: at most once', async () => {
    const world = await createNotificationWorld();
    await world.claimOfAnother(id);
    for (const ms of [0, LEASE_MS, 100 * LEASE_MS]) {
      await world.clock.advance(ms);
      expect((await world.handle(message)).map(({ outcome }) => outcome)).to.deep.equal(
        ok('received: claimed before'),
      );
    }
    expect(world.mails()).to.deep.equal([]);
    expect(await world.recorded(id)).to.deep.equal(['NotificationClaimed']);
  });

  it('is not tried again where the mail service failed: it may have taken it', async () => {
    const world = await createNotificationWorld();
    const fails = () => errAsync(MAIL_DOWN);
    expect(await world.handle(message, { sends: [fails] })).to.deep.equal(err(MAIL_DOWN));
    await world.clock.advance(LEASE_MS);
    expect((await world.handle(message)).isOk()).to.equal(true);
    expect(world.mails()).to.deep.equal([]);
  });
});

for (const { id, message, life } of OWED) {
  describe(`the notice "${id}", which is owed`, () => {
    it('waits for as long as the claim of another may still be sending', async () => {
      const world = await createNotificationWorld(life);
      await world.claimOfAnother(id);
      await world.clock.advance(50_000);
      const waits = await world.handle(message);
      expect(waits._unsafeUnwrapErr()).to.deep.include({
        type: 'NotYet',
        retryAfterMs: LEASE_MS - 50_000,
      });
      expect(world.mails()).to.deep.equal([]);
    });

    it('is claimed again and sent when the claim of another is over', async () => {
      const world = await createNotificationWorld(life);
      await world.claimOfAnother(id);
      await world.clock.advance(LEASE_MS);
      expect((await world.handle(message)).isOk()).to.equal(true);
      expect(world.mails()).to.deep.equal([`o-1:${id}`]);
      const [, ...after] = await world.recorded(id);
      expect(after).to.deep.equal(['NotificationClaimed', 'NotificationSent']);
    });

    it('is not sent by who stalled past its own lease: another has sent it (hole 16)', async () => {
      const world = await createNotificationWorld(life);
      const stalls = (append: () => ReturnType<typeof world.notices.append>) =>
        append().andThen((held) =>
          ResultAsync.fromSafePromise(
            world.clock.advance(LEASE_MS).then(() => world.handle(message)),
          ).map(() => held),
        );
      expect((await world.handle(message, { appends: [stalls] })).isOk()).to.equal(true);
      expect(world.mails()).to.deep.equal([`o-1:${id}`]);
    });

    it('is sent again after the lease where the mail service failed', async () => {
      const world = await createNotificationWorld(life);
      const fails = () => errAsync(MAIL_DOWN);
      expect(await world.handle(message, { sends: [fails] })).to.deep.equal(err(MAIL_DOWN));
      expect(await world.recorded(id)).to.deep.equal(['NotificationClaimed']);
      expect((await world.handle(message))._unsafeUnwrapErr().type).to.equal('NotYet');
      await world.clock.advance(LEASE_MS);
      expect((await world.handle(message)).isOk()).to.equal(true);
      expect(world.mails()).to.deep.equal([`o-1:${id}`]);
    });

    it('is sent twice only where it could not be recorded that it was sent', async () => {
      const world = await createNotificationWorld(life);
      const down = () => errAsync(UNAVAILABLE);
      const passes = (append: () => ReturnType<typeof world.notices.append>) => append();
      const crashed = await world.handle(message, { appends: [passes, down] });
      expect(crashed).to.deep.equal(err(UNAVAILABLE));
      await world.clock.advance(LEASE_MS);
      await world.handle(message);
      await world.handle(message);
      expect(world.mails()).to.deep.equal([`o-1:${id}`, `o-1:${id}`]);
    });

    it('waits for its fact, and claims nothing before', async () => {
      for (const early of [undefined, orderLife().placed()]) {
        const world = await createNotificationWorld(early);
        expect((await world.handle(message))._unsafeUnwrapErr().type).to.equal('NotYet');
        expect(await world.recorded(id)).to.deep.equal([]);
      }
    });
  });
}

describe('the notices of one order', () => {
  it('are kept apart: each credit note has its own stream and its own mail', async () => {
    const life = paid
      .asked('r1', { type: 'Amount', amountMinor: 100 })
      .refunded('r1')
      .asked('r2', { type: 'Amount', amountMinor: 200 })
      .refunded('r2', 2);
    const world = await createNotificationWorld(life);
    for (const refundId of ['r1', 'r2', 'r1']) {
      await world.handle({ type: 'RefundCredited', v: 1, orderId: 'o-1', refundId });
    }
    expect(world.mails()).to.deep.equal(['o-1:credit#r1', 'o-1:credit#r2']);
    expect(world.notifier.sent().map(({ subject }) => subject)).to.deep.equal([
      'Your refund for order o-1: EUR\u00A01.00',
      'Your refund for order o-1: EUR\u00A02.00',
    ]);
  });

  it('report what was refunded at the gateway, however long its name there is', async () => {
    const reference = `re_${'x'.repeat(252)}`;
    const listed = { reference, amountMinor: 100, currency: 'EUR', status: 'moved' } as const;
    const failed = paid.asked('r1', { type: 'Amount', amountMinor: 100 }).refundFailed('r1');
    const world = await createNotificationWorld(failed.compared([listed]));
    const refundId = `gateway#${reference}`;
    await world.handle({ type: 'RefundCredited', v: 1, orderId: 'o-1', refundId });
    expect(world.mails()).to.deep.equal([`o-1:credit#${refundId}`]);
  });

  it('say of the cancellation whether there was money, as the stream says', async () => {
    const message = settled('cancelled');
    const back = paid.cancelled().refunded('cancel#1');
    for (const [life, words] of [
      [back, 'your payment has been refunded in full'],
      [orderLife().placed().cancelled().absent(), 'you owe nothing for it'],
    ] as const) {
      const world = await createNotificationWorld(life);
      await world.handle(message);
      expect(world.notifier.sent()[0]?.text).to.contain(words);
    }
  });

  it('wait for a credit note that there is not, on an order that has others', async () => {
    const world = await createNotificationWorld(paid.asked('r1').refunded('r1'));
    const message: NotificationMessage = {
      type: 'RefundCredited',
      v: 1,
      orderId: 'o-1',
      refundId: 'r2',
    };
    expect((await world.handle(message))._unsafeUnwrapErr().type).to.equal('NotYet');
  });
});
