import type { Usage } from './ports/usage.ts';

const DYNAMODB = 'https://aws.amazon.com/dynamodb/pricing/on-demand/';
const SQS = 'https://aws.amazon.com/sqs/pricing/';
const CLOUDWATCH = 'https://aws.amazon.com/cloudwatch/pricing/';
const SNS = 'https://aws.amazon.com/sns/pricing/';
const SES = 'https://aws.amazon.com/ses/pricing/';

/** The year of the prices: compare them with their pages before relying on them. */
export const PRICES_AS_OF = 2025;

/** List prices of us-east-1 without free tiers, in millionths of a US dollar for one unit. */
export const PRICES = {
  /** The price of standard queues; 0.1 of it is for the message groups (fair queues). */
  queueRequests: { unit: 'requests', microUsd: 0.5, page: SQS },
  /** The price of standard topics; what they deliver to queues of SQS costs nothing. */
  topicRequests: { unit: 'requests', microUsd: 0.5, page: SNS },
  writeUnits: { unit: 'write units', microUsd: 0.625, page: DYNAMODB },
  readUnits: { unit: 'read units', microUsd: 0.125, page: DYNAMODB },
  logBytes: { unit: 'bytes', microUsd: 0.0005, page: CLOUDWATCH },
  mails: { unit: 'mails', microUsd: 100, page: SES },
} as const;

export type PricedUsage = Readonly<Record<keyof typeof PRICES, number>>;

/** The cost in millionths of a US dollar, rounded to a thousandth. */
export const costOfUsage = (usage: PricedUsage): number =>
  rounded(
    usage.queueRequests * PRICES.queueRequests.microUsd +
      usage.topicRequests * PRICES.topicRequests.microUsd +
      usage.writeUnits * PRICES.writeUnits.microUsd +
      usage.readUnits * PRICES.readUnits.microUsd +
      usage.logBytes * PRICES.logBytes.microUsd +
      usage.mails * PRICES.mails.microUsd,
  );

/** Rounds to a thousandth, since shares are fractions. */
export const rounded = (number: number): number => Math.round(number * 1_000) / 1_000;

/** The usage since `before`, without the requests by operation. */
export const usageSince = (usage: Usage, before: Usage | undefined): Omit<Usage, 'requests'> => ({
  queueRequests: usage.queueRequests - (before?.queueRequests ?? 0),
  topicRequests: usage.topicRequests - (before?.topicRequests ?? 0),
  writeUnits: usage.writeUnits - (before?.writeUnits ?? 0),
  readUnits: usage.readUnits - (before?.readUnits ?? 0),
  logEvents: usage.logEvents - (before?.logEvents ?? 0),
  logBytes: usage.logBytes - (before?.logBytes ?? 0),
  mails: usage.mails - (before?.mails ?? 0),
});
