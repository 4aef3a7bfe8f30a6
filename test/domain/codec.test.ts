import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { ok } from 'neverthrow';
import type { AnyEvent, Codec } from '../../src/domain/codec.ts';
import * as Notification from '../../src/domain/notification/index.ts';
import * as Order from '../../src/domain/order/index.ts';
import * as Series from '../../src/domain/series/index.ts';
import { anyOrder } from '../support/arbitraries/order.ts';

/** Histories as each released version stored them. They are never changed: what is stored stays. */
const FOLDER = new URL('../fixtures/golden/', import.meta.url);

type Golden = {
  readonly stream: 'order' | 'notification' | 'series';
  readonly events: readonly { readonly type: string; readonly v: number; readonly data: unknown }[];
  readonly state: unknown;
};
const golden = readdirSync(FOLDER).map((name): readonly [string, Golden] => [
  name,
  JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')),
]);

const decodeAll = <E extends AnyEvent>(codec: Codec<E>, { events }: Golden): readonly E[] =>
  events.map((stored) =>
    codec.decode(stored).match(
      (event) => event,
      ({ why }) => expect.fail(why),
    ),
  );

const kind = <S, E extends AnyEvent>(aggregate: {
  readonly codec: Codec<E>;
  readonly fold: (events: readonly E[]) => S;
}) => ({
  stateOf: (history: Golden): S => aggregate.fold(decodeAll(aggregate.codec, history)),
  again: (history: Golden) =>
    decodeAll(aggregate.codec, history).map((event) => aggregate.codec.encode(event)),
});

const KINDS = { order: kind(Order), notification: kind(Notification), series: kind(Series) };

describe('the codecs', () => {
  for (const [name, history] of golden) {
    it(`read the golden history ${name} to its recorded state (M3)`, () => {
      expect(KINDS[history.stream].stateOf(history)).to.deep.equal(history.state);
    });

    it(`write the golden history ${name} as it was written`, () => {
      expect(KINDS[history.stream].again(history)).to.deep.equal(history.events);
    });
  }

  it('have a golden history for every event there is', () => {
    // Exhaustive by type: a new event does not compile until it is named here.
    const all: Record<(Order.StreamEvent | Notification.Event | Series.Event)['type'], true> = {
      OrderPlaced: true,
      PaymentRequested: true,
      PaymentCaptured: true,
      PaymentDeclined: true,
      PaymentReviewRequired: true,
      InvoiceIssued: true,
      NotificationClaimed: true,
      NotificationSent: true,
      DocumentsNumbered: true,
    };
    const kept = new Set(golden.flatMap(([, { events }]) => events.map(({ type }) => type)));
    expect([...kept].toSorted()).to.deep.equal(Object.keys(all).toSorted());
  });

  it('bring back every event as it was, through JSON text', () =>
    fc.assert(
      fc.property(anyOrder(), fc.nat(), (order, at) => {
        const placed = Order.decide(
          { type: 'PlaceOrder', order, fingerprint: 'f', paymentBody: 'b', at },
          Order.initialState,
        ).unwrapOr([]);
        const { totalMinor } = Order.fold(placed).placed ?? { totalMinor: 0 };
        const captured = Order.decide(
          {
            type: 'RecordPayment',
            attempt: 1,
            at,
            evidence: {
              type: 'Captured',
              reference: 'pi',
              amountMinor: totalMinor,
              currency: order.currency,
            },
          },
          Order.fold(placed),
        ).unwrapOr([]);
        expect(placed.length + captured.length).to.equal(4);
        for (const event of [...placed, ...captured]) {
          const stored: unknown = JSON.parse(JSON.stringify(Order.codec.encode(event)));
          expect(Order.codec.decode(stored as never)).to.deep.equal(ok(event));
        }
      }),
    ));

  describe('fail closed', () => {
    const whyOf = (stored: { type: string; v: number; data: unknown }): string =>
      Order.codec.decode(stored).match(
        () => 'was read',
        ({ why }) => why,
      );
    const captured = { attempt: 1, reference: 'pi', amountMinor: 1, currency: 'EUR' };

    it('on an event or a version that they do not know (X5)', () => {
      expect(whyOf({ type: 'OrderTeleported', v: 1, data: {} })).to.equal(
        'unknown event OrderTeleported',
      );
      expect(whyOf({ type: 'constructor', v: 1, data: {} })).to.equal('unknown event constructor');
      expect(whyOf({ type: 'PaymentCaptured', v: 2, data: captured })).to.equal(
        'PaymentCaptured of unknown version 2',
      );
    });

    it('on a part that is missing, unknown, or of another kind, and say where', () => {
      const of = (data: unknown) => whyOf({ type: 'PaymentCaptured', v: 1, data });
      expect(of(captured)).to.equal('was read');
      expect(of({ ...captured, amountMinor: 1.5 })).to.equal(
        'PaymentCaptured.amountMinor is not a whole number',
      );
      expect(of({ ...captured, amountMinor: -1 })).to.equal(
        'PaymentCaptured.amountMinor is not a whole number',
      );
      expect(of({ ...captured, reference: null })).to.equal(
        'PaymentCaptured.reference is not a string',
      );
      expect(of({ ...captured, fee: 1 })).to.equal('PaymentCaptured.fee is not known');
      expect(of(null)).to.equal('PaymentCaptured is not an object');
      expect(whyOf({ type: 'InvoiceIssued', v: 1, data: { lines: 'none' } })).to.match(
        /InvoiceIssued\.issuedAt/,
      );
      expect(
        whyOf({ type: 'PaymentReviewRequired', v: 1, data: { ...captured, reason: 'x' } }),
      ).to.equal('PaymentReviewRequired.reason is not one of amount');
    });
  });
});
