import type { RoundReport } from '../../../application/reconcile/report.ts';
import { tableOf } from '../shared/output.ts';
import { ageText } from '../shared/text.ts';

type RoundReportOptions = { readonly dryRun: boolean; readonly now: number };

/** For machines. Nothing of a customer: only ids, numbers and reasons. */
export const reportValue = (report: RoundReport, { dryRun, now }: RoundReportOptions) => ({
  dryRun,
  series: report.series.map(({ findings, ...series }) => ({
    ...series,
    findings: findings.map(({ type, orderId, why, number }) => ({
      type,
      orderId,
      why,
      ...number,
      ageMs: now - number.date,
    })),
  })),
  letters: (report.deadLetters ?? []).map((deadLetter) => ({
    ...deadLetter,
    ageMs: now - deadLetter.sentAt,
  })),
  reviews: report.reviews.map((review) => ({ ...review, ageMs: now - review.since })),
  pushed: report.pushed,
  failures: report.failures.map(({ part, error: { type } }) => ({ part, type })),
});

const REASON_CHARACTERS_MAX = 60;

/** For people. What needs nobody is left out. */
export const reportText = (report: RoundReport, { dryRun, now }: RoundReportOptions): string => {
  const { series, deadLetters = [], reviews, pushed } = report;
  const isPushed = new Set(pushed);
  const findings = series.flatMap((each) => each.findings);
  const done = (orderId: string | undefined): string => {
    if (orderId === undefined || !isPushed.has(orderId)) return '';
    return dryRun ? 'would be pushed' : 'pushed';
  };
  const age = (since: number): string => ageText(now - since);
  const tables = [
    titled('Series', {
      head: ['series', 'from', 'up to', 'of', 'numbers checked'],
      rows: series.map(({ series: name, from, upTo, end, numbers }) =>
        [name, from, upTo, end, numbers].map(String),
      ),
      right: [1, 2, 3, 4],
    }),
    titled('Numbers without their document', {
      head: ['series', 'year', 'number', 'document', 'age', 'why', ''],
      rows: findings.map(({ series: name, orderId, why, number: { id, year, number, date } }) => [
        name,
        String(year),
        String(number),
        id,
        age(date),
        why,
        done(orderId),
      ]),
      right: [1, 2],
    }),
    titled('Dead letters', {
      head: ['order', 'command', 'order is', 'age', 'reason', ''],
      rows: deadLetters.map(({ orderId, command = 'unknown', state, sentAt, reason }) => [
        orderId ?? '',
        command,
        state === 'none' ? 'not named' : state,
        age(sentAt),
        reason.slice(0, REASON_CHARACTERS_MAX),
        done(orderId),
      ]),
    }),
    titled('Reviews that wait for a person', {
      head: ['order', 'of', 'reason', 'age'],
      rows: reviews.map(({ orderId, refundId, reason, since }) => [
        orderId,
        refundId === undefined ? 'payment' : `refund ${refundId}`,
        reason,
        age(since),
      ]),
    }),
  ];
  const needs = [
    ...told(findings.length, 'number without its document', 'numbers without their documents'),
    ...told(deadLetters.length, 'dead letter', 'dead letters'),
    ...told(reviews.length, 'review', 'reviews'),
  ];
  const isComplete = report.deadLetters !== undefined && report.failures.length === 0;
  const nothing = isComplete ? 'Nothing needs anybody.' : 'Not everything could be looked at.';
  const pushes = dryRun ? `${pushed.length} orders would be pushed` : `${pushed.length} pushed`;
  const summary = needs.length === 0 ? nothing : `${needs.join(', ')}; ${pushes}.`;
  return [...tables.flat(), summary].join('\n');
};

type TableParts = {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly right?: readonly number[];
};

const titled = (title: string, { head, rows, right = [] }: TableParts): readonly string[] =>
  rows.length === 0 ? [] : [title, tableOf(head, rows, { right }), ''];

const told = (count: number, one: string, several: string): readonly string[] =>
  count === 0 ? [] : [`${count} ${count === 1 ? one : several}`];
