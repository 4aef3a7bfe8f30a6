import * as Order from '../../../domain/order/index.ts';
import { Option } from 'commander';
import { err, ok } from 'neverthrow';
import { isForceable } from '../../../application/review/contradictions.ts';
import type { ResolveError, ResolvedReview } from '../../../application/review/resolveReview.ts';
import { allocationFailure, failed, misused, type CliFailure, EXIT } from '../common/failure.ts';
import { resolutionText } from '../common/eventTexts.ts';
import { findOrder } from '../common/findOrder.ts';
import { FIND_HELP, withOrder, type FindOptions } from '../common/orderArgument.ts';
import { unknownOrder } from '../common/history.ts';
import { sendFailure } from '../common/send.ts';
import { contradictionText, gatewayText, entryText } from './text.ts';
import { adoptCommand } from '../common/text.ts';
import {
  EVIDENCE_CHARACTERS_MAX,
  type DecisionRequest,
} from '../../../application/review/decision.ts';
import { BY_CHARACTERS_MAX } from '../../../application/personText.ts';
import { defineCommand } from '../common/command.ts';

/** The first two are for a payment, the others for a refund. */
const VERDICTS = ['captured', 'not-captured', 'refunded', 'not-refunded'] as const;

export const resolveCommand = defineCommand<
  FindOptions & {
    readonly as: (typeof VERDICTS)[number];
    readonly evidence: string;
    readonly by: string;
    readonly reference?: string;
    readonly refund?: string;
    readonly force?: boolean;
    readonly reason?: string;
  }
>({
  examples: [
    'review resolve 01JD… --as not-captured --evidence "dashboard: no payment" --by ada',
    'review resolve 01JD… --as captured --reference pi_3Px… --evidence "dashboard" --by ada',
    'review resolve 01JD… --refund return-1 --as not-refunded --evidence "bank" --by ada',
  ],
  options: (command) =>
    withOrder(command)
      .addOption(
        new Option(
          '--as <verdict>',
          'what became of it: the first two of a payment, the others of a refund',
        )
          .choices(VERDICTS)
          .makeOptionMandatory(),
      )
      .requiredOption(
        '--evidence <text>',
        `where it was seen, 1 to ${EVIDENCE_CHARACTERS_MAX} characters`,
      )
      .requiredOption('--by <who>', `who decides, 1 to ${BY_CHARACTERS_MAX} characters`)
      .option('--refund <refund>', 'a refund of the order instead of its payment')
      .option(
        '--reference <ref>',
        'the gateway’s name of the money that moved, where the gateway does not say it',
      )
      .option('--force', 'decide although something speaks against it; --reason says why')
      .option('--reason <text>', `with --force: why, 1 to ${EVIDENCE_CHARACTERS_MAX} characters`),
  help: `\
The gateway and the series of numbers are asked first, and the name of the money is asked for by
itself. What they contradict is refused without --force; money of another order, deployment or
account is never taken. The decision is recorded for ever, and a worker goes on with it: captured
gets its invoice, refunded its credit note, the others end there. The same decision again is no
error, and sends the worker to it again.
${FIND_HELP}
Exit code: 0 decided, 1 refused, not in review or not sent, 2 wrong usage or configuration.`,
  run: async function* (session, options, { args: [named = ''] }) {
    const { open, output } = session;
    const { as, evidence, by, reference, refund, force = false, reason } = options;
    if (as.endsWith('refunded') !== (refund !== undefined)) {
      return err(
        misused(
          refund === undefined
            ? 'a payment is captured or not-captured; name a refund with --refund'
            : 'a refund is refunded or not-refunded',
        ),
      );
    }
    if (force !== (reason !== undefined)) {
      return err(
        misused('--force and --reason go together: the reason of a forced decision is recorded'),
      );
    }
    const { orderId, by: foundBy } = yield* findOrder(session, named, {
      scan: options.scan,
      needs: ['resolveReview'],
    });
    const opened = yield* open({ services: ['resolveReview'] });
    const decision: DecisionRequest = {
      orderId,
      moved: !as.startsWith('not-'),
      evidence,
      by,
      ...(refund === undefined ? {} : { refundId: refund }),
      ...(reference === undefined ? {} : { reference }),
      ...(reason === undefined ? {} : { forcedBecause: reason }),
    };
    const done = yield* opened
      .resolveReview(decision)
      .mapErr((error) => resolveFailure(error, decision));
    output.data({ orderId, foundBy, ...done }, () => textOf(orderId, done));
    if (force && done.resolved.forcedBecause === '') {
      output.note('Nothing speaks against it: the reason given with --force was not recorded.');
    }
    output.note(
      'The dead letter of the order stays in place: once the order is settled, run ' +
        `\`paidonce dlq discard --order ${orderId}\` or \`dlq redrive\`; either does no harm.`,
    );
    return ok(EXIT.OK);
  },
});

export const notInReview = (
  what: string,
  { orderId, state, status = Order.statusOf(state) }: Standing,
): CliFailure =>
  failed(
    'NotInReview',
    `${what} is not in review: ${status}`,
    state.payment.status === 'captured'
      ? [`Refunds made at the gateway itself are recorded by ${adoptCommand(orderId)}.`]
      : [],
  );

type Standing = {
  readonly orderId: string;
  readonly state: Order.State;
  /** The status of a part of the order; otherwise that of the order. */
  readonly status?: string;
};

/** The reason why nothing was decided or, for `NotSent` alone, why no worker was notified of it. */
const resolveFailure = (
  error: ResolveError,
  { orderId, refundId }: { readonly orderId: string; readonly refundId?: string },
): CliFailure => {
  switch (error.type) {
    case 'InvalidDecision':
      return misused('this is no decision; nothing was recorded', error.reasons);
    case 'UnknownOrder':
      return unknownOrder(orderId);
    case 'UnknownRefund':
      return failed(error.type, `the order ${orderId} has no such refund`, [
        error.refundIds.length === 0 ? 'It has none.' : `It has: ${error.refundIds.join(', ')}.`,
      ]);
    case 'NotInReview': {
      const { state } = error;
      const refund = state.refunds.find((other) => other.refundId === refundId);
      return refund === undefined
        ? notInReview(`the payment of ${orderId}`, { orderId, state })
        : notInReview(`the refund ${refund.refundId} of ${orderId}`, {
            orderId,
            state,
            status: refund.status,
          });
    }
    case 'DecidedOtherwise':
      return failed(error.type, 'it was decided otherwise before, and stays so', [
        resolutionText(error.resolved),
      ]);
    case 'Contradicted':
      return failed(error.type, 'something speaks against it; nothing was recorded', [
        ...error.against.map(contradictionText),
        `The gateway says now: ${gatewayText(error.gateway)}.`,
        isForceable(error.against)
          ? 'If it is right nevertheless: --force --reason TEXT, which is recorded.'
          : 'This cannot be forced: a number that was taken must have its document, and no ' +
            'reason makes this order’s money of what is not.',
      ]);
    case 'ReferenceNeeded':
      return failed(error.type, 'the gateway’s name of the money is needed: --reference REF', [
        `The gateway says now: ${gatewayText(error.gateway)}.`,
      ]);
    case 'ConflictsExhausted':
      return failed(error.type, 'the order is being written by others; run it again');
    case 'NotSent': {
      const { message, details = [] } = sendFailure(error.error);
      return failed(error.type, `it is decided, and no worker was notified: ${message}`, [
        ...details,
        'Run the same command again: it sends what was not sent.',
      ]);
    }
    case 'Conflict':
    case 'Uncertain':
    case 'CommitTooLarge':
    case 'CorruptStream':
    case 'Unavailable':
    case 'Misconfigured':
      return allocationFailure(error);
  }
};

const textOf = (orderId: string, { resolved, isNew, gateway, entry }: ResolvedReview): string => {
  const rows: readonly (readonly [string, string])[] = [
    [isNew ? 'decided' : 'as before', resolutionText(resolved)],
    ...(gateway === undefined ? [] : ([['gateway', gatewayText(gateway)]] as const)),
    ...(entry === undefined ? [] : ([['number', entryText(entry)]] as const)),
    ['sent', `ResumeOrder ${orderId}: a worker records what follows, and charges nobody`],
  ];
  return rows.map(([name, value]) => `${name.padEnd(10)}${value}`).join('\n');
};
