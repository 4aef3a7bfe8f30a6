import { err, ok, ResultAsync } from 'neverthrow';
import { createContainer } from '../../container.ts';
import { books } from '../../modules/application.ts';
import { awsTables, TABLE_SETTINGS } from '../../modules/aws.ts';
import { noticeIdsOf } from '../../../application/notification/noticeIds.ts';
import { reviewsOf } from '../../../application/review/reviews.ts';
import * as Order from '../../../domain/order/index.ts';
import { describeCommand, runs, type Outcome, type Register, type Session } from '../command.ts';
import { EXIT, failureOf } from '../failure.ts';
import { historyTable } from '../order/events.ts';
import { loadHistory, unknownOrder } from '../order/history.ts';
import { statusOf, summaryOf } from '../order/summary.ts';

export const registerOrder: Register = (program, lifecycle) => {
  const command = describeCommand(program.command('order'), {
    summary: 'explain one order from its events',
    examples: ['order 01JD3M8A5W1P3X9T6K2V7Q4R0S', 'order 01JD… --json --embedded | jq .sums'],
  }).argument('<id>', 'the order’s id');
  runs(command, lifecycle, (session) => showOrder(session, command.args[0] ?? ''));
};

const showOrder = async ({ config, output }: Session, orderId: string): Outcome => {
  const settings = config(TABLE_SETTINGS);
  if (settings.isErr()) return err(settings.error);
  const { get } = createContainer(books, awsTables(settings.value));
  if (!Order.isOrderId(orderId)) return err(unknownOrder(orderId));
  const notices = get('notices');
  const loaded = await loadHistory(get('store'), orderId).andThen((history) =>
    ResultAsync.combine(
      noticeIdsOf(history.state).map((id) =>
        notices.load(`${orderId}#${id}`).map(({ state }) => [id, state.status] as const),
      ),
    ).map((mails) => ({ history, mails })),
  );
  if (loaded.isErr()) return err(failureOf(loaded.error));
  const { history, mails } = loaded.value;
  const { state, events, entries } = history;
  if (events.length === 0) return err(unknownOrder(orderId));
  output.data(
    {
      orderId,
      status: statusOf(state),
      sums: Order.sumsOf(state),
      placed: state.placed,
      payment: state.payment,
      cancellation: state.cancellation,
      cancelled: state.cancelled,
      refunds: state.refunds,
      invoice: state.invoice,
      reviews: reviewsOf(orderId, events),
      mails: Object.fromEntries(mails),
      events: entries.map(({ event, ...place }) => ({ ...place, ...event })),
    },
    () => [summaryOf(orderId, state, mails), '', historyTable(history)].join('\n'),
  );
  return ok(EXIT.OK);
};
