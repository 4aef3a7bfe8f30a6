import { expect } from 'chai';
import fc from 'fast-check';
import { ok } from 'neverthrow';
import * as Order from '../../src/domain/order/index.ts';
import { anyHappenings } from '../support/arbitraries/happenings.ts';
import { anyOrder } from '../support/arbitraries/order.ts';
import { EVENT_TYPES } from '../support/eventTypes.ts';
import { golden } from '../support/golden.ts';
import { runOrder } from '../support/orderRun.ts';

describe('the codecs', () => {
  it('bring back every event as it was, through JSON text', () =>
    fc.assert(
      fc.property(anyOrder(), anyHappenings(), (order, happenings) => {
        for (const event of runOrder(order, happenings, { attemptsMax: 2 }).commits.flat()) {
          const stored: unknown = JSON.parse(JSON.stringify(Order.codec.encode(event)));
          expect(Order.codec.decode(stored as never)).to.deep.equal(ok([event]));
        }
      }),
    ));

  describe('fail closed', () => {
    const whyOf = (stored: { type: string; v: number; data: unknown }): string =>
      Order.codec.decode(stored).match(
        () => 'was read',
        ({ why }) => why,
      );
    const captured = {
      attempt: 1,
      reference: 'pi',
      amountMinor: 1,
      currency: 'EUR',
      source: 'answer',
    };

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
      for (const [changes, why] of [
        [{ amountMinor: 1.5 }, 'amountMinor is not a whole number'],
        [{ amountMinor: -1 }, 'amountMinor is not a whole number'],
        [{ amountMinor: 2 ** 53 }, 'amountMinor is not a whole number'],
        [{ amountMinor: '1' }, 'amountMinor is not a whole number'],
        [{ reference: null }, 'reference is not a string'],
        [{ reference: undefined }, 'reference is not a string'],
        [{ fee: 1 }, 'fee is not known'],
        [{ source: 'rumour' }, 'source is not one of answer, look-up, series, person, shop'],
      ] as const) {
        expect(of({ ...captured, ...changes })).to.equal(`PaymentCaptured.${why}`);
      }
      expect(of(null)).to.equal('PaymentCaptured is not an object');
    });

    it('on a literal that is none of theirs', () => {
      for (const [type, part, literals] of [
        ['PaymentReviewRequired', 'reason', 'unresolved, amount, several, pending'],
        ['PaymentReviewResolved', 'verdict', 'captured, not captured'],
        ['PaymentFailed', 'proof', 'absent after close, person, refused, voided, unusable'],
        ['RefundRequested', 'cause', 'command, cancel'],
        ['RefundReviewRequired', 'reason', 'unresolved, amount, several, pending'],
        ['RefundReviewResolved', 'verdict', 'refunded, not refunded'],
      ] as const) {
        const kept = goldenEvent(type);
        expect(whyOf(kept)).to.equal('was read');
        expect(whyOf({ ...kept, data: { ...kept.data, [part]: 'other' } })).to.equal(
          `${type}.${part} is not one of ${literals}`,
        );
      }
    });

    it('on each event with a part less, one more, or one of no kind, down to every row', () => {
      for (const type of EVENT_TYPES) {
        const kept = goldenEvent(type);
        expect(whyOf(kept)).to.equal('was read');
        for (const [what, data] of corruptions(kept.data)) {
          expect(whyOf({ ...kept, data }), `${type} with ${what}`).to.not.equal('was read');
        }
      }
    });
  });
});

/**
 * Every way to spoil one place of what is stored: a part taken away, a part added, a part made
 * null.
 */
function* corruptions(value: unknown, path = ''): Generator<readonly [what: string, unknown]> {
  if (Array.isArray(value)) {
    // The reasons of a refusal are a list of texts: it may have any length.
    const isRow = value.every((item) => typeof item !== 'object') && path !== '.reasons';
    // So may the taxes of a line; and what is optional is a list of nothing or of one.
    if (isRow && value.length > 0 && !/^\.(?:lines|charges)\[\d+\]\[\d+\]/u.test(path)) {
      yield [`a longer row ${path}`, [...value, 1]];
      if (value.length > 1) yield [`a shorter row ${path}`, value.slice(0, -1)];
    }
    for (const [index, item] of value.entries()) {
      yield [`null in ${path}[${index}]`, value.with(index, null)];
      for (const [what, changed] of corruptions(item, `${path}[${index}]`)) {
        yield [what, value.with(index, changed)];
      }
    }
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  yield [`more in ${path}`, { ...value, unknownKey: 1 }];
  for (const [key, part] of Object.entries(value)) {
    const others = Object.entries(value).filter(([name]) => name !== key);
    yield [`no ${path}.${key}`, Object.fromEntries(others)];
    yield [`null as ${path}.${key}`, { ...value, [key]: null }];
    for (const [what, changed] of corruptions(part, `${path}.${key}`)) {
      yield [what, { ...value, [key]: changed }];
    }
  }
}

const goldenEvent = (type: string) => {
  const [kept] = golden
    .flatMap(({ events }) => events)
    .filter((event) => event.type === type)
    .toSorted((one, other) => other.v - one.v);
  if (kept === undefined || !isRecord(kept.data)) return expect.fail(`no golden ${type}`);
  return { ...kept, data: kept.data };
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
