import type { AuditReport } from '../../../application/audit/audit.ts';
import type { GatewayTotals } from '../../../application/audit/gateway/gatewayCheck.ts';
import {
  INVARIANTS,
  type Finding,
  type Invariant,
  type WaitingItem,
  type WaitingList,
} from '../../../application/audit/check.ts';
import type { WaitingReport } from '../../../application/audit/logChecks.ts';
import { formatAmount } from '../../../domain/money/index.ts';
import { amountsOf } from '../common/json.ts';
import { tableOf } from '../common/output.ts';
import { ageText } from '../common/text.ts';

/** Findings of one invariant that are shown to people; --json has them all. */
const SHOWN_MAX = 50;
/** Waiting items that are shown to people, the oldest first. */
const WAITING_MAX = 10;

const NAMES = Object.keys(INVARIANTS) as readonly Invariant[];

export type FindingsByInvariant = ReadonlyMap<Invariant, readonly Finding[]>;

/** The first findings of each invariant, and how many there were. */
export const createKept = () => {
  const kept = new Map<Invariant, Finding[]>();
  let count = 0;
  return {
    add: (finding: Finding): void => {
      count += 1;
      const those = kept.get(finding.invariant) ?? [];
      kept.set(finding.invariant, those);
      if (those.length < SHOWN_MAX) those.push(finding);
    },
    count: (): number => count,
    all: (): FindingsByInvariant => kept,
  };
};

type ReportInput = {
  readonly report: AuditReport;
  readonly waiting: WaitingReport;
  readonly options: { readonly grace: number };
  readonly now: number;
};

/** For machines, the last line. Each finding is a line of its own before it. */
export const reportValue = ({ report, waiting, now }: ReportInput) => {
  const { findings, ...totals } = report;
  const aged = ({ count, oldest }: WaitingList) => ({
    count,
    oldest: oldest.map((one) => ({ ...one, ageMs: now - one.since })),
  });
  return {
    type: 'report',
    ...totals,
    invariants: Object.fromEntries(
      NAMES.map((name) => [name, findings[name] ?? ('not checked' as const)]),
    ),
    waiting: {
      unknown: aged(waiting.unknown),
      open: aged(waiting.open),
      inReview: aged(waiting.inReview),
    },
  };
};

/** Each sum with its currency. The evidence has them in minor units, as it always had. */
export const sumsJson = ({ sums }: Pick<AuditReport, 'sums'>) =>
  Object.fromEntries(
    Object.entries(sums).map(([currency, moved]) => [currency, amountsOf(moved, currency)]),
  );

/** For people: what was found, what waits, the totals, and of each invariant whether it holds. */
export const reportText = (about: ReportInput & { readonly kept: FindingsByInvariant }): string =>
  [
    ...NAMES.flatMap((name) => findingsText(name, about)),
    ...waitingText(about),
    ...totalsText(about.report),
    ...invariantsText(about.report),
    '',
    conclusion(about),
  ].join('\n');

export const findingText = ({ streamId, version, why, evidence }: Finding): string => {
  const where = version === undefined ? streamId : `${streamId}, version ${version}`;
  const facts = Object.entries(evidence).map(([name, value]) => `${name} ${value}`);
  return `  ${where}: ${why}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`;
};

const findingsText = (
  name: Invariant,
  { report, kept }: ReportInput & { readonly kept: FindingsByInvariant },
) => {
  const shown = kept.get(name) ?? [];
  if (shown.length === 0) return [];
  const more = (report.findings[name] ?? 0) - shown.length;
  return [
    `Does not hold: ${INVARIANTS[name]}`,
    ...shown.map(findingText),
    ...(more > 0 ? [`  … and ${more} more; --json shows all`] : []),
    '',
  ];
};

const waitingText = ({ waiting, now }: ReportInput): readonly string[] => [
  ...listText('Outcomes that are not known', waiting.unknown, now),
  ...listText('Open orders', waiting.open, now),
  ...listText('In review, for a person', waiting.inReview, now),
];

const listText = (
  title: string,
  { count, oldest }: WaitingList,
  now: number,
): readonly string[] => {
  if (count === 0) return [];
  const shown = oldest.slice(0, WAITING_MAX);
  const row = ({ orderId, subject = '', since, why }: WaitingItem) => [
    orderId,
    subject,
    ageText(now - since),
    why,
  ];
  return [
    shown.length < count ? `${title}: ${count}, the oldest first` : `${title}: ${count}`,
    tableOf(['order', 'of', 'age', 'why'], shown.map(row)),
    '',
  ];
};

const totalsText = ({ orders, sums, numbers }: AuditReport): readonly string[] => {
  const parts: readonly Parameters<typeof tableOf>[] = [
    [['orders', ''], sorted(orders).map(([is, n]) => [is, String(n)]), { right: [1] }],
    [
      ['currency', 'captured', 'refunded', 'invoiced', 'credited'],
      sorted(sums).map(([currency, { captured, refunded, invoiced, credited }]) => [
        currency,
        ...[captured, refunded, invoiced, credited].map((minor) => formatAmount(minor, currency)),
      ]),
      { right: [1, 2, 3, 4] },
    ],
    [['series', 'numbers'], sorted(numbers).map(([of, n]) => [of, String(n)]), { right: [1] }],
  ];
  return parts.flatMap(([head, rows, options]) =>
    rows.length === 0 ? [] : [tableOf(head, rows, options), ''],
  );
};

/** The order in which a scan came upon them says nothing. */
const sorted = <T>(counts: Readonly<Record<string, T>>): readonly (readonly [string, T])[] =>
  Object.entries(counts).toSorted(([one], [other]) => one.localeCompare(other));

const invariantsText = (report: AuditReport): readonly string[] => [
  tableOf(
    ['invariant', '', ''],
    NAMES.map((name) => [name, standing(report, name), INVARIANTS[name]]),
  ),
];

/** Nothing is said to hold that was not looked at. */
const standing = ({ findings, unreadable }: AuditReport, name: Invariant): string => {
  const count = findings[name];
  if (count === undefined) return 'not checked';
  if (count > 0) return count === 1 ? '1 finding' : `${count} findings`;
  if (unreadable === 0 || name === 'readable' || name === 'contiguous') return 'holds';
  return `holds, but for ${unreadable} unreadable`;
};

const conclusion = ({ report, options }: ReportInput): string => {
  const { commits, streams, inProgress, readUnits } = report;
  const all = Object.values(report.findings).reduce((sum, count) => sum + count, 0);
  const read = `${commits} commits of ${streams} streams read for ${readUnits} read units`;
  const young =
    inProgress === 0 ? '' : `; ${inProgress} younger than ${ageText(options.grace)}, not judged`;
  const found = all === 1 ? '1 finding' : `${all} findings`;
  return `${read}: ${all === 0 ? 'nothing was found' : found}${young}.`;
};

/** For people: what the gateway lists, and what of it is no finding. */
export const gatewayLines = (totals: GatewayTotals): readonly string[] => {
  const { payments, refunds, explained, foreign, notCompared, before } = totals;
  const left = [
    [explained, 'not recorded and explained: in review, or refunded in full'],
    [foreign, 'of others on the same account, left alone'],
    [notCompared, 'of orders that cannot be read'],
    [before, 'of the log not looked for, as they may be older than the list'],
  ] as const;
  return [
    `The gateway lists ${payments} payments and ${refunds} refunds.`,
    ...left.flatMap(([count, what]) => (count === 0 ? [] : [`  ${count} ${what}`])),
  ];
};
