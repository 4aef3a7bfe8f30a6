import type { Command } from 'commander';
import { err, ok, type Result } from 'neverthrow';
import type {
  CommandPreview,
  PreviewedRefund,
} from '../../../application/ingest/previewCommand.ts';
import type {
  RefundingMessage,
  RequestByHandError,
} from '../../../application/ingest/requestByHand.ts';
import { decodeCommand } from '../../../application/messages/index.ts';
import { formatAmount } from '../../../domain/money/index.ts';
import * as Order from '../../../domain/order/index.ts';
import type { OpenServices } from '../../openServices.ts';
import type { CommandOutcome, CommandSteps, Session } from './command.ts';
import { confirm } from './confirm.ts';
import { effectOf } from './effect.ts';
import { failureOf, EXIT, failed, misused, type CliFailure } from './failure.ts';
import { findOrder } from './findOrder.ts';
import { unknownOrder } from './history.ts';
import { checkAttribution, withAttribution, type Attribution } from './options.ts';
import { FIND_HELP, withOrder, type FindOptions } from './orderArgument.ts';
import { mayReveal } from './people.ts';
import { previewText, previewValue, rejectionText } from './previewText.ts';
import { fingerprintOf, reportEffect, sendFailure, waitOption, type WaitOptions } from './send.ts';

/** A command of a person by which money goes back to a customer. */
export type ByHandOptions = WaitOptions &
  FindOptions &
  Attribution & { readonly yes?: boolean; readonly dryRun?: boolean };

/** Adds the order that it is about, by whatever it is known, and what a person says and decides. */
export const withByHandOptions = (command: Command): Command =>
  withAttribution(withOrder(command), { by: 'who asks for it' })
    .option('-y, --yes', 'do not ask: needed without a terminal, and with --json')
    .option('-n, --dry-run', 'show what would follow, and send nothing')
    .addOption(waitOption());

export const BY_HAND_HELP = `\
${FIND_HELP}
What would follow is shown before anything is sent, and asked about; --yes answers for a program.
Who and why is recorded in the order's stream first.
Exit code: 0 accepted (with --wait: done), or done before; 1 not confirmed, not possible, or not
done within that time; 2 wrong usage or configuration, or nobody to ask. What is not done in time
goes on without this command.`;

const USED = ['orders', 'previewCommand', 'requestByHand', 'clock', 'ids'] as const;
type Used = OpenServices<(typeof USED)[number], never, never>;

type Request = {
  /** The order's id, or another name by which it is known. */
  readonly named: string;
  readonly options: ByHandOptions;
  /** The command about the order as it is, once it is known what of it is meant. */
  readonly messageFor: (about: {
    readonly orderId: string;
    readonly state: Order.State;
    readonly ids: Used['ids'];
  }) => Result<RefundingMessage, CliFailure>;
  readonly question: (about: {
    readonly orderId: string;
    readonly refund?: PreviewedRefund;
  }) => string;
  /**
   * For a command that may come before its order: whether its option was given, and what to ask.
   */
  readonly beforeOrder?: {
    readonly isMeant: boolean;
    readonly question: (orderId: string) => string;
  };
};

/** Shows what a command would come to, asks, records who and why, and sends it. */
export const requestByHand = async function* (session: Session, request: Request): CommandSteps {
  const { named, options, beforeOrder } = request;
  const { output } = session;
  yield* checkAttribution(options);
  const { orderId, by: foundBy } = yield* findOrder(session, named, {
    scan: options.scan,
    mayBeNew: beforeOrder?.isMeant === true ? 'anything' : 'unless it looks like another name',
    needs: USED,
  });
  if (!Order.isOrderId(orderId)) return err(misused('that is no id of an order; nothing was sent'));
  const used = yield* session.open({
    services: USED,
    also: [mayReveal(session) && 'customerOrders'],
  });
  const opened = { ...used, orders: used.customerOrders ?? used.orders };
  const { state } = yield* (await opened.orders.load(orderId)).mapErr(failureOf);
  const message = yield* request.messageFor({ orderId, state, ids: opened.ids });
  const command = yield* decodeCommand(JSON.stringify(message)).mapErr(sendFailure);
  if (command.type !== message.type) throw new Error('Broken invariant: another command is read');
  const preview = opened.previewCommand(command, state);
  if (isUnknown(state)) yield* checkUnknown(orderId, request, session);
  if (preview.type === 'Rejected') return err(notPossible(preview, orderId, state));
  if (preview.type === 'Known')
    return await reportKnown(session, { command, state, opened, options });

  const { refund } = preview;
  const value = previewValue(orderId, state, refund);
  const text = (columns: number): string => previewText(orderId, state, { refund, columns });
  if (options.dryRun === true) {
    output.data({ ...value, dryRun: true }, (columns) => `${text(columns)}\nNothing was sent.`);
    return ok(EXIT.OK);
  }
  output.note(text);
  const question =
    isUnknown(state) && beforeOrder !== undefined
      ? beforeOrder.question(orderId)
      : request.question({ orderId, ...(refund && { refund }) });
  if (options.yes !== true) yield* await confirm(session, { question });
  const { by, reason } = options;
  const { correlationId } = yield* (await opened.requestByHand(message, { by, reason })).mapErr(
    (error) => requestFailure(error, message),
  );
  output.data({ type: message.type, foundBy, ...value, correlationId, accepted: true }, () =>
    [`${message.type} ${orderId}: accepted`, ...(refundIdOf(message) ?? [])].join(' as '),
  );
  const { wait: seconds } = options;
  if (seconds === undefined) return ok(EXIT.OK);
  return await reportEffect(session, command, { services: opened, seconds });
};

const refundIdOf = (message: RefundingMessage): readonly [string] | undefined =>
  message.type === 'RefundPayment' ? [message.refundId] : undefined;

/** Whether the order is not in the log, except perhaps for the note that somebody asked before. */
const isUnknown = (state: Order.State): boolean => Order.statusOf(state) === 'not placed';

const checkUnknown = (
  orderId: string,
  { beforeOrder, options }: Request,
  { io }: Session,
): Result<void, CliFailure> => {
  const canAsk = io.stdin.isTTY === true && options.yes !== true;
  if (beforeOrder !== undefined && (beforeOrder.isMeant || canAsk)) return ok();
  const failure = unknownOrder(orderId);
  const hint =
    beforeOrder === undefined
      ? []
      : ['If it is to be cancelled before it comes, add --before-order.'];
  return err({
    ...failure,
    message: `${failure.message}; nothing was sent`,
    details: [...(failure.details ?? []), ...hint],
  });
};

const notPossible = (
  { rejection }: Extract<CommandPreview, { readonly type: 'Rejected' }>,
  orderId: string,
  state: Order.State,
): CliFailure =>
  failed(
    'NotPossible',
    `this cannot be done, and nothing was sent: ${rejectionText(rejection, orderId)}`,
    [`The order is ${Order.statusOf(state)}.`, ...leftText(state)],
  );

const leftText = (state: Order.State): readonly string[] => {
  const { captured, rest, pending } = Order.sumsOf(state);
  const { currency } = state.placed ?? {};
  if (currency === undefined || captured === 0) return [];
  const [all, left, open] = [captured, rest, pending].map((minor) => formatAmount(minor, currency));
  return [
    `Of ${all} that was captured, ${left} can still be refunded` +
      (pending === 0 ? '.' : `, and ${open} is being refunded.`),
  ];
};

type KnownCommand = {
  readonly command: Parameters<Used['previewCommand']>[0];
  readonly state: Order.State;
  readonly opened: Used;
  readonly options: ByHandOptions;
};

/** Reports what became of a command that was asked for before; with `--wait`, once it is done. */
const reportKnown = async (
  session: Session,
  { command, state, opened, options }: KnownCommand,
): CommandOutcome => {
  const { orderId } = command;
  const effect = effectOf(command, state, fingerprintOf(command, opened.ids));
  const status = Order.statusOf(state);
  session.output.data(
    { type: command.type, orderId, accepted: false, known: true, what: effect.what, status },
    () => `nothing was sent: ${effect.what}`,
  );
  const { wait: seconds } = options;
  if (seconds !== undefined) {
    return reportEffect(session, command, { services: opened, seconds });
  }
  return ok(effect.type === 'Failed' ? EXIT.FAILED : EXIT.OK);
};

const requestFailure = (error: RequestByHandError, sent: RefundingMessage): CliFailure => {
  if (error.type === 'NotSent') {
    const { message, details = [] } = sendFailure(error.error);
    // Under a generated id it would be another refund, and the queue may have this one.
    const again = sent.type === 'RefundPayment' ? ` with --id ${sent.refundId}` : '';
    return failed(error.type, `it is recorded, and was not sent: ${message}`, [
      ...details,
      `Run the same command again${again}: it sends what was not sent.`,
    ]);
  }
  return error.type === 'ConflictsExhausted'
    ? failed(error.type, 'the order is being written by others, and nothing was sent; run it again')
    : failureOf(error);
};
