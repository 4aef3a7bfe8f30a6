import type { LoadPlan } from '../../../application/load/followOrders.ts';
import type { LoadFigures, MeteredCost } from '../../../application/load/report.ts';
import { PRICES, type PricedUsage } from '../../../application/prices.ts';
import type { OrderShape } from './shapes.ts';
import { dollarsOf, timeOf } from '../common/text.ts';

/** The cost, or the reason why it is not known. */
export type LoadCost = MeteredCost | { readonly missing: string };

export type LoadReport = LoadFigures & {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly against: string;
  readonly account: string;
  /** The machine of this command; the workers may run elsewhere. */
  readonly machine: {
    readonly paidonce: string;
    readonly node: string;
    readonly processors: number;
    readonly processor: string;
    readonly memoryBytes: number;
  };
  readonly plan: LoadPlan;
  readonly shape: OrderShape;
  readonly looks: number;
  readonly cost?: LoadCost;
};

const GIB = 2 ** 30;

const SENT: Readonly<Record<OrderShape, string>> = {
  mixed: 'Orders of version 1 and version 2 of PlaceOrder, in turn.',
  v1: 'Orders of version 1 of PlaceOrder.',
  v2: 'Orders of version 2 of PlaceOrder.',
};

/** A report in Markdown, to be read as it is or pasted. */
export const reportText = (report: LoadReport): string => {
  const { plan, shape, machine, startedAt, endedAt, against, account, cost } = report;
  const seconds = ((endedAt - startedAt) / 1_000).toFixed(1);
  const memory = Math.round(machine.memoryBytes / GIB);
  return [
    `# Load of ${plan.orders} orders at ${plan.ratePerSecond} a second`,
    `${timeOf(startedAt)}, ${seconds} s, against ${against}, ` +
      `account ${account === '' ? 'not bound yet' : account}.`,
    `${SENT[shape]} ` +
      `Sent from paidonce ${machine.paidonce}, Node ${machine.node}, ${machine.processors} × ` +
      `${machine.processor}, ${memory} GiB.`,
    figuresTable(report),
    ...failuresTable(report),
    ...(cost === undefined ? [] : [costText(cost, report.sent)]),
  ].join('\n\n');
};

const figuresTable = (report: LoadReport): string => {
  const { sent, sentPerSecond, paid, endedPerSecond, latencyMs, looks } = report;
  return markdownTable(
    ['Figure', 'Value'],
    [
      ['orders sent', String(sent)],
      ['sent a second', sentPerSecond.toFixed(1)],
      ['orders paid', String(paid)],
      ['ended a second', endedPerSecond.toFixed(1)],
      ...(latencyMs === undefined
        ? []
        : Object.entries(latencyMs).map(([name, ms]) => [
            `submitted to ended, ${name}`,
            `${ms} ms`,
          ])),
      ['reads to see the end', String(looks)],
    ],
  );
};

const failuresTable = ({ failures }: LoadReport): readonly string[] =>
  failures.length === 0
    ? []
    : [
        markdownTable(
          ['Not paid, by cause', 'Orders'],
          failures.map(({ cause, orders }) => [cause.replaceAll('|', '\\|'), String(orders)]),
        ),
      ];

const USED: Readonly<Record<keyof PricedUsage, string>> = {
  queueRequests: 'requests to SQS',
  topicRequests: 'requests to SNS',
  writeUnits: 'write units',
  readUnits: 'read units',
  logBytes: 'bytes of records',
  mails: 'mails',
};

const costText = (cost: LoadCost, orders: number): string => {
  if ('missing' in cost) return `Cost: not known, since ${cost.missing}.`;
  const { usage, microUsd, services } = cost;
  const rows = (Object.keys(USED) as (keyof PricedUsage)[]).map((name) => [
    USED[name],
    String(usage[name]),
    (usage[name] / orders).toFixed(2),
    dollarsOf((usage[name] * PRICES[name].microUsd) / orders),
  ]);
  return [
    markdownTable(
      ['Used by the workers', 'Units', 'An order', 'Dollars an order'],
      [...rows, ['**in all**', '', '', dollarsOf(microUsd / orders)]],
    ),
    `At list prices, from the records of ${services} services; up to a minute before and after ` +
      'the load is in it.',
  ].join('\n\n');
};

const markdownTable = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const all = [head, ...rows];
  const widths = head.map((_, at) => Math.max(...all.map((row) => (row[at] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join(' | ')} |`;
  const rule = widths.map((width, at) =>
    at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(head), line(rule), ...rows.map(line)].join('\n');
};
