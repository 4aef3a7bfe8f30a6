import { Duration, Stack, type StackProps, Tags } from 'aws-cdk-lib';
import * as cw from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { FilterPattern, LogGroup, MetricFilter, type ILogGroup } from 'aws-cdk-lib/aws-logs';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { ALARMS, type AlarmRow, type Watched } from './alarmTable.ts';
import { createDashboard } from './dashboard.ts';
import { namesOf, namespaceOf } from './names.ts';
import { BURN_RATES, burningShare, EVENTS_MIN, OBJECTIVES, type Objective } from './objectives.ts';
import type { Deployment } from './parameters.ts';

/** Alarms and the dashboard, for whatever runs under these names, however it was deployed. */
export class AlarmStack extends Stack {
  readonly #of: Deployment;
  readonly #logGroup: ILogGroup;
  readonly #action: SnsAction;

  constructor(scope: Construct, id: string, props: StackProps & { readonly of: Deployment }) {
    super(scope, id, props);
    const { of } = props;
    this.#of = of;
    Tags.of(this).add('paidonce:stage', of.stage);
    this.#logGroup = LogGroup.fromLogGroupName(this, 'Log', namesOf(of).logGroup);
    const topic = new sns.Topic(this, 'Topic', {
      topicName: `${of.name}-alarms`,
      enforceSSL: true,
    });
    if (of.alarmMail !== undefined) topic.addSubscription(new EmailSubscription(of.alarmMail));
    this.#action = new SnsAction(topic);

    const rows = ALARMS.filter(({ only = of.flavour }) => only === of.flavour);
    const alarms = rows.map((row) => this.#alarm(row));
    const burning = OBJECTIVES.flatMap((objective) => this.#burnRates(objective));
    createDashboard(this, of, [...burning, ...alarms]);
  }

  #alarm(row: AlarmRow): cw.Alarm {
    const { GREATER_THAN_THRESHOLD, LESS_THAN_THRESHOLD } = cw.ComparisonOperator;
    const alarm = new cw.Alarm(this, row.name, {
      alarmName: `${this.#of.name}-${row.name}`,
      alarmDescription: row.because,
      metric: this.#metric(row),
      threshold: row.threshold,
      comparisonOperator: row.rings === '>' ? GREATER_THAN_THRESHOLD : LESS_THAN_THRESHOLD,
      evaluationPeriods: row.periods,
      treatMissingData: row.ringsWithoutData
        ? cw.TreatMissingData.BREACHING
        : cw.TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(this.#action);
    return alarm;
  }

  #metric({ watched, name, statistic, periodSeconds }: AlarmRow): cw.IMetric {
    const period = Duration.seconds(periodSeconds);
    const { namespace, metricName, dimensionsMap } = metricOf(watched, { of: this.#of, name });
    if (watched.of === 'records') this.#filter(watched, { name, metricName });
    return new cw.Metric({
      namespace,
      metricName,
      statistic,
      period,
      ...(dimensionsMap && { dimensionsMap }),
    });
  }

  /** Counts records, since those of a single thing carry no metric. */
  #filter(
    { event, level }: Extract<Watched, { of: 'records' }>,
    { name, metricName }: { readonly name: string; readonly metricName: string },
  ): void {
    const conditions = [
      ...(event === undefined ? [] : [FilterPattern.stringValue('$.event', '=', event)]),
      ...(level === undefined ? [] : [FilterPattern.stringValue('$.level', '=', level)]),
    ];
    const [only] = conditions;
    new MetricFilter(this, `${name}Filter`, {
      logGroup: this.#logGroup,
      filterName: `${this.#of.name}-${name}`,
      metricNamespace: namespaceOf(this.#of),
      metricName,
      metricValue: '1',
      filterPattern:
        conditions.length === 1 && only !== undefined ? only : FilterPattern.all(...conditions),
    });
  }

  #burnRates(objective: Objective): readonly cw.AlarmBase[] {
    return BURN_RATES.map((rate) => {
      const name = `${objective.name}-${rate.name}`;
      const windows = [rate.longSeconds, rate.shortSeconds].map(
        (seconds, at) =>
          new cw.Alarm(this, `${name}-${at === 0 ? 'long' : 'short'}`, {
            alarmName: `${this.#of.name}-${name}-${at === 0 ? 'long' : 'short'}`,
            alarmDescription: `Part of ${this.#of.name}-${name}`,
            metric: this.#badShare(objective, Duration.seconds(seconds)),
            threshold: burningShare(objective, rate),
            comparisonOperator: cw.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluationPeriods: 1,
            treatMissingData: cw.TreatMissingData.NOT_BREACHING,
          }),
      );
      const both = new cw.CompositeAlarm(this, name, {
        compositeAlarmName: `${this.#of.name}-${name}`,
        alarmDescription: `Too seldom: ${objective.promise}`,
        alarmRule: cw.AlarmRule.allOf(
          ...windows.map((alarm) => cw.AlarmRule.fromAlarm(alarm, cw.AlarmState.ALARM)),
        ),
      });
      both.addAlarmAction(this.#action);
      return both;
    });
  }

  #badShare({ service, bad, all }: Objective, period: Duration): cw.MathExpression {
    const used = [...new Set([...bad, ...all])];
    const idOf = (metric: string): string => `m${used.indexOf(metric)}`;
    const sumOf = (metrics: readonly string[]): string =>
      metrics.map((metric) => `FILL(${idOf(metric)},0)`).join('+');
    return new cw.MathExpression({
      expression: `IF(${sumOf(all)}>=${EVENTS_MIN},(${sumOf(bad)})/(${sumOf(all)}),0)`,
      label: 'share of bad events',
      period,
      usingMetrics: Object.fromEntries(
        used.map((metricName) => [
          idOf(metricName),
          new cw.Metric({
            namespace: namespaceOf(this.#of),
            metricName,
            dimensionsMap: { service },
            statistic: 'Sum',
            period,
          }),
        ]),
      ),
    });
  }
}

type NamedMetric = {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensionsMap?: Record<string, string>;
};

const metricOf = (
  watched: Watched,
  { of, name }: { readonly of: Deployment; readonly name: string },
): NamedMetric => {
  const { bySetting, topic } = namesOf(of);
  const product = namespaceOf(of);
  switch (watched.of) {
    case 'queue':
      return named('AWS/SQS', watched.metric, { QueueName: bySetting[watched.setting] });
    case 'table':
      return named('AWS/DynamoDB', watched.metric, { TableName: bySetting[watched.setting] });
    case 'topic':
      return named('AWS/SNS', watched.metric, { TopicName: topic });
    case 'function':
      return named('AWS/Lambda', watched.metric, { FunctionName: `${of.name}-${watched.name}` });
    case 'service':
      return named(product, watched.metric, { service: watched.service });
    case 'records':
      return { namespace: product, metricName: `records-${name}` };
  }
};

const named = (
  namespace: string,
  metricName: string,
  dimensionsMap: Record<string, string>,
): NamedMetric => ({ namespace, metricName, dimensionsMap });
