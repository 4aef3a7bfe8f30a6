import { err, ok, type Result } from 'neverthrow';
import { validateDecision, type DecisionRequest } from '../../../application/review/decision.ts';
import type { ReviewCase } from '../../../application/review/reviews.ts';
import type * as Order from '../../../domain/order/index.ts';
import type { Services } from '../../tokens.ts';
import type { CommandSteps, Session } from '../common/command.ts';
import { checkAskable, confirm } from '../common/confirm.ts';
import { resolutionText } from '../common/eventTexts.ts';
import { EXIT, failed, failureOf, misused, type CliFailure } from '../common/failure.ts';
import { createProgress } from '../common/progress.ts';
import { sumsOf, sumsText } from '../common/text.ts';
import { resolveFailure } from './resolveFailure.ts';
import { reviewTable } from './reviewTable.ts';
import { whatOf } from './text.ts';

/** The first two are for a payment, the next two for a refund, the last for one that came back. */
export const VERDICTS = [
  'captured',
  'not-captured',
  'refunded',
  'not-refunded',
  'refunded-again',
  'paid-otherwise',
] as const;

/** The decisions of a person about a refund that came back, in the words of the log. */
export const RETURN_VERDICTS: ReadonlyMap<string, Order.ReturnDecision['verdict']> = new Map([
  ['refunded-again', 'refunded again'],
  ['paid-otherwise', 'paid otherwise'],
]);

/** Nobody reads more of them before the answer. */
export const DECISIONS_MAX = 1_000;
const SEGMENTS = 4;
const OTHERWISE = 'nothing was decided';

export type ResolveAllOptions = {
  readonly as: (typeof VERDICTS)[number];
  readonly evidence: string;
  readonly by: string;
  readonly cause?: Order.ReviewReason;
  readonly max: number;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
};

/** Decides every open review of one cause alike, each by a decision of its own. */
export const resolveAll = async function* (
  session: Session,
  options: ResolveAllOptions,
): CommandSteps {
  const { output } = session;
  const { as, cause, yes = false, dryRun = false } = options;
  if (cause === undefined) {
    return err(misused('--all needs the --cause that the reviews have in common'));
  }
  if (RETURN_VERDICTS.has(as)) {
    return err(misused(`${as} names what was paid, and is of one refund: leave out --all`));
  }
  yield* validateDecision({ orderId: 'any', ...decisionIn(options) }).mapErr(({ reasons }) =>
    misused('this is no decision; nothing was recorded', reasons),
  );
  const isAsked = !yes && !dryRun;
  if (isAsked) {
    const question = `Decide the reviews as ${as}?`;
    yield* checkAskable(session, { question, otherwise: OTHERWISE });
  }
  const opened = yield* session.open({
    services: ['listReviews', 'clock'],
    also: [!dryRun && 'resolveReview'],
  });
  const { resolveReview } = opened;
  const found = yield* await openReviews(session, opened, options);
  const chosen = found.slice(0, options.max);
  const amounts = sumsOf(chosen.map(({ asked }) => asked));
  const summary = { selected: chosen.length, left: found.length - chosen.length, amounts };
  const now = opened.clock.now();
  if (dryRun || resolveReview === undefined) {
    if (output.json) {
      for (const review of chosen) {
        output.data({ ...review, ageMs: now - review.since }, () => '');
      }
    } else if (chosen.length > 0) output.line((columns) => reviewTable(chosen, { now, columns }));
    output.data(
      { summary: { ...summary, dryRun } },
      () => `${countText(summary, as)} Nothing was decided.`,
    );
    return ok(EXIT.OK);
  }
  if (isAsked && chosen.length > 0) {
    output.note((columns) => reviewTable(chosen, { now, columns }));
    const question = `Decide ${nounOf(chosen.length, as)} as ${as} (${sumsText(amounts)})?`;
    yield* await confirm(session, { question, otherwise: OTHERWISE });
  }
  const done = await decideEach(session, { resolveReview, chosen, options });
  output.data({ summary: { ...summary, ...done } }, () => {
    const notDecided = summary.selected - done.decided;
    return `${countText(summary, as)} ${done.decided} decided, ${notDecided} not.`;
  });
  return ok(done.decided === summary.selected ? EXIT.OK : EXIT.FAILED);
};

const isOfPayments = (as: ResolveAllOptions['as']): boolean => !as.endsWith('refunded');

const nounOf = (count: number, as: ResolveAllOptions['as']): string =>
  `${count} ${isOfPayments(as) ? 'payment' : 'refund'}${count === 1 ? '' : 's'}`;

type Counted = {
  readonly selected: number;
  readonly left: number;
  readonly amounts: ReturnType<typeof sumsOf>;
};

const countText = ({ selected, left, amounts }: Counted, as: ResolveAllOptions['as']): string =>
  `${nounOf(selected, as)} in review${selected === 0 ? '' : `, ${sumsText(amounts)}`}` +
  `${left === 0 ? '' : `; ${left} younger ones are left for another run`}.`;

/** The reviews of the cause that nobody has decided, the oldest first. */
const openReviews = async (
  { output, untilStopped }: Session,
  { listReviews }: Pick<Services, 'listReviews'>,
  { as, cause }: ResolveAllOptions,
): Promise<Result<readonly ReviewCase[], CliFailure>> => {
  const signal = untilStopped();
  const progress = createProgress(output, { unit: 'commits read' });
  const listed = await listReviews({
    segments: SEGMENTS,
    signal,
    onProgress: ({ commits }) => progress.update(commits),
    onUnreadable: (stream) => output.failure(failureOf(stream)),
  });
  progress.stop();
  if (signal.aborted) return err(failed('Aborted', `stopped; ${OTHERWISE}`));
  return listed
    .mapErr(failureOf)
    .map(({ reviews }) =>
      reviews.filter(
        ({ reason, resolved, of }) =>
          reason === cause &&
          resolved === undefined &&
          (of.type === 'Payment') === isOfPayments(as),
      ),
    );
};

type DecidedEach = { readonly decided: number; readonly failed: number };

/** Decides one after the other; a decision that is refused stops no other. */
const decideEach = async (
  { output, untilStopped }: Session,
  {
    resolveReview,
    chosen,
    options,
  }: Pick<Services, 'resolveReview'> & {
    readonly chosen: readonly ReviewCase[];
    readonly options: ResolveAllOptions;
  },
): Promise<DecidedEach> => {
  const signal = untilStopped();
  let [decided, refused] = [0, 0];
  for (const review of chosen) {
    if (signal.aborted) break;
    const { orderId, of } = review;
    const refundId = of.type === 'Refund' ? { refundId: of.refundId } : {};
    const decision = { orderId, ...decisionIn(options), ...refundId };
    const outcome = await resolveReview(decision);
    if (outcome.isOk()) decided += 1;
    else refused += 1;
    const about = { orderId, subject: review.subject };
    const what = `${orderId}, ${whatOf(review)}`;
    outcome.match(
      ({ resolved, isNew }) =>
        output.data({ ...about, done: true, isNew, resolved }, () =>
          [`decided: ${what}: ${resolutionText(resolved)}`, ...(isNew ? [] : ['as before'])].join(
            ', ',
          ),
        ),
      (error) => {
        const { type, message, details = [] } = resolveFailure(error, decision);
        const why = [message, ...details].join('; ');
        output.data({ ...about, done: false, error: type, why }, () =>
          [`NOT decided: ${what}: ${message}`, ...details.map((detail) => `  ${detail}`)].join(
            '\n',
          ),
        );
      },
    );
    if (outcome.isErr() && STOPPING.has(outcome.error.type)) break;
  }
  return { decided, failed: refused };
};

/** The errors that would only repeat themselves for the next review. */
const STOPPING: ReadonlySet<string> = new Set(['Unavailable', 'Misconfigured']);

const decisionIn = ({ as, evidence, by }: ResolveAllOptions): Omit<DecisionRequest, 'orderId'> => ({
  moved: !as.startsWith('not-'),
  evidence,
  by,
});
