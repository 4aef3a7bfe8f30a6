import { ok } from 'neverthrow';
import type { AdoptionError } from '../../../application/review/adoptMovements.ts';
import * as Order from '../../../domain/order/index.ts';
import { defineCommand } from '../common/command.ts';
import { withAttribution, type Attribution } from '../common/options.ts';
import { EXIT, failed, misused, type CliFailure, failureOf } from '../common/failure.ts';
import { comparisonEffect } from '../common/effect.ts';
import { findOrder } from '../common/findOrder.ts';
import { FIND_HELP, withOrder, type FindOptions } from '../common/orderArgument.ts';
import { unknownOrder } from '../common/history.ts';
import {
  notSentFailure,
  waitForEffect,
  WAIT_HELP,
  waitOption,
  type WaitOptions,
} from '../common/send.ts';
import { amountsOf } from '../common/json.ts';
import { summaryOf } from '../common/summary.ts';
import { moneyText } from '../common/text.ts';

/**
 * Has a worker compare the order with the gateway, and shows what was adopted if that is waited
 * for.
 */
export const adoptCommand = defineCommand<WaitOptions & FindOptions & Attribution>({
  examples: [
    'review adopt 01JD… --by ada --reason "refunded in the dashboard, ticket 42"',
    'review adopt 01JD… --by ada --reason "audit of January" --wait --json',
  ],
  options: (command) =>
    withAttribution(withOrder(command), {
      by: 'who asks for it',
    }).addOption(waitOption()),
  help: `\
A worker lists every refund of the order's payment at the gateway. What nobody here asked for is
credited line by line as a refund of that amount is, gets a number, and is reported to the customer;
a cancelled order of which nothing is held any more ends. It refunds nothing itself. Asked for
again before it is done, it is only sent again.
${FIND_HELP}
${WAIT_HELP}`,
  run: async function* (session, { by, reason, wait: seconds, scan }, { args: [named = ''] }) {
    const { output } = session;
    const { orderId, by: foundBy } = yield* findOrder(session, named, {
      scan,
      needs: ['adopt'],
    });
    const request = { orderId, by, reason };
    const { adopt: ask, ...services } = yield* session.open({
      services: ['adopt', 'orders', 'clock'],
    });
    const {
      isNew,
      correlationId,
      state: before,
    } = yield* ask(request).mapErr((error) => adoptFailure(error, orderId));
    output.data({ orderId, foundBy, isNew, correlationId, accepted: true }, () =>
      isNew
        ? `${orderId}: to be compared with the gateway`
        : `${orderId}: was to be compared already; sent to a worker again`,
    );
    if (seconds === undefined) return ok(EXIT.OK);
    const waiting = { effectIn: comparisonEffect, services, session, seconds };
    const seen = await waitForEffect(orderId, waiting);
    return seen.map(({ state, effect }) => {
      const isDone = effect.type === 'Done';
      const adopted = adoptedIn(state).slice(adoptedIn(before).length);
      const status = Order.statusOf(state);
      const sums = state.placed && amountsOf(Order.sumsOf(state), state.placed.currency);
      output.data({ orderId, done: isDone, adopted, status, sums }, () =>
        [isDone ? foundText(adopted) : `NOT DONE: ${effect.what}`]
          .concat('', summaryOf(orderId, state))
          .join('\n'),
      );
      return isDone ? EXIT.OK : EXIT.FAILED;
    });
  },
});

const adoptedIn = ({ refunds }: Order.State) =>
  refunds.flatMap((refund) =>
    refund.status === 'succeeded' && refund.cause === 'gateway'
      ? [
          {
            refundId: refund.refundId,
            reference: refund.reference,
            amountMinor: refund.amountMinor,
            currency: refund.currency,
          },
        ]
      : [],
  );

const foundText = (adopted: ReturnType<typeof adoptedIn>): string =>
  adopted.length === 0
    ? 'done: the gateway has no refund that the log does not have'
    : `done: adopted ${adopted.map((one) => `${moneyText(one)} as ${one.reference}`).join(', ')}`;

const adoptFailure = (error: AdoptionError, orderId: string): CliFailure => {
  switch (error.type) {
    case 'InvalidDecision':
      return misused('this cannot be requested; nothing was recorded', error.reasons);
    case 'UnknownOrder':
      return unknownOrder(orderId);
    case 'NotComparable':
      return failed(
        error.type,
        `nothing of ${orderId} was captured: ${Order.statusOf(error.state)}`,
        ['Only what was captured can have been refunded.'],
      );
    case 'ConflictsExhausted':
      return failed(error.type, 'the order is being written by others; run it again');
    case 'NotSent':
      return notSentFailure(error, 'it is requested');
    case 'Uncertain':
    case 'CommitTooLarge':
    case 'CorruptStream':
    case 'Unavailable':
    case 'Misconfigured':
      return failureOf(error);
  }
};
