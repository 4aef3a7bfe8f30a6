import type { ResourceNames } from '../src/bootstrap/resourceNames.ts';
import type { FunctionName } from '../src/bootstrap/lambda/settings.ts';

/** The service whose metric it is: the one dimension of every metric of the product. */
export type MeasuredService = 'payments' | 'notifications' | 'reconciler';

/** What is watched. Names of resources are given by the setting that names them. */
export type Watched =
  | { readonly of: 'queue'; readonly setting: keyof ResourceNames; readonly metric: string }
  | { readonly of: 'table'; readonly setting: keyof ResourceNames; readonly metric: string }
  | { readonly of: 'topic'; readonly metric: string }
  | { readonly of: 'function'; readonly name: FunctionName; readonly metric: string }
  | { readonly of: 'service'; readonly service: MeasuredService; readonly metric: string }
  /** Records of the log group, by the name of their event; any of this level without one. */
  | { readonly of: 'records'; readonly event?: string; readonly level?: 'error' };

export type AlarmRow = {
  /** Its name, behind that of the deployment. */
  readonly name: string;
  readonly watched: Watched;
  readonly statistic: 'Maximum' | 'Minimum' | 'Sum' | 'SampleCount';
  readonly rings: '>' | '<';
  readonly threshold: number;
  readonly unit: 's' | '';
  readonly periodSeconds: number;
  /** In so many periods, one after the other. */
  readonly periods: number;
  /** It rings, too, where there is no data. */
  readonly ringsWithoutData: boolean;
  readonly because: string;
  /** The only flavour that has it. */
  readonly only?: 'lambda' | 'ecs';
};

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

type Changes = Partial<Omit<AlarmRow, 'name' | 'watched' | 'because'>>;

/** Above 0 for five minutes, unless it says otherwise. */
const row = (name: string, watched: Watched, because: string, changes: Changes = {}): AlarmRow => ({
  name,
  watched,
  statistic: 'Maximum',
  rings: '>',
  threshold: 0,
  unit: '',
  periodSeconds: 5 * MINUTE,
  periods: 1,
  ringsWithoutData: false,
  because,
  ...changes,
});

const queue = (setting: keyof ResourceNames, metric: string): Watched => ({
  of: 'queue',
  setting,
  metric,
});
const service = (name: MeasuredService, metric: string): Watched => ({
  of: 'service',
  service: name,
  metric,
});
const seconds = (threshold: number): Changes => ({ threshold, unit: 's' });
const SUM: Changes = { statistic: 'Sum' };
const SILENT: Changes = {
  statistic: 'SampleCount',
  rings: '<',
  threshold: 1,
  ringsWithoutData: true,
};

const records = (event: string, because: string, level?: 'error'): AlarmRow =>
  row(
    event.replaceAll(/[._]/g, '-'),
    { of: 'records', event, ...(level && { level }) },
    because,
    SUM,
  );

const queues = (['PAYMENTS', 'NOTIFICATIONS'] as const).flatMap((which) => {
  const name = which.toLowerCase();
  return [
    row(
      `${name}-oldest`,
      queue(`${which}_QUEUE_URL`, 'ApproximateAgeOfOldestMessage'),
      'nobody consumes, or a dependency is down',
      { ...seconds(5 * MINUTE), periodSeconds: MINUTE, periods: 5 },
    ),
    row(
      `${name}-dead-letters`,
      queue(`${which}_DLQ_URL`, 'ApproximateNumberOfMessagesVisible'),
      'each is an order or a notice that a person owes an answer; a look at them hides them for a second or two',
    ),
  ];
});

const tables = (['EVENTS_TABLE', 'KEYS_TABLE', 'INVOICES_TABLE'] as const).flatMap((setting) =>
  (['Read', 'Write'] as const).map((kind) =>
    row(
      `${setting.split('_')[0]?.toLowerCase()}-${kind.toLowerCase()}-throttles`,
      { of: 'table', setting, metric: `${kind}ThrottleEvents` },
      'the table is asked for more than its quota or a partition gives; nothing is lost, and orders wait',
      { ...SUM, periods: 3 },
    ),
  ),
);

const FUNCTIONS = ['payments', 'notifications', 'webhooks', 'reconciler', 'audit'] as const;

const functions = [
  ...FUNCTIONS.map((name) =>
    row(
      `${name}-function-errors`,
      { of: 'function', name, metric: 'Errors' },
      'its settings are wrong, or it was cut off; a message that fails is none',
      { ...SUM, only: 'lambda' },
    ),
  ),
  ...(['payments', 'notifications', 'webhooks'] as const).map((name) =>
    row(
      `${name}-function-throttles`,
      { of: 'function', name, metric: 'Throttles' },
      'the concurrency of the account or of the function is used up',
      { ...SUM, periods: 3, only: 'lambda' },
    ),
  ),
];

const workers = (['payments', 'notifications'] as const).flatMap((name) => [
  row(
    `${name}-circuits`,
    service(name, 'CircuitsNotClosed'),
    'the store, the gateway or a queue is failing, and polls pause for it',
    { periodSeconds: MINUTE, periods: 5, only: 'ecs' },
  ),
  row(`${name}-silent`, service(name, 'Polls'), 'no worker runs', { ...SILENT, only: 'ecs' }),
]);

const orders = [
  row(
    'unknown-outcome',
    service('payments', 'UnknownOutcomeAge'),
    'the gateway has not said for an hour whether it charged or refunded; after another one a person is asked',
    { ...seconds(HOUR), periodSeconds: 10 * MINUTE },
  ),
  row('review-age', service('reconciler', 'ReviewAgeMax'), 'a customer waits for a person', {
    ...seconds(4 * HOUR),
    periodSeconds: 10 * MINUTE,
  }),
  row(
    'numbers-without-document',
    service('reconciler', 'NumbersWithoutDocument'),
    'a worker died between a number and its document; more than two rounds: it does not repair itself',
    { periodSeconds: 10 * MINUTE, periods: 2 },
  ),
  row('reconciler-silent', service('reconciler', 'DeadLettersOpen'), 'no reconciler runs', {
    ...SILENT,
    periodSeconds: 15 * MINUTE,
  }),
  row(
    'gateway-events-behind',
    service('reconciler', 'GatewayEventsBehind'),
    'disputes and returned refunds are heard of late; after 30 days the gateway forgets them',
    { ...seconds(HOUR), periodSeconds: 15 * MINUTE },
  ),
  row(
    'audit-findings',
    service('reconciler', 'AuditFindings'),
    'an invariant of the ledger does not hold; it rings until an audit finds nothing',
    { periodSeconds: 10 * MINUTE },
  ),
  row(
    'audit-age',
    service('reconciler', 'AuditAge'),
    'nobody has audited the log for two days, or ever',
    { ...seconds(2 * DAY), periodSeconds: HOUR, ringsWithoutData: true },
  ),
  row(
    'dispute-due',
    service('reconciler', 'DisputeDueIn'),
    'within three days the bank takes no more evidence of the next dispute, as the last audit counted them',
    { ...seconds(3 * DAY), statistic: 'Minimum', rings: '<', periodSeconds: HOUR },
  ),
];

const logs = [
  row(
    'error-records',
    { of: 'records', level: 'error' },
    'corrupt streams, payments to review, wrong settings, and what stands below',
    SUM,
  ),
  records('telemetry.records_lost', 'the logs have gaps; money is not touched'),
  records(
    'command.not_allowed',
    'a sender who may not has asked for a refund or a cancellation, or one who may is not on the list',
  ),
  records(
    'refund.failed',
    'a customer does not get money that was promised; somebody has to ask again under another refund id',
    'error',
  ),
  records(
    'refund.returned',
    'a refund came back, so that a customer has not got the money; somebody has to decide how',
  ),
  records(
    'dispute.opened',
    'a customer disputes a payment with the bank; evidence is due by `dueBy`',
  ),
  records('dispute.unknown', 'a payment is disputed that no order here has'),
  records('dispute.closed', 'a dispute is lost: its money stays with the customer', 'error'),
  records(
    'gateway_event.refused',
    'the gateway’s events of another account or mode come to this deployment’s queue',
  ),
  records(
    'reconcile.gateway_events_gap',
    'the gateway has forgotten events that nobody read: run `paidonce audit --gateway`',
  ),
];

const topics = [
  row(
    'order-events-failed',
    { of: 'topic', metric: 'NumberOfNotificationsFailed' },
    'a subscriber did not get an event; give each subscription a dead-letter queue of its own',
    SUM,
  ),
];

/** Every alarm but those of the objectives. docs/operations.md shows the same table. */
export const ALARMS: readonly AlarmRow[] = [
  ...queues,
  ...orders,
  ...workers,
  ...functions,
  ...tables,
  ...logs,
  ...topics,
];
