import { Duration, type Stack } from 'aws-cdk-lib';
import * as cw from 'aws-cdk-lib/aws-cloudwatch';
import { namesOf, namespaceOf } from './names.ts';
import type { Deployment } from './parameters.ts';

const WIDTH = 12;
const PERIOD = Duration.minutes(5);

/** All alarms at the top; below, what somebody looks at who was called by one. */
export const createDashboard = (
  stack: Stack,
  of: Deployment,
  alarms: readonly cw.IAlarm[],
): void => {
  const names = namesOf(of);
  const own = (service: string, metricName: string, statistic: string): cw.Metric =>
    new cw.Metric({
      namespace: namespaceOf(of),
      metricName,
      dimensionsMap: { service },
      statistic,
      period: PERIOD,
      label: `${service} ${metricName} ${statistic}`,
    });
  const ofQueue = (name: string, metricName: string): cw.Metric =>
    new cw.Metric({
      namespace: 'AWS/SQS',
      metricName,
      dimensionsMap: { QueueName: name },
      statistic: 'Maximum',
      period: PERIOD,
      label: name,
    });
  const graph = (title: string, left: readonly cw.IMetric[]): cw.GraphWidget =>
    new cw.GraphWidget({ title, left: [...left], width: WIDTH });
  const pairs = [names.queues.payments, names.queues.notifications];

  new cw.Dashboard(stack, 'Dashboard', {
    dashboardName: of.name,
    widgets: [
      [new cw.AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: 24, height: 8 })],
      [
        graph(
          'Oldest message, s',
          pairs.map(([name]) => ofQueue(name, 'ApproximateAgeOfOldestMessage')),
        ),
        graph(
          'Dead letters',
          pairs.map(([, name]) => ofQueue(name, 'ApproximateNumberOfMessagesVisible')),
        ),
      ],
      [
        graph('Time to a settled order, ms', [
          own('payments', 'SettleTime', 'p50'),
          own('payments', 'SettleTime', 'p99'),
        ]),
        graph('Orders', [
          own('payments', 'OrdersSettled', 'Sum'),
          own('payments', 'OrdersSettledLate', 'Sum'),
          own('payments', 'OrdersToReview', 'Sum'),
        ]),
      ],
      [
        graph('Time to a mail, ms', [
          own('notifications', 'MailTime', 'p50'),
          own('notifications', 'MailTime', 'p99'),
        ]),
        graph('Mails', [
          own('notifications', 'MailsSent', 'Sum'),
          own('notifications', 'MailsSentLate', 'Sum'),
          own('notifications', 'MailsUndeliverable', 'Sum'),
        ]),
      ],
      [
        graph('Waiting for a person', [
          own('reconciler', 'ReviewsOpen', 'Maximum'),
          own('reconciler', 'DisputesOpen', 'Maximum'),
          own('reconciler', 'AuditFindings', 'Maximum'),
        ]),
        graph('Outcomes unknown, s', [own('payments', 'UnknownOutcomeAge', 'Maximum')]),
      ],
    ],
  });
};
