import { err, ok } from 'neverthrow';
import { defineCommand, defineGroup } from '../common/command.ts';
import { withScanOptions, type ScanFlags } from '../common/options.ts';
import { adoptCommand } from './adopt.ts';
import { resolveCommand } from './resolve.ts';
import { disputeTable, reviewTable } from './reviewTable.ts';
import { showCommand } from './show.ts';
import { EXIT, failed, failureOf } from '../common/failure.ts';
import { createProgress } from '../common/progress.ts';

const listCommand = defineCommand<ScanFlags & { readonly disputes?: boolean }>({
  examples: ['review list', 'review list --json | jq -r .orderId', 'review list --disputes'],
  options: (command) =>
    withScanOptions(
      command.option('--disputes', 'list the disputes that are open or lost instead, however old'),
    ),
  help: `\
It reads the whole log, and changes nothing. With --disputes the next whose evidence is due is the
first, and those that were lost are the last; they are answered at the gateway. A refund that was
made at the gateway alone is no review: \`paidonce audit --gateway\` finds it, and
\`paidonce review adopt\` records it.
Exit code: 0 listed, 1 failed, or streams cannot be read, 2 wrong usage or configuration.`,
  run: async function* ({ open, output, untilStopped }, { segments, maxRcu, disputes = false }) {
    const { listReviews, clock } = yield* open({ services: ['listReviews', 'clock'] });
    const signal = untilStopped();
    const progress = createProgress(output, { unit: 'commits read' });
    const listed = await listReviews({
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
    const { reviews, commits, unreadable, ...list } = listed.value;
    const found = disputes ? list.disputes : reviews;
    const exitCode = unreadable === 0 ? EXIT.OK : EXIT.FAILED;
    const now = clock.now();
    if (output.json) {
      for (const one of found) {
        const since = 'since' in one ? one.since : one.openedAt;
        output.data({ ...one, ageMs: now - since }, () => '');
      }
      return ok(exitCode);
    }
    if (found.length > 0) {
      output.line((columns) =>
        disputes
          ? disputeTable(list.disputes, { now, columns })
          : reviewTable(reviews, { now, columns }),
      );
    }
    const { reviewsTotal, disputesOpen, disputesLost } = list;
    const left = (disputes ? disputesOpen + disputesLost : reviewsTotal) - found.length;
    output.note(
      [
        `${commits} commits read, ${reviewsTotal} in review.`,
        ...(left === 0 ? [] : [`${left} ${disputes ? 'more' : 'younger ones'} are not shown.`]),
        ...(disputesOpen + disputesLost === 0
          ? []
          : [
              `Disputes: ${disputesOpen} open, ${disputesLost} lost` +
                (disputes ? '.' : ': `paidonce review list --disputes`.'),
            ]),
        ...(unreadable === 0
          ? []
          : [`${unreadable} streams cannot be read; what waits in them is not known.`]),
        ...(!disputes && reviews.some(({ of }) => of.type === 'Refund')
          ? ['Refunds made by hand at the gateway are recorded by `paidonce review adopt`.']
          : []),
      ].join(' '),
    );
    return ok(exitCode);
  },
});

export const body = defineGroup([
  {
    name: 'list',
    summary: 'find every payment and refund that waits for a person, or the disputes',
    body: listCommand,
  },
  {
    name: 'show',
    summary: 'show what a person needs to decide, with what the gateway says now',
    body: showCommand,
  },
  {
    name: 'resolve',
    summary: 'decide what became of the money; nobody is charged by it',
    body: resolveCommand,
  },
  {
    name: 'adopt',
    summary: 'record refunds that were made at the gateway itself, each with its credit note',
    body: adoptCommand,
  },
]);
