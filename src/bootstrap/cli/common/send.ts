import * as Order from '../../../domain/order/index.ts';
import { err, ok, type Result } from 'neverthrow';
import { Option } from 'commander';
import type { FoundBy } from '../../../application/findOrder/foundOrder.ts';
import type { SendCommandError, SentCommand } from '../../../application/ingest/sendCommand.ts';
import type { PaymentCommand, PaymentMessage } from '../../../application/messages/index.ts';
import { refundFingerprint } from '../../../application/orders/toDomain.ts';
import type { Services } from '../../tokens.ts';
import type { CommandOutcome, CommandSteps, Session } from './command.ts';
import { EXIT, failed, failureOf, misused, type CliFailure } from './failure.ts';
import { mayReveal } from './people.ts';
import { createProgress } from './progress.ts';
import { effectOf, type Effect } from './effect.ts';
import { amountsOf } from './json.ts';
import { summaryOf } from './summary.ts';
import { wholeNumber } from './options.ts';

/** Commands that need no more than an order's id. */
export type CommandMessage = Exclude<PaymentMessage, { readonly type: 'PlaceOrder' }>;

const WAIT_SECONDS = 60;
const WAIT_SECONDS_MAX = 3_600;
/** Every look reads the order's whole stream; most are settled at the first or second. */
const LOOK_EVERY_MIN_MS = 250;
const LOOK_EVERY_MAX_MS = 2_000;

type SendingOptions = {
  /**
   * The time for which its effect is waited for. Without it nobody waits for what becomes of the
   * command.
   */
  readonly seconds: number | undefined;
  /** The name by which its order was found. */
  readonly foundBy: FoundBy;
};

/** The services that `sendCommand` uses, with and without a wait. */
export const SENDING = ['sendCommand', 'orders', 'clock', 'ids'] as const;

/** Sends one command to the payments queue. */
export const sendCommand = async function* (
  session: Session,
  message: CommandMessage,
  { seconds, foundBy }: SendingOptions,
): CommandSteps {
  const about = { message, foundBy };
  if (seconds === undefined) {
    const { sendCommand: sender } = yield* session.open({ services: ['sendCommand'] });
    return (await send(sender, about, session)).map(() => EXIT.OK);
  }
  const opened = yield* session.open({
    services: SENDING,
    also: [mayReveal(session) && 'customerOrders'],
  });
  const { sendCommand: sender, clock, ids } = opened;
  const orders = opened.customerOrders ?? opened.orders;
  const { command } = yield* await send(sender, about, session);
  return reportEffect(session, command, { services: { orders, clock, ids }, seconds });
};

type EffectWait = {
  readonly services: Pick<Services, 'orders' | 'clock' | 'ids'>;
  readonly seconds: number;
};

/** Waits for the effect of a command, and shows it with the order. */
export const reportEffect = async (
  session: Session,
  command: PaymentCommand,
  { services, seconds }: EffectWait,
): CommandOutcome => {
  const { output } = session;
  const fingerprint = fingerprintOf(command, services.ids);
  const settled = await waitForEffect(command.orderId, {
    effectIn: (state) => effectOf(command, state, fingerprint),
    services,
    session,
    seconds,
  });
  return settled.map(({ effect, state }) => {
    const { orderId } = command;
    const { type, what } = effect;
    const refund = state.refunds.find((other) => isOf(command, other));
    const sums = state.placed && amountsOf(Order.sumsOf(state), state.placed.currency);
    const status = Order.statusOf(state);
    output.data(
      { orderId, done: type === 'Done', settled: type !== 'Waiting', what, status, sums, refund },
      () =>
        [`${type === 'Done' ? 'done' : 'NOT DONE'}: ${what}`, '', summaryOf(orderId, state)].join(
          '\n',
        ),
    );
    return type === 'Done' ? EXIT.OK : EXIT.FAILED;
  });
};

/** The fingerprint of a refund, as another refund may have its id; otherwise empty. */
export const fingerprintOf = (command: PaymentCommand, ids: Services['ids']): string =>
  command.type === 'RefundPayment' ? refundFingerprint(command.wanted, ids) : '';

const isOf = (command: PaymentCommand, { refundId }: Order.Refund): boolean =>
  command.type === 'RefundPayment' && command.refundId === refundId;

const send = async (
  sender: Services['sendCommand'],
  { message, foundBy }: { readonly message: CommandMessage; readonly foundBy: FoundBy },
  { output }: Session,
): Promise<Result<SentCommand, CliFailure>> => {
  const sent = await sender(message);
  return sent.mapErr(sendFailure).map((done) => {
    const { type, orderId } = message;
    const refundId = 'refundId' in message ? message.refundId : undefined;
    const { correlationId } = done;
    output.data({ type, orderId, foundBy, refundId, correlationId, accepted: true }, () =>
      refundId === undefined
        ? `${type} ${orderId}: accepted`
        : `${type} ${orderId}: accepted as ${refundId}`,
    );
    return done;
  });
};

export const sendFailure = (error: SendCommandError): CliFailure => {
  switch (error.type) {
    case 'MalformedMessage':
    case 'InvalidOrder':
      return misused('this cannot be requested; nothing was sent', error.reasons);
    case 'SendFailed':
      return failed(error.type, `the payments queue did not take the message: ${error.code}`);
    case 'Unavailable':
    case 'Misconfigured':
    case 'Aborted':
    case 'TooLarge':
      return failureOf(error);
  }
};

/**
 * The failure if what a person said is recorded, and the message that should follow was not sent.
 */
export const notSentFailure = (
  { type, error }: { readonly type: string; readonly error: SendCommandError },
  done: string,
): CliFailure => {
  const { message, details = [] } = sendFailure(error);
  return failed(type, `${done}, and no worker was notified: ${message}`, [
    ...details,
    'Run the same command again: it sends what was not sent.',
  ]);
};

type Wait = {
  readonly effectIn: (state: Order.State) => Effect;
  readonly services: Pick<Services, 'orders' | 'clock'>;
  readonly session: Session;
  readonly seconds: number;
};

type ObservedEffect = { readonly effect: Effect; readonly state: Order.State };

/** Looks at the order again and again, for so many seconds at most. */
export const waitForEffect = async (
  orderId: string,
  { effectIn, services: { orders, clock }, session, seconds }: Wait,
): Promise<Result<ObservedEffect, CliFailure>> => {
  const stop = session.untilStopped();
  const start = clock.now();
  const end = start + seconds * 1_000;
  const progress = createProgress(session.output, { total: seconds, unit: 'seconds' });
  let pauseMs = LOOK_EVERY_MIN_MS;
  try {
    for (;;) {
      const held = await orders.load(orderId);
      if (held.isErr()) return err(failureOf(held.error));
      const { state } = held.value;
      const effect = effectIn(state);
      const now = clock.now();
      if (effect.type !== 'Waiting' || now >= end) return ok({ effect, state });
      progress.update(Math.floor((now - start) / 1_000), { facts: effect.what });
      await clock.sleep(Math.min(pauseMs, end - now), stop);
      if (stop.aborted) {
        return err(failed('Aborted', 'no longer waited for; the message stays in the queue'));
      }
      pauseMs = Math.min(2 * pauseMs, LOOK_EVERY_MAX_MS);
    }
  } finally {
    progress.stop();
  }
};

export type WaitOptions = { readonly wait?: number };

export const waitOption = (): Option =>
  new Option(
    '--wait [seconds]',
    `look at the order until it is done, for at most so long (1 to ${WAIT_SECONDS_MAX}; ` +
      `${WAIT_SECONDS} where no number is given)`,
  )
    .preset(String(WAIT_SECONDS))
    .argParser(wholeNumber(1, WAIT_SECONDS_MAX));

export const WAIT_HELP = `\
Exit code: 0 accepted (with --wait: done), 1 not accepted (not done, or not within that time),
2 wrong usage or configuration. What is not done in time goes on without this command.`;
