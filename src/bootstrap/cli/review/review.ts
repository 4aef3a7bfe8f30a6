import { Option } from 'commander';
import { err, ok } from 'neverthrow';
import { BY_CHARACTERS_MAX } from '../../../application/personText.ts';
import { EVIDENCE_CHARACTERS_MAX } from '../../../application/review/decision.ts';
import { defineCommand, defineGroup } from '../common/command.ts';
import { withScanOptions, type ScanFlags } from '../common/options.ts';
import { WAIT_HELP, waitOption, type WaitOptions } from '../common/send.ts';
import { adopt } from './adopt.ts';
import { resolveReview, VERDICTS, type ResolveOptions } from './failures.ts';
import { showReview } from './show.ts';
import type { ReviewCase } from '../../../application/review/reviews.ts';
import { EXIT, failed, failureOf } from '../common/failure.ts';
import { tableOf } from '../common/output.ts';
import { createProgress } from '../common/progress.ts';
import { whatOf } from './text.ts';
import { ageText, moneyText, movedText, timeOf } from '../common/text.ts';

const registerList = defineCommand<ScanFlags>({
  name: 'list',
  summary: 'find every payment and refund that waits for a person, the oldest first',
  examples: ['review list', 'review list --json | jq -r .orderId', 'review list --segments 16'],
  options: withScanOptions,
  help: `It reads the whole log, and changes nothing. A refund that was made at the gateway alone is no
review: \`paidonce audit --gateway\` finds it, and \`paidonce review adopt\` records it.
Exit code: 0 listed, 1 failed, or streams cannot be read, 2 wrong usage or configuration.`,
  run: async ({ open, output, untilStopped }, { segments, maxRcu }) => {
    const opened = open({ services: ['listReviews', 'clock'] });
    if (opened.isErr()) return err(opened.error);
    const signal = untilStopped();
    const progress = createProgress(output, { unit: 'commits read' });
    const listed = await opened.value.listReviews({
      segments,
      readUnitsPerSecond: maxRcu,
      signal,
      onProgress: ({ commits, commitsTotal, reviews: found }) =>
        progress.update(commits, {
          facts: `${found} in review`,
          ...(commitsTotal === undefined ? {} : { total: commitsTotal }),
        }),
      onUnreadable: (stream) => output.failure(failureOf(stream)),
    });
    progress.stop();
    if (listed.isErr()) return err(failureOf(listed.error));
    // A scan that is stopped ends without an error, and short.
    if (signal.aborted) return err(failed('Aborted', 'stopped before the end; run it again'));
    const { reviews: found, reviewsTotal, commits, unreadable } = listed.value;
    const exitCode = unreadable === 0 ? EXIT.OK : EXIT.FAILED;
    const now = opened.value.clock.now();
    if (output.json) {
      for (const review of found) output.data({ ...review, ageMs: now - review.since }, () => '');
      return ok(exitCode);
    }
    if (found.length > 0) output.line(textOf(found, now));
    const left = reviewsTotal - found.length;
    output.note(
      [
        `${commits} commits read, ${reviewsTotal} in review.`,
        ...(left === 0 ? [] : [`${left} younger ones are not shown.`]),
        ...(unreadable === 0
          ? []
          : [`${unreadable} streams cannot be read; what waits in them is not known.`]),
        ...(found.some(({ of }) => of.type === 'Refund')
          ? ['Refunds made by hand at the gateway are recorded by `paidonce review adopt`.']
          : []),
      ].join(' '),
    );
    return ok(exitCode);
  },
});
const registerShow = defineCommand<{ readonly gateway: boolean }>({
  name: 'show',
  summary: 'show what a person needs to decide, with what the gateway says now',
  examples: ['review show 01JD3M8A5W1P3X9T6K2V7Q4R0S', 'review show 01JD… --no-gateway --json'],
  options: (command) =>
    command.argument('<order>', 'the order’s id').option('--no-gateway', 'do not ask the gateway'),
  help:
    'Exit code: 0 shown, 1 the order is not in review, or not there, ' +
    '2 wrong usage or configuration.',
  run: (session, { gateway }, { args: [orderId = ''] }) => showReview(session, orderId, gateway),
});

const registerResolve = defineCommand<ResolveOptions>({
  name: 'resolve',
  summary: 'decide what became of the money; nobody is charged by it',
  examples: [
    'review resolve 01JD… --as not-captured --evidence "dashboard: no payment" --by ada',
    'review resolve 01JD… --as captured --reference pi_3Px… --evidence "dashboard" --by ada',
    'review resolve 01JD… --refund return-1 --as not-refunded --evidence "bank" --by ada',
  ],
  options: (command) =>
    command
      .argument('<order>', 'the order’s id')
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
  help: `The gateway and the series of numbers are asked first, and the name of the money is asked for by
itself. What they contradict is refused without --force; money of another order, deployment or
account is never taken. The decision is recorded for ever, and a worker goes on with it: captured
gets its invoice, refunded its credit note, the others end there. The same decision again is no
error, and sends the worker to it again.
Exit code: 0 decided, 1 refused, not in review or not sent, 2 wrong usage or configuration.`,
  run: (session, options, { args: [orderId = ''] }) => resolveReview(session, orderId, options),
});

type AdoptOptions = WaitOptions & { readonly by: string; readonly reason: string };

const registerAdopt = defineCommand<AdoptOptions>({
  name: 'adopt',
  summary: 'record refunds that were made at the gateway itself, each with its credit note',
  examples: [
    'review adopt 01JD… --by ada --reason "refunded in the dashboard, ticket 42"',
    'review adopt 01JD… --by ada --reason "audit of January" --wait --json',
  ],
  options: (command) =>
    command
      .argument('<order>', 'the order’s id')
      .requiredOption('--by <who>', `who asks for it, 1 to ${BY_CHARACTERS_MAX} characters`)
      .requiredOption('--reason <text>', `why, 1 to ${EVIDENCE_CHARACTERS_MAX} characters`)
      .addOption(waitOption()),
  help: `A worker lists every refund of the order's payment at the gateway. What nobody here asked for is
credited line by line as a refund of that amount is, gets a number, and is reported to the customer;
a cancelled order of which nothing is held any more ends. It refunds nothing itself. Asked for
again before it is done, it is only sent again.
${WAIT_HELP}`,
  run: (session, { by, reason, wait }, { args: [orderId = ''] }) =>
    adopt(session, { orderId, by, reason }, wait),
});

const textOf = (found: readonly ReviewCase[], now: number): string =>
  tableOf(
    ['order', 'what', 'reason', 'amount', 'since', 'age', 'the gateway had'],
    found.map((review) => [
      review.orderId,
      whatOf(review),
      review.resolved === undefined ? review.reason : `${review.reason}, decided`,
      moneyText(review.asked),
      timeOf(review.since),
      ageText(now - review.since),
      review.seen.map(movedText).join(' and '),
    ]),
    { right: [3, 5] },
  );

export const registerReview = defineGroup(
  'review',
  'what nobody but a person can decide or find out: list, show, resolve, adopt',
  [registerList, registerShow, registerResolve, registerAdopt],
);
