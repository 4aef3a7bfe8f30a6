import type { AuditReport } from '../../../application/audit/audit.ts';
import type { GatewayTotals } from '../../../application/audit/gateway/gatewayCheck.ts';
import { INVARIANTS, type Finding, type Invariant } from '../../../application/audit/check.ts';
import type { WaitingReport } from '../../../application/audit/logChecks.ts';
import type { WaitingItem, WaitingList } from '../../../application/audit/waiting.ts';
import { formatAmount } from '../../../domain/money/index.ts';
import { countsOf } from '../common/groups.ts';
import { amountsOf } from '../common/json.ts';
import { tableOf } from '../common/table.ts';
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

/** The last line for machines. Each finding is a line of its own before it. */
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
      disputes: aged(waiting.disputes),
      disputesOverdue: aged(waiting.disputesOverdue),
    },
  };
};

/** Each sum with its currency. The evidence has them in minor units, as it always had. */
export const sumsJson = ({ sums }: Pick<AuditReport, 'sums'>) =>
  Object.fromEntries(
    Object.entries(sums).map(([currency, moved]) => [currency, amountsOf(moved, currency)]),
  );

type ReportLayout = ReportInput & {
  readonly kept: FindingsByInvariant;
  /** The columns of the screen. */
  readonly columns: number;
};

/**
 * The report for people: what was found, what waits, the totals, and whether each invariant holds.
 */
export const reportText = (about: ReportLayout): string =>
  [
    ...findingCounts(about.report),
    ...NAMES.flatMap((name) => findingsText(name, about)),
    ...waitingText(about),
    ...totalsText(about),
    ...invariantsText(about),
    '',
    conclusion(about),
  ].join('\n');

export const findingText = (finding: Finding): string => `  ${placeText(finding, finding.why)}`;

const placeText = ({ streamId, version, evidence }: Finding, why?: string): string => {
  const where = version === undefined ? streamId : `${streamId}, version ${version}`;
  const facts = Object.entries(evidence).map(([name, value]) => `${name} ${value}`);
  const said = why === undefined ? where : `${where}: ${why}`;
  return `${said}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`;
};

/**
 * The number of findings of each invariant, before the first findings are listed, if several
 * invariants do not hold.
 */
const findingCounts = ({ findings }: AuditReport): readonly string[] => {
  const counts = NAMES.map((name) => [name, findings[name] ?? 0] as const).filter(
    ([, count]) => count > 0,
  );
  return counts.length < 2 ? [] : ['Findings by invariant:', countsOf(counts), ''];
};

const findingsText = (
  name: Invariant,
  { report, kept, columns }: ReportLayout,
): readonly string[] => {
  const shown = kept.get(name) ?? [];
  if (shown.length === 0) return [];
  const more = (report.findings[name] ?? 0) - shown.length;
  return [
    `Does not hold (${standing(report, name)}): ${INVARIANTS[name]}`,
    ...[...Map.groupBy(shown, ({ why }) => why)].flatMap(([why, those]) =>
      // In a pipe each line says everything.
      those.length === 1 || columns === Infinity
        ? those.map(findingText)
        : [`  ${why} (${those.length}):`, ...those.map((one) => `    ${placeText(one)}`)],
    ),
    ...(more > 0 ? [`  … and ${more} more; --json shows all`] : []),
    '',
  ];
};

const waitingText = ({ waiting, ...layout }: ReportLayout): readonly string[] => [
  ...listText('Outcomes that are not known', waiting.unknown, layout),
  ...listText('Open orders', waiting.open, layout),
  ...listText('In review, for a person', waiting.inReview, layout),
  ...listText('Open disputes', waiting.disputes, layout),
  ...listText('Open disputes, past the time for evidence', waiting.disputesOverdue, layout),
];

const listText = (
  title: string,
  { count, oldest }: WaitingList,
  { now, columns }: Pick<ReportLayout, 'now' | 'columns'>,
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
    tableOf(['order', 'of', 'age', 'why'], shown.map(row), { columns }),
    '',
  ];
};

const totalsText = ({ report, columns }: ReportLayout): readonly string[] => {
  const { orders, sums, numbers } = report;
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
    [
      ['currency', 'returned', 'withdrawn', 'reinstated'],
      sorted(sums)
        .filter(([, { returned, withdrawn }]) => returned + withdrawn > 0)
        .map(([currency, { returned, withdrawn, reinstated }]) => [
          currency,
          ...[returned, withdrawn, reinstated].map((minor) => formatAmount(minor, currency)),
        ]),
      { right: [1, 2, 3] },
    ],
    [['series', 'numbers'], sorted(numbers).map(([of, n]) => [of, String(n)]), { right: [1] }],
  ];
  return parts.flatMap(([head, rows, options]) =>
    rows.length === 0 ? [] : [tableOf(head, rows, { ...options, columns }), ''],
  );
};

/** The order in which a scan came upon them says nothing. */
const sorted = <T>(counts: Readonly<Record<string, T>>): readonly (readonly [string, T])[] =>
  Object.entries(counts).toSorted(([one], [other]) => one.localeCompare(other));

const invariantsText = ({ report, columns }: ReportLayout): readonly string[] => [
  tableOf(
    ['invariant', '', ''],
    NAMES.map((name) => [name, standing(report, name), INVARIANTS[name]]),
    { columns },
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
  const { commits, streams, inProgress, readUnits, disputes } = report;
  const all = Object.values(report.findings).reduce((sum, count) => sum + count, 0);
  const read = `${commits} commits of ${streams} streams read for ${readUnits} read units`;
  const young =
    inProgress === 0 ? '' : `; ${inProgress} younger than ${ageText(options.grace)}, not judged`;
  const found = all === 1 ? '1 finding' : `${all} findings`;
  const ended = sorted(disputes).map(([is, n]) => `${n} ${is}`);
  const disputed = ended.length === 0 ? '' : ` Disputes: ${ended.join(', ')}.`;
  return `${read}: ${all === 0 ? 'nothing was found' : found}${young}.${disputed}`;
};

/** For people: what the gateway lists, and which of it is no finding. */
export const gatewayLines = (totals: GatewayTotals): readonly string[] => {
  const { payments, refunds, disputes, explained, foreign, notCompared, before } = totals;
  const left = [
    [explained, 'not recorded and explained: in review, or refunded or lost in a dispute'],
    [foreign, 'of others on the same account, left alone'],
    [notCompared, 'of orders that cannot be read'],
    [before, 'of the log not looked for, as they may be older than the list'],
  ] as const;
  return [
    `The gateway lists ${payments} payments, ${refunds} refunds and ${disputes} disputes.`,
    ...left.flatMap(([count, what]) => (count === 0 ? [] : [`  ${count} ${what}`])),
  ];
};
