import { err, ok, Result } from 'neverthrow';
import type { CheckOrder } from '../../../application/ingest/checkOrder.ts';
import type { SubmitResult } from '../../../application/ingest/submitOrders.ts';
import type { SentOrder } from '../../../domain/order/index.ts';
import { createSystemIds } from '../../../adapters/system/ids.ts';
import { defineCommand, type CommandOutcome, type Session } from '../common/command.ts';
import { EXIT, failed, failureOf, misused } from '../common/failure.ts';
import { checkOrders } from './checkOrders.ts';
import { openOrderSource } from './orderSource.ts';
import { generateOrders } from '../common/generateOrders.ts';
import { wholeNumber } from '../common/options.ts';
import type { Output } from '../common/output.ts';
import { createProgress } from '../common/progress.ts';

const GENERATE_MAX = 1_000_000;
/** The size of one SQS batch; so many are on their way at once. */
const BATCH = 10;
const BATCHES_AT_ONCE = 8;
const LISTED_MAX = 20;

export const body = defineCommand<{ readonly generate?: number }>({
  begins: true,
  examples: [
    'submit order.json',
    'submit orders.jsonl --json > accepted.jsonl',
    'submit orders.csv',
    'cat orders.json | paidonce submit -',
    'submit --generate 20 --embedded',
  ],
  options: (command) =>
    command
      .argument(
        '[file]',
        'JSON (an order, a list, or one on each line) or CSV; - is standard input',
      )
      .option(
        '--generate <n>',
        'generate this many valid orders in EUR, USD, JPY and KWD instead',
        wholeNumber(1, GENERATE_MAX),
      ),
  help: `\
Every order is checked before any is sent, by the rules, by what the gateway can charge, and that no
id has two contents. To send an order again under the same id is safe. CSV has a row for each line
of an order, with the columns of docs/messages.md; files are in UTF-8.
Of a file with mistakes nothing is sent, and the first 50 of them are shown. Each order that the
queue did not accept is named.
Exit code: 0 all accepted, 1 some were not, 2 wrong usage or configuration.`,
  run: async function* (session, { generate }, { args: [file] }) {
    if ((file === undefined) === (generate === undefined)) {
      return err(misused('name a file (or - for standard input), or use --generate'));
    }
    // A file is checked before anything is asked for that only sending needs.
    const { checkOrder } = yield* session.open({
      services: ['checkOrder'],
      also: [generate !== undefined && 'submitOrders'],
    });
    return generate === undefined
      ? submitFile(file ?? '-', checkOrder, session)
      : submit(generated(generate, checkOrder), generate, session);
  },
});

type Orders = AsyncIterable<SentOrder>;

/**
 * Sends no order that the payment service would refuse: such an order is a mistake of this program.
 */
async function* generated(
  count: number,
  checkOrder: CheckOrder,
): AsyncGenerator<SentOrder, void, void> {
  for (const order of generateOrders(createSystemIds(), count)) {
    const checked = checkOrder(order);
    if (checked.isErr()) {
      throw new Error(`Broken invariant: generated what is no order: ${checked.error.join('; ')}`);
    }
    yield order;
  }
}

const submitFile = async (
  path: string,
  checkOrder: CheckOrder,
  session: Session,
): CommandOutcome => {
  const { output } = session;
  const opened = await openOrderSource(path, session.io.stdin);
  if (opened.isErr()) return err(opened.error);
  const source = opened.value;
  const progress = createProgress(output, { unit: 'orders checked' });
  try {
    const onChecked = (orders: number): void => progress.update(orders);
    const checked = await checkOrders(source, { checkOrder, ids: createSystemIds(), onChecked });
    progress.stop();
    if (checked.isErr()) return err(checked.error);
    const { total, repeated, rounded } = checked.value;
    if (repeated > 0) {
      output.note(`Sent once: ${repeated} that the file repeats with the same content.`);
    }
    if (rounded.count > 0) {
      const more = rounded.count - rounded.shown.length;
      output.note(
        `Rounded to amounts that the gateway takes (CASH_ROUNDING): ${rounded.shown.join(', ')}` +
          `${more === 0 ? '' : `, and ${more} more`}.`,
      );
    }
    return await submit(checked.value.orders(), total, session);
  } finally {
    progress.stop();
    await source.close();
  }
};

const submit = async (
  orders: Orders,
  total: number,
  { open, output, untilStopped }: Session,
): CommandOutcome => {
  const opened = await open({ services: ['submitOrders'] });
  if (opened.isErr()) return err(opened.error);
  const { submitOrders } = opened.value;
  const signal = untilStopped();
  const progress = createProgress(output, { total, unit: 'orders' });
  let [accepted, refused] = [0, 0];
  for await (const batches of windowsOf(orders)) {
    const results = await Promise.all(batches.map((batch) => submitOrders(batch)));
    for (const submitted of results.flatMap((result) => result.unwrapOr([]))) {
      if (submitted.payment.type === 'Done') accepted += 1;
      else refused += 1;
      progress.update(accepted + refused);
      reportSubmitted(submitted, output, total <= LISTED_MAX);
    }
    const broken = Result.combine(results).mapErr(failureOf);
    if (broken.isOk() && !signal.aborted) continue;
    progress.stop();
    if (broken.isOk()) return err(failed('Aborted', `stopped after ${accepted} orders`));
    const { details = [] } = broken.error;
    const counted =
      `${accepted} orders were accepted before, up to ${BATCH * BATCHES_AT_ONCE} more may ` +
      'have been';
    return err({ ...broken.error, details: [counted, ...details] });
  }
  progress.stop();
  const said = `${accepted} ${accepted === 1 ? 'order' : 'orders'} accepted`;
  output.line(refused === 0 ? said : `${said}, ${refused} not`);
  return ok(refused === 0 ? EXIT.OK : EXIT.FAILED);
};

/** There is one window of batches at a time, however many orders there are. */
async function* windowsOf(orders: Orders): AsyncGenerator<readonly SentOrder[][], void, void> {
  let window: SentOrder[][] = [];
  for await (const order of orders) {
    const last = window.at(-1);
    if (last !== undefined && last.length < BATCH) last.push(order);
    else if (window.length < BATCHES_AT_ONCE) window.push([order]);
    else {
      yield window;
      window = [[order]];
    }
  }
  yield window;
}

const reportSubmitted = (
  { orderId, correlationId, payment, announcement }: SubmitResult,
  output: Output,
  isListed: boolean,
): void => {
  const accepted = payment.type === 'Done';
  const code = accepted ? undefined : payment.code;
  const announced = announcement.type === 'Done';
  if (output.json) output.data({ orderId, correlationId, accepted, code, announced }, () => '');
  else if (!accepted) output.note(`${orderId} was not accepted: ${code}`);
  else if (isListed)
    output.line(`${orderId}${announced ? '' : ' (its customer is not notified yet)'}`);
};
