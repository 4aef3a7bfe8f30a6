import { err, ok, okAsync, ResultAsync } from 'neverthrow';
import type { GatewayAnswer } from '../../../application/review/askGateway.ts';
import { reviewCases, type ReviewCase } from '../../../application/review/reviews.ts';
import { createPatientReads } from '../../../application/log/patientReads.ts';
import * as Order from '../../../domain/order/index.ts';
import type { Services } from '../../tokens.ts';
import { defineCommand } from '../common/command.ts';
import { EXIT, failureOf } from '../common/failure.ts';
import { historyTable, reasonText } from '../common/eventTexts.ts';
import { findOrder } from '../common/findOrder.ts';
import { FIND_HELP, withOrder, type FindOptions } from '../common/orderArgument.ts';
import { eventsJson, loadHistory, unknownOrder } from '../common/history.ts';
import { summaryOf } from '../common/summary.ts';
import { notInReview } from './resolveFailure.ts';
import { entryText, gatewayText, nextText, whatOf, type ReviewKnowledge } from './text.ts';
import { ageText, moneyText, timeOf } from '../common/text.ts';

export const showCommand = defineCommand<FindOptions & { readonly gateway: boolean }>({
  examples: ['review show 01JD3M8A5W1P3X9T6K2V7Q4R0S', 'review show 01JD… --no-gateway --json'],
  options: (command) => withOrder(command).option('--no-gateway', 'do not ask the gateway'),
  help: `\
${FIND_HELP}
Exit code: 0 shown, 1 the order is not in review, or not there, 2 wrong usage or configuration.`,
  run: async function* (session, { gateway, scan }, { args: [named = ''] }) {
    const { open, output } = session;
    const { orderId } = yield* findOrder(session, named, {
      scan,
      needs: ['findNumber', ...(gateway ? (['askGateway'] as const) : [])],
    });
    const opened = yield* open({
      services: ['store', 'findNumber', 'clock'],
      also: [gateway && 'askGateway'],
    });
    const history = yield* loadHistory(createPatientReads(opened), orderId).mapErr(failureOf);
    const { events, state } = history;
    if (events.length === 0) return err(unknownOrder(orderId));
    const undecided = reviewCases(orderId, events);
    const status = Order.statusOf(state);
    if (undecided.length === 0) return err(notInReview(`the order ${orderId}`, { orderId, state }));
    const findings = yield* ResultAsync.combine(
      undecided.map((review) => find(review, opened)),
    ).mapErr(failureOf);
    const log = eventsJson(history);
    const { disputes = [] } = state;
    const reviews = findings.map(toJson);
    output.data({ orderId, status, reviews, disputes, events: log }, (columns) =>
      [
        summaryOf(orderId, state),
        '',
        historyTable(history, columns),
        ...findings.flatMap((finding) => ['', findingText(finding)]),
      ].join('\n'),
    );
    return ok(EXIT.OK);
  },
});

/** `askGateway` is undefined if the gateway is not to be asked. */
type ReviewSources = Pick<Services, 'findNumber' | 'clock'> & Partial<Pick<Services, 'askGateway'>>;

type ReviewDetails = ReviewKnowledge & { readonly review: ReviewCase };

const find = (review: ReviewCase, { findNumber, askGateway, clock }: ReviewSources) =>
  ResultAsync.combine([
    findNumber(review),
    askGateway?.asked(review).map((says): GatewayAnswer | undefined => says) ?? okAsync(undefined),
  ] as const).map(([entry, gateway]): ReviewDetails => {
    const { closeAt: closesAt } = review.asked;
    return { review, entry, gateway, closesAt, now: clock.now() };
  });

const toJson = (finding: ReviewDetails) => {
  const { review, entry, gateway, closesAt, now } = finding;
  const next = nextText(review, finding);
  return { ...review, ageMs: now - review.since, closesAt, entry, gateway, next };
};

const findingText = (finding: ReviewDetails): string => {
  const { review, entry, gateway, closesAt, now } = finding;
  const { asked, wanted, since } = review;
  const rows: readonly (readonly [string, string])[] = [
    ['review', `${whatOf(review)}, ${reasonText(review)}`],
    ['since', `${timeOf(since)}, ${ageText(now - since)} ago`],
    ['asked', `${moneyText(asked)} at ${timeOf(asked.at)}, closed at ${timeOf(closesAt)}`],
    ['key', asked.key],
    ['body', asked.body],
    ['gateway', gateway === undefined ? 'not asked' : gatewayText(gateway)],
    ['number', entry === undefined ? `none in ${wanted.series}` : entryText(entry)],
  ];
  return [
    ...rows.map(([name, value]) => `${name.padEnd(10)}${value}`),
    ...nextText(review, finding).map((line, at) => (at === 0 ? 'next' : '').padEnd(10) + line),
  ].join('\n');
};
