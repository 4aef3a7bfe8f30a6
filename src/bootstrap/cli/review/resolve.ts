import * as Order from '../../../domain/order/index.ts';
import { resolveFailure } from './resolveFailure.ts';
import { Option } from 'commander';
import { err, ok } from 'neverthrow';
import type { ResolvedReview } from '../../../application/review/resolveReview.ts';
import { misused, EXIT } from '../common/failure.ts';
import { resolutionText } from '../common/eventTexts.ts';
import { findOrder } from '../common/findOrder.ts';
import { wholeNumber } from '../common/options.ts';
import {
  DECISIONS_MAX,
  resolveAll,
  RETURN_VERDICTS,
  VERDICTS,
  type ResolveAllOptions,
} from './resolveAll.ts';
import { FIND_HELP, withOrder, type FindOptions } from '../common/orderArgument.ts';
import { gatewayText, entryText } from './text.ts';
import {
  EVIDENCE_CHARACTERS_MAX,
  type DecisionRequest,
} from '../../../application/review/decision.ts';
import { BY_CHARACTERS_MAX } from '../../../application/personText.ts';
import { defineCommand } from '../common/command.ts';

export const resolveCommand = defineCommand<
  FindOptions &
    ResolveAllOptions & {
      readonly all?: boolean;
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
    'review resolve 01JD… --refund r-1 --as refunded-again --reference re_3P… --evidence a --by b',
    'review resolve --all --cause unresolved --as not-captured --evidence INC-4 --by ada --dry-run',
  ],
  options: (command) =>
    withOrder(command, { isOptional: true })
      .option('--all', 'every open review of one --cause, instead of one order')
      .addOption(
        new Option('--cause <reason>', 'with --all: why they are in review').choices(
          Order.REVIEW_REASONS,
        ),
      )
      .option(
        '--max <n>',
        `with --all: so many at most, the oldest first (1 to ${DECISIONS_MAX})`,
        wholeNumber(1, DECISIONS_MAX),
        DECISIONS_MAX,
      )
      .option('-y, --yes', 'with --all: do not ask; needed without a terminal, and with --json')
      .option('-n, --dry-run', 'with --all: list what would be decided, and decide nothing')
      .addOption(
        new Option(
          '--as <verdict>',
          'what became of it: the first two of a payment, the others of a refund, the last two ' +
            'of one that came back',
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
With --all each review is decided by itself, as if it were named: what the gateway contradicts is
left undecided and reported, and the others go on.
${FIND_HELP}
Exit code: 0 decided, 1 refused, not in review or not sent, 2 wrong usage or configuration.`,
  run: async function* (session, options, { args: [named = ''] }) {
    const { open, output } = session;
    const { as, evidence, by, reference, refund, force = false, reason } = options;
    if (options.all === true) {
      const isOne = [named || undefined, reference, refund, reason].some(
        (one) => one !== undefined,
      );
      return isOne || force ? err(misused(ALL_ALONE)) : yield* resolveAll(session, options);
    }
    if (named === '') return err(misused('name an order, or decide --all of one --cause'));
    const returned = RETURN_VERDICTS.get(as);
    const isOfRefund = as.endsWith('refunded') || returned !== undefined;
    if (isOfRefund !== (refund !== undefined)) {
      return err(
        misused(
          refund === undefined
            ? 'a payment is captured or not-captured; name a refund with --refund'
            : 'a refund is refunded or not-refunded; one that came back, refunded-again or ' +
                'paid-otherwise',
        ),
      );
    }
    if (force !== (reason !== undefined)) {
      return err(
        misused('--force and --reason go together: the reason of a forced decision is recorded'),
      );
    }
    if (returned !== undefined && reference === undefined) {
      return err(misused('--reference names the other refund, or how it was paid'));
    }
    const { orderId, by: foundBy } = yield* findOrder(session, named, {
      scan: options.scan,
      needs: ['resolveReview', 'resolveReturn'],
    });
    const opened = yield* open({ services: ['resolveReview', 'resolveReturn'] });
    const decision: DecisionRequest = {
      orderId,
      moved: !as.startsWith('not-'),
      evidence,
      by,
      ...(refund === undefined ? {} : { refundId: refund }),
      ...(reference === undefined ? {} : { reference }),
      ...(reason === undefined ? {} : { forcedBecause: reason }),
    };
    const forced = reason === undefined ? {} : { forcedBecause: reason };
    const resolving =
      returned !== undefined && refund !== undefined && reference !== undefined
        ? opened.resolveReturn({
            orderId,
            refundId: refund,
            verdict: returned,
            reference,
            evidence,
            by,
            ...forced,
          })
        : opened.resolveReview(decision);
    const done = yield* resolving.mapErr((error) => resolveFailure(error, decision));
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

const ALL_ALONE =
  '--all goes with no order, --refund, --reference, --force or --reason: these are of one review';

const textOf = (orderId: string, { resolved, isNew, gateway, entry }: ResolvedReview): string => {
  const rows: readonly (readonly [string, string])[] = [
    [isNew ? 'decided' : 'as before', resolutionText(resolved)],
    ...(gateway === undefined ? [] : ([['gateway', gatewayText(gateway)]] as const)),
    ...(entry === undefined ? [] : ([['number', entryText(entry)]] as const)),
    ['sent', `ResumeOrder ${orderId}: a worker records what follows, and charges nobody`],
  ];
  return rows.map(([name, value]) => `${name.padEnd(10)}${value}`).join('\n');
};
