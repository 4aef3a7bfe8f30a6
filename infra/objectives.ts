import { NOTIFIED_WITHIN_MS, SETTLED_WITHIN_MS } from '../src/application/serviceLevel.ts';
import type { MeasuredService } from './alarmTable.ts';

/** What customers may rely on, over thirty days. */
export type Objective = {
  readonly name: string;
  readonly promise: string;
  readonly service: MeasuredService;
  /** Metrics of the product: the sum of the first may be so many percent of that of the second. */
  readonly bad: readonly string[];
  readonly all: readonly string[];
  readonly percentGood: number;
};

export const OBJECTIVES: readonly Objective[] = [
  {
    name: 'settle-time',
    promise: `a payment is decided within ${SETTLED_WITHIN_MS / 1000} s of the order’s submission`,
    service: 'payments',
    bad: ['OrdersSettledLate'],
    all: ['OrdersSettled'],
    percentGood: 99,
  },
  {
    name: 'settled-share',
    promise: 'a payment is decided without a person',
    service: 'payments',
    bad: ['OrdersToReview'],
    all: ['OrdersSettled', 'OrdersToReview'],
    percentGood: 99.9,
  },
  {
    name: 'mail-time',
    promise: `a customer is mailed within ${NOTIFIED_WITHIN_MS / 1000} s of the notice`,
    service: 'notifications',
    bad: ['MailsSentLate'],
    all: ['MailsSent'],
    percentGood: 99.5,
  },
];

/**
 * It rings while what an objective allows is used up so many times as fast as it may be, in both
 * windows: the long one has seen enough, and the short one ends the alarm soon after its cause.
 * Pairs and factors are those of Google's Site Reliability Workbook, "Alerting on SLOs".
 */
export type BurnRate = {
  readonly name: string;
  readonly factor: number;
  readonly longSeconds: number;
  readonly shortSeconds: number;
  /** Of thirty days' allowance, what is gone by then. */
  readonly usedPercent: number;
};

export const BURN_RATES: readonly BurnRate[] = [
  { name: 'fast', factor: 14.4, longSeconds: 3_600, shortSeconds: 300, usedPercent: 2 },
  { name: 'slow', factor: 6, longSeconds: 21_600, shortSeconds: 1_800, usedPercent: 5 },
];

/** Of fewer events in a window nothing is concluded: one late order at night wakes nobody. */
export const EVENTS_MIN = 10;

/** The share of bad events above which a window burns too fast. */
export const burningShare = ({ percentGood }: Objective, { factor }: BurnRate): number =>
  Number(((factor * (100 - percentGood)) / 100).toFixed(6));
