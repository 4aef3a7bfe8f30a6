import { expect } from 'chai';
import { createEventStore } from '../../src/adapters/eventStore/eventStore.ts';
import { fingerprint, createSystemIds } from '../../src/adapters/system/ids.ts';
import { createSystemClock } from '../../src/adapters/system/clock.ts';
import { deadLetterOf } from '../../src/application/delivery/deadLetterMessage.ts';
import type { ActionOptions, ActionResult } from '../../src/application/deadLetters/act.ts';
import type { ListedDeadLetter } from '../../src/application/deadLetters/list.ts';
import { decodeCommits, orderStreamId } from '../../src/application/log/eventStreams.ts';
import { createContainer } from '../../src/bootstrap/container.ts';
import { application } from '../../src/bootstrap/modules/application.ts';
import { memory } from '../../src/bootstrap/modules/memory.ts';
import { from } from '../../src/bootstrap/tokens.ts';
import * as Order from '../../src/domain/order/index.ts';
import { must } from '../support/commits.ts';
import type { LogAndQueues } from '../support/logAndQueues.ts';
import { anOrder } from '../support/orderLife.ts';
import { anHourAgo } from '../support/reconciling.ts';

const LOOK = {
  queues: ['payments'],
  selection: {},
  deadLettersMax: 1_000,
  onKept: () => undefined,
} as const;
const ADA = { by: 'ada', because: 'the cause is mended' } as const;
const DEAD_LETTERS = 12;
const resume = ({ orderId }: Order.ContentV1) => ({ type: 'ResumeOrder', v: 1, orderId });

/** What acting on dead letters owes on every table and queue. */
export const describeDeadLetters = (
  name: string,
  makeHarness: () => Promise<LogAndQueues>,
): void => {
  describe(`acting on dead letters on ${name}`, () => {
    let harness: LogAndQueues;

    before(async () => {
      harness = await makeHarness();
    });
    after(() => harness?.close());

    /** A process of its own: nothing is shared but what lasts. */
    const dlq = () => {
      const { table, payments, paymentsDlq } = harness;
      const { get } = createContainer(application, {
        ...memory(),
        clock: from([], createSystemClock),
        ids: from([], createSystemIds),
        store: from(['clock'], ({ clock }) => createEventStore(table, clock)),
        payments: from([], () => payments),
        paymentsDlq: from([], () => paymentsDlq),
      });
      return {
        get,
        list: async (): Promise<readonly ListedDeadLetter[]> => {
          const seen: ListedDeadLetter[] = [];
          const onDeadLetter = (one: ListedDeadLetter) => void seen.push(one);
          await must(await get('listDeadLetters')({ ...LOOK, onDeadLetter }));
          return seen;
        },
        act: async (
          verb: 'redrive' | 'discard',
          selection: ActionOptions['selection'],
        ): Promise<readonly ActionResult[]> => {
          const acted: ActionResult[] = [];
          const about = { ...LOOK, ...ADA, rate: 500, isForced: false };
          const onActed = (one: ActionResult) => void acted.push(one);
          const decide = get(verb === 'redrive' ? 'redriveDeadLetters' : 'discardDeadLetters');
          await must(await decide({ ...about, selection, onActed }));
          return acted;
        },
      };
    };

    const eventsOf = async (orderId: string): Promise<readonly string[]> => {
      const { commits } = await must(dlq().get('store').load(orderStreamId(orderId)));
      return (await must(decodeCommits(commits, Order.codec))).map(({ type }) => type);
    };

    it('resends one of 12, discards one; two people resend the rest (F38, Q17, L2)', async () => {
      const past = anHourAgo(harness.table);
      await past.open('o-0');
      await past.inReview('o-1');
      const orders = Array.from({ length: DEAD_LETTERS }, (_, at) =>
        anOrder({ orderId: `o-${at}` }),
      );
      await must(
        harness.paymentsDlq.send(
          orders.map((order, at) =>
            deadLetterOf(
              {
                messageId: `m-${at}`,
                receipt: '',
                body: JSON.stringify(
                  at < 2 ? resume(order) : { type: 'PlaceOrder', v: 1, ...order },
                ),
                attributes: { correlationId: `chain-${at}`, causationId: 'c' },
                groupId: 'c-1',
                receiveCount: 3,
                sentAt: 0,
                damaged: false,
              },
              {
                reason: 'ReviewRequired; payment#1 is in review: unresolved',
                errorType: 'ReviewRequired',
                orderId: order.orderId,
                failedAt: Date.now(),
                service: { name: 'payments', version: '0.1.0' },
              },
              { fingerprint },
            ),
          ),
        ),
      );

      const listed = await dlq().list();
      const prospectOf = (orderId: string) =>
        listed.find(({ deadLetter }) => deadLetter.orderId === orderId)?.prospect;
      expect(new Set(listed.map(({ deadLetter }) => deadLetter.messageId)).size).to.equal(
        DEAD_LETTERS,
      );
      expect(prospectOf('o-0')).to.have.nested.property('next.type', 'LookUp');
      expect(prospectOf('o-1')).to.have.nested.property('next.type', 'Review');
      expect(prospectOf('o-2')).to.have.nested.property('next.type', 'Send');

      const named = (orderId: string) => {
        const found = listed.find(({ deadLetter }) => deadLetter.orderId === orderId);
        return { ids: new Set([found?.deadLetter.messageId ?? '']) };
      };
      const sent = await dlq().act('redrive', named('o-0'));
      const kept = await dlq().act('discard', named('o-2'));
      const gone = await dlq().act('discard', named('o-1'));
      expect([sent, kept, gone].map((acted) => acted.map(({ outcome }) => outcome.isOk())))
        .to //
        .deep.equal([[true], [false], [true]]);
      // All that is left shows at once: nobody has to wait for a hold to end.
      expect(await dlq().list()).to.have.length(DEAD_LETTERS - 2);
      expect((await eventsOf('o-0')).at(-1)).to.equal('LetterRedriven');
      expect((await eventsOf('o-1')).at(-1)).to.equal('LetterDiscarded');

      const redriveAll = () => dlq().act('redrive', {});
      const both = (await Promise.all([redriveAll(), redriveAll()])).flat();
      const rest = await redriveAll();
      expect([...both, ...rest].filter(({ outcome }) => outcome.isErr())).to.deep.equal([]);
      const messages = await drain();
      expect(new Set(messages.map(({ body }) => body)).size).to.equal(DEAD_LETTERS - 1);
      for (const { attributes } of messages) {
        expect(attributes).to.have.all.keys(
          'correlationId',
          'causationId',
          'OriginalMessageId',
          'ReceiveCount',
        );
      }
      for (const { orderId } of orders.slice(2)) {
        expect(await eventsOf(orderId)).to.deep.equal(['LetterRedriven']);
      }
    });

    const drain = async () => {
      const found = [];
      for (;;) {
        const asked = { max: 10, waitMs: 1_000, visibilityMs: 60_000 };
        const received = await must(harness.payments.receive(asked));
        if (received.length === 0) return found;
        found.push(...received);
        await must(harness.payments.delete(received.map(({ receipt }) => receipt)));
      }
    };
  });
};
