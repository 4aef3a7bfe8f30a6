import { ok } from 'neverthrow';
import { reviewCases } from '../../../application/review/reviews.ts';
import * as Order from '../../../domain/order/index.ts';
import { defineCommand } from '../common/command.ts';
import { EXIT } from '../common/failure.ts';
import { AT_HELP, checkPast, asOfJson, asOfText, withAt, type At } from '../common/at.ts';
import { amountsOf } from '../common/json.ts';
import { findOrder } from '../common/findOrder.ts';
import { type FindOptions } from '../common/orderArgument.ts';
import { historyTable } from '../common/eventTexts.ts';
import { eventsJson, loadHistoryAt, loadMails } from '../common/history.ts';
import { mayReveal } from '../common/people.ts';
import { summaryOf } from '../common/summary.ts';
import { invoiceValue, placedValue, refundValue } from '../common/documentJson.ts';

export const body = defineCommand<FindOptions & { readonly at?: At }>({
  examples: [
    'order 01JD3M8A5W1P3X9T6K2V7Q4R0S',
    'order INV-2026-000123',
    'order pi_3PxK2eLkdIwHu7ix0 --at 2',
    'order ada@example.com',
    'order 01JD… --at 2026-06-15T12:00:00+02:00',
    'order 01JD… --json --embedded | jq .sums',
  ],
  options: withAt,
  help: AT_HELP,
  run: async function* (session, { at, scan }, { args: [named = ''] }) {
    const { open, output } = session;
    const { store, clock, privateStore } = yield* open({
      services: ['store', 'clock'],
      also: [mayReveal(session) && 'privateStore'],
    });
    yield* checkPast(clock.now(), at);
    const { orderId } = yield* findOrder(session, named, { scan });
    const found = yield* loadHistoryAt(privateStore ?? store, orderId, at);
    const mails = yield* loadMails(store, found, at);
    const { history, shown } = found;
    const { state, events } = history;
    const { status, ...payment } = state.payment;
    output.data(
      {
        orderId,
        ...(at && shown && { asOf: asOfJson(at, shown) }),
        status: Order.statusOf(state),
        currency: state.placed?.currency,
        sums: state.placed && amountsOf(Order.sumsOf(state), state.placed.currency),
        placed: state.placed && placedValue(state.placed),
        refused: state.refused,
        payment: { status, ...payment },
        cancellation: state.cancellation,
        cancelled: state.cancelled,
        refunds: state.refunds.map(refundValue),
        disputes: state.disputes ?? [],
        invoice:
          state.invoice.status === 'issued'
            ? { ...state.invoice, document: invoiceValue(state.invoice.document) }
            : state.invoice,
        reviews: reviewCases(orderId, events),
        mails: Object.fromEntries(mails),
        events: eventsJson(history),
      },
      (columns) =>
        [
          ...(at && shown ? [asOfText(at, shown), ''] : []),
          summaryOf(orderId, state, mails),
          '',
          historyTable(history, columns),
        ].join('\n'),
    );
    return ok(EXIT.OK);
  },
});
