import { err, ok, ResultAsync } from 'neverthrow';
import { createContainer } from '../../container.ts';
import { books } from '../../modules/application.ts';
import { awsTables, TABLE_SETTINGS } from '../../modules/aws.ts';
import { decodeCommits, orderStreamId } from '../../../application/streams.ts';
import type { RecordedCommit } from '../../../application/ports/eventStore.ts';
import { formatAmount } from '../../../domain/money/index.ts';
import type * as Notification from '../../../domain/notification/index.ts';
import * as Order from '../../../domain/order/index.ts';
import { describeCommand, runs, type Outcome, type Register, type Session } from '../command.ts';
import { EXIT, failed, failureOf } from '../failure.ts';
import { tableOf, timeOf } from '../output.ts';

export const registerOrder: Register = (program, lifecycle) => {
  const command = describeCommand(program.command('order'), {
    summary: 'explain one order from its events',
    examples: ['order 01JD3M8A5W1P3X9T6K2V7Q4R0S', 'order 01JD… --json --embedded | jq .payment'],
  }).argument('<id>', 'the order’s id');
  runs(command, lifecycle, (session) => showOrder(session, command.args[0] ?? ''));
};

const KINDS: readonly Notification.Kind[] = ['received', 'receipt', 'declined'];

const showOrder = async ({ config, output }: Session, orderId: string): Outcome => {
  const settings = config(TABLE_SETTINGS);
  if (settings.isErr()) return err(settings.error);
  const { get } = createContainer(books, awsTables(settings.value));
  if (!Order.isOrderId(orderId)) return err(unknownOrder(orderId));

  const loaded = await ResultAsync.combine([
    get('store').load(orderStreamId(orderId)),
    ResultAsync.combine(KINDS.map((kind) => get('notices').load(`${orderId}#${kind}`))),
  ] as const);
  const view = loaded.andThen(([{ commits }, notices]) =>
    historyOf(commits).map((history) => ({
      history,
      state: Order.fold(history.map(({ event }) => event)),
      mails: KINDS.map((kind, index) => [kind, notices[index]?.state.status ?? 'none'] as const),
    })),
  );
  if (view.isErr()) return err(failureOf(view.error));
  const { state, history, mails } = view.value;
  if (history.length === 0) return err(unknownOrder(orderId));
  output.data(
    {
      orderId,
      status: statusOf(state.payment),
      placed: state.placed,
      payment: state.payment,
      invoice: state.invoice,
      mails: Object.fromEntries(mails),
      events: history.map(({ event, ...place }) => ({ ...place, ...event })),
    },
    () => [summaryOf(orderId, state, mails), '', historyTable(history)].join('\n'),
  );
  return ok(EXIT.OK);
};

const unknownOrder = (orderId: string) => ({
  ...failed('UnknownOrder', `there is no order ${JSON.stringify(orderId)}`, [
    'If it was submitted just now, it may still wait in the payments queue.',
  ]),
});

type Entry = {
  readonly version: number;
  readonly at: string;
  readonly commitId: string;
  readonly correlationId: string;
  readonly causationId: string;
  readonly event: Order.StreamEvent;
};

const historyOf = (commits: readonly RecordedCommit[]) =>
  decodeCommits(commits, Order.codec).map((events): readonly Entry[] => {
    const places = commits.flatMap(
      ({ version, committedAt, commitId, correlationId, causationId, events: stored }) =>
        stored.map((_, index) => ({
          version: version + index,
          at: new Date(committedAt).toISOString(),
          commitId,
          correlationId,
          causationId,
        })),
    );
    return places.flatMap((place, index) => {
      const event = events[index];
      return event === undefined ? [] : [{ ...place, event }];
    });
  });

const statusOf = (payment: Order.Payment): string => {
  switch (payment.status) {
    case 'none':
      return 'not placed';
    case 'requested':
      return 'payment open';
    case 'review':
      return 'in review';
    case 'captured':
      return 'paid';
    case 'declined':
      return 'declined';
  }
};

const paymentText = (payment: Order.Payment): string => {
  switch (payment.status) {
    case 'none':
      return 'not asked for';
    case 'requested':
      return `asked for at ${timeOf(payment.at)}, attempt ${payment.attempt}; the outcome is not known yet`;
    case 'review':
      return `a person must look: ${payment.reason} (attempt ${payment.attempt})`;
    case 'captured':
      return `captured as ${payment.reference}, attempt ${payment.attempt}`;
    case 'declined':
      return `declined with ${payment.code}, attempt ${payment.attempt}`;
  }
};

const summaryOf = (
  orderId: string,
  { placed, payment, invoice }: Order.State,
  mails: readonly (readonly [string, string])[],
): string => {
  const told = mails.filter(([, status]) => status !== 'none').map((mail) => mail.join(' '));
  const amount = (minor: number, currency: string): string => formatAmount(minor, currency);
  const rows = [
    ['order', orderId],
    ['status', statusOf(payment)],
    ...(placed === undefined
      ? []
      : [
          ['customer', `${placed.customer.id} <${placed.customer.email}>`],
          ['total', amount(placed.totalMinor, placed.currency)],
        ]),
    ['payment', paymentText(payment)],
    ...(invoice.status === 'none' ? [] : [['invoice', invoiceText(invoice.document)]]),
    ['mail', told.join(', ') || 'none'],
  ];
  return rows.map(([name = '', value]) => `${name.padEnd(10)}${value}`).join('\n');
};

const invoiceText = (document: {
  readonly netMinor: number;
  readonly taxMinor: number;
  readonly totalMinor: number;
  readonly currency: string;
}): string => {
  const { netMinor, taxMinor, totalMinor, currency } = document;
  const [net, tax, total] = [netMinor, taxMinor, totalMinor].map((minor) =>
    formatAmount(minor, currency),
  );
  return `${net} + tax ${tax} = ${total}`;
};

const historyTable = (history: readonly Entry[]): string =>
  tableOf(
    ['#', 'time (UTC)', 'event', 'what'],
    history.map(({ version, at, event }) => [
      String(version),
      at.replace('T', ' ').replace('Z', ''),
      event.type,
      whatHappened(event),
    ]),
    { right: [0] },
  );

const whatHappened = (event: Order.StreamEvent): string => {
  switch (event.type) {
    case 'OrderPlaced':
      return `${event.data.lines.length} lines, ${formatAmount(event.data.totalMinor, event.data.currency)}`;
    case 'PaymentRequested':
      return `${formatAmount(event.data.amountMinor, event.data.currency)} under ${event.data.paymentKey}`;
    case 'PaymentCaptured':
      return `${formatAmount(event.data.amountMinor, event.data.currency)} as ${event.data.reference}`;
    case 'PaymentDeclined':
      return event.data.code;
    case 'PaymentReviewRequired':
      return `${event.data.reason}: the gateway says ${formatAmount(event.data.amountMinor, event.data.currency)}`;
    case 'InvoiceIssued':
      return invoiceText(event.data);
  }
};
