import { err, ok, okAsync, ResultAsync } from 'neverthrow';
import type { AskGateway, GatewayAnswer } from '../../../application/review/askGateway.ts';
import type { FoundNumber, FindNumber } from '../../../application/review/findNumber.ts';
import { reviewCases, type ReviewCase } from '../../../application/review/reviews.ts';
import type { Clock } from '../../../application/ports/clock.ts';
import type { EventStore } from '../../../application/ports/eventStore.ts';
import * as Order from '../../../domain/order/index.ts';
import { createContainer } from '../../container.ts';
import { reviews, reviewsWithGateway } from '../../modules/application.ts';
import {
  awsGatewayBooks,
  awsTables,
  GATEWAY_BOOKS_SETTINGS,
  TABLE_SETTINGS,
} from '../../modules/aws.ts';
import type { CommandOutcome, Session } from '../shared/command.ts';
import { EXIT, failureOf } from '../shared/failure.ts';
import { historyTable, moneyText, reasonText } from '../shared/eventTexts.ts';
import { loadHistory, unknownOrder } from '../shared/history.ts';
import { summaryOf } from '../order/summary.ts';
import { timeOf } from '../shared/output.ts';
import { allocationFailure, notInReview } from './failures.ts';
import { ageText, entryText, gatewayText, nextText, whatOf } from './words.ts';

/** Everything that a person needs to decide; it changes nothing. */
export const showReview = async (
  session: Session,
  orderId: string,
  { gateway }: { readonly gateway: boolean },
): CommandOutcome => {
  const { output } = session;
  if (!Order.isOrderId(orderId)) return err(unknownOrder(orderId));
  const opened = gateway ? openWithGateway(session) : openBooks(session);
  if (opened.isErr()) return err(opened.error);
  const books = opened.value;
  const loaded = await loadHistory(books.store, orderId);
  if (loaded.isErr()) return err(failureOf(loaded.error));
  const history = loaded.value;
  const { events, state, entries } = history;
  if (events.length === 0) return err(unknownOrder(orderId));
  const open = reviewCases(orderId, events);
  const status = Order.statusOf(state);
  if (open.length === 0) return err(notInReview(`the order ${orderId}`, { orderId, state }));
  const findings = await ResultAsync.combine(open.map((review) => find(review, books)));
  if (findings.isErr()) return err(allocationFailure(findings.error));
  const log = entries.map(({ event, ...place }) => ({ ...place, ...event }));
  output.data({ orderId, status, reviews: findings.value.map(toJson), events: log }, () =>
    [
      summaryOf(orderId, state),
      '',
      historyTable(history),
      ...findings.value.flatMap((finding) => ['', findingText(finding)]),
    ].join('\n'),
  );
  return ok(EXIT.OK);
};

type ReviewSources = {
  readonly store: Pick<EventStore, 'load'>;
  readonly findNumber: FindNumber;
  readonly clock: Pick<Clock, 'now'>;
  /** Undefined where the gateway is not to be asked. */
  readonly askGateway: AskGateway | undefined;
};

const openWithGateway = ({ config }: Session) =>
  config(GATEWAY_BOOKS_SETTINGS).map((settings): ReviewSources => {
    const { get } = createContainer(reviewsWithGateway, awsGatewayBooks(settings));
    return {
      store: get('store'),
      findNumber: get('findNumber'),
      clock: get('clock'),
      askGateway: get('askGateway'),
    };
  });

const openBooks = ({ config }: Session) =>
  config(TABLE_SETTINGS).map((settings): ReviewSources => {
    const { get } = createContainer(reviews, awsTables(settings));
    return {
      store: get('store'),
      findNumber: get('findNumber'),
      clock: get('clock'),
      askGateway: undefined,
    };
  });

type ReviewDetails = {
  readonly review: ReviewCase;
  readonly entry: FoundNumber | undefined;
  readonly gateway: GatewayAnswer | undefined;
  readonly closesAt: number;
  readonly now: number;
};

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
