import { expect } from 'chai';
import { ALARMS, type AlarmRow, type Watched } from '../../infra/alarmTable.ts';
import { BURN_RATES, burningShare, OBJECTIVES } from '../../infra/objectives.ts';
import { resourceNames } from '../../src/bootstrap/resourceNames.ts';
import { propertiesOf, type Template } from '../support/templates.ts';

const NAME = 'paidonce-prod';

/** Every row of the table is an alarm as it says, and there is no other alarm. */
export const describeAlarms = (
  lambda: () => Template | undefined,
  ecs: () => Template | undefined,
): void => {
  for (const [flavour, template] of [
    ['lambda', lambda],
    ['ecs', ecs],
  ] as const) {
    const rows = ALARMS.filter(({ only = flavour }) => only === flavour);
    const alarms = () =>
      new Map(
        propertiesOf(template(), 'AWS::CloudWatch::Alarm').map(([, all]) => [
          all['AlarmName'],
          all,
        ]),
      );

    it(`have the alarms of the table for ${flavour}, and those of the objectives`, () => {
      const windows = OBJECTIVES.flatMap(({ name }) =>
        BURN_RATES.flatMap((rate) =>
          ['long', 'short'].map((window) => `${NAME}-${name}-${rate.name}-${window}`),
        ),
      );
      expect([...alarms().keys()]).to.have.members([
        ...rows.map(({ name }) => `${NAME}-${name}`),
        ...windows,
      ]);
    });

    for (const row of rows) {
      it(`ring for ${row.name} as the table says, for ${flavour}`, () => {
        const alarm = alarms().get(`${NAME}-${row.name}`) ?? {};
        expect(alarm).to.deep.include(alarmOf(row));
        expect(alarm['AlarmActions']).to.have.length(1);
      });
    }
  }

  it('count records by their event and level', () => {
    const filters = new Map(
      propertiesOf(lambda(), 'AWS::Logs::MetricFilter').map(([, all]) => [all['FilterName'], all]),
    );
    const watched = ALARMS.flatMap(({ name, watched: what }) =>
      what.of === 'records' ? [{ name, ...what }] : [],
    );
    expect([...filters.keys()]).to.have.members(watched.map(({ name }) => `${NAME}-${name}`));
    for (const { name, event, level } of watched) {
      const filter = filters.get(`${NAME}-${name}`) ?? {};
      const pattern = String(filter['FilterPattern']);
      expect(filter['LogGroupName']).to.equal('/paidonce-prod');
      if (event !== undefined) expect(pattern).to.include(`$.event = "${event}"`);
      if (level !== undefined) expect(pattern).to.include(`$.level = "${level}"`);
    }
  });

  for (const objective of OBJECTIVES) {
    it(`ring for ${objective.name} when both windows burn`, () => {
      const composites = propertiesOf(lambda(), 'AWS::CloudWatch::CompositeAlarm').map(
        ([, all]) => all,
      );
      expect(composites).to.have.length(OBJECTIVES.length * BURN_RATES.length);
      for (const rate of BURN_RATES) {
        const name = `${NAME}-${objective.name}-${rate.name}`;
        const both = composites.find(({ AlarmName }) => AlarmName === name);
        expect(JSON.stringify(both?.['AlarmRule']).match(/ALARM\(/g)).to.have.length(2);
        expect(JSON.stringify(both?.['AlarmRule'])).to.include(' AND ');
        for (const [window, seconds] of [
          ['long', rate.longSeconds],
          ['short', rate.shortSeconds],
        ] as const) {
          const alarm = propertiesOf(lambda(), 'AWS::CloudWatch::Alarm').find(
            ([, { AlarmName }]) => AlarmName === `${name}-${window}`,
          )?.[1];
          expect(alarm?.['Threshold']).to.equal(burningShare(objective, rate));
          const text = JSON.stringify(alarm?.['Metrics']);
          expect(text).to.include(`"Period":${seconds}`);
          for (const metric of [...objective.bad, ...objective.all]) {
            expect(text).to.include(`"MetricName":"${metric}"`);
          }
        }
      }
    });
  }
};

const alarmOf = (row: AlarmRow): Readonly<Record<string, unknown>> => ({
  ...metricOf(row.watched, row.name),
  Statistic: row.statistic,
  Threshold: row.threshold,
  ComparisonOperator: row.rings === '>' ? 'GreaterThanThreshold' : 'LessThanThreshold',
  Period: row.periodSeconds,
  EvaluationPeriods: row.periods,
  TreatMissingData: row.ringsWithoutData ? 'breaching' : 'notBreaching',
  AlarmDescription: row.because,
});

const metricOf = (watched: Watched, name: string): Readonly<Record<string, unknown>> => {
  const names = resourceNames(NAME);
  const of = (Namespace: string, MetricName: string, dimension: string, Value: string) => ({
    Namespace,
    MetricName,
    Dimensions: [{ Name: dimension, Value }],
  });
  switch (watched.of) {
    case 'queue':
      return of('AWS/SQS', watched.metric, 'QueueName', names[watched.setting]);
    case 'table':
      return of('AWS/DynamoDB', watched.metric, 'TableName', names[watched.setting]);
    case 'topic':
      return of('AWS/SNS', watched.metric, 'TopicName', `${NAME}-order-events`);
    case 'function':
      return of('AWS/Lambda', watched.metric, 'FunctionName', `${NAME}-${watched.name}`);
    case 'service':
      return of(NAME, watched.metric, 'service', watched.service);
    case 'records':
      return { Namespace: NAME, MetricName: `records-${name}` };
  }
};
