import { expect } from 'chai';
import { createMemoryTelemetry } from '../../src/adapters/memory/telemetry.ts';
import { QUEUE_BATCH_MAX } from '../../src/application/ports/messageQueue.ts';
import { settingSchemas } from '../../src/bootstrap/config/settings.ts';
import { FUNCTION_LIMITS, MAPPING_CONCURRENCY } from '../../src/bootstrap/lambda/limits.ts';
import { settingsOfFunction, type FunctionName } from '../../src/bootstrap/lambda/settings.ts';
import { readText, tableRows } from '../docs/markdown.ts';
import { propertiesOf, type Template } from '../support/templates.ts';

/** The services as functions, beside docs/lambda.md and the settings that they ask for. */
export const describeFunctions = (services: () => Template | undefined): void => {
  const page = readText('docs/lambda.md');
  const functionOf = (name: string) =>
    propertiesOf(services(), 'AWS::Lambda::Function').find(
      ([, { FunctionName }]) => FunctionName === `paidonce-prod-${name}`,
    )?.[1] ?? {};

  it('make the functions of docs/lambda.md, with their time limits', () => {
    const rows = tableRows(page, 'Function');
    expect(rows.map(([name]) => name)).to.have.members(Object.keys(FUNCTION_LIMITS));
    expect(propertiesOf(services(), 'AWS::Lambda::Function')).to.have.length(rows.length);
    for (const [name = '', handler = '', , timeout] of rows) {
      const made = functionOf(name);
      expect(`\`${String(made['Handler'])}\``).to.equal(handler);
      expect(`${String(made['Timeout'])} s`, name).to.equal(timeout);
      expect(made).to.deep.include({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
      expect(made['LoggingConfig']).to.deep.equal({
        LogFormat: 'Text',
        LogGroup: '/paidonce-prod',
      });
    }
  });

  for (const name of Object.keys(FUNCTION_LIMITS) as FunctionName[]) {
    it(`give the function ${name} the settings that it needs, and secrets by their ARNs`, () => {
      const { Variables = {} } = (functionOf(name)['Environment'] ?? {}) as {
        readonly Variables?: Readonly<Record<string, unknown>>;
      };
      const needs = settingsOfFunction(name, { telemetry: () => createMemoryTelemetry() }).filter(
        // Lambda sets it itself.
        (setting) => setting !== 'AWS_REGION',
      );
      const missing = needs.filter(
        (setting) =>
          !settingSchemas[setting].safeParse(Variables[setting]).success &&
          Variables[`${setting}_ARN`] === undefined,
      );
      const secrets = Object.keys(Variables).filter((setting) => SECRET.test(setting));

      expect(missing).to.deep.equal([]);
      expect(secrets.filter((setting) => !setting.endsWith('_ARN'))).to.deep.equal([]);
      expect(Variables['METRICS_NAMESPACE']).to.equal('paidonce-prod');
    });
  }

  it('map both queues to their functions, message by message, with a bound', () => {
    const mappings = propertiesOf(services(), 'AWS::Lambda::EventSourceMapping').map(
      ([, all]) => all,
    );
    expect(mappings.map(({ EventSourceArn }) => EventSourceArn)).to.have.members([
      'arn:aws:sqs:eu-central-1:111122223333:paidonce-prod-payments',
      'arn:aws:sqs:eu-central-1:111122223333:paidonce-prod-notifications',
    ]);
    for (const mapping of mappings) {
      expect(mapping).to.deep.include({
        BatchSize: QUEUE_BATCH_MAX,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: MAPPING_CONCURRENCY },
      });
    }
  });

  it('invoke the reconciler and the audit by a schedule, without a second try', () => {
    const rules = propertiesOf(services(), 'AWS::Events::Rule').map(([, all]) => all);
    const tries = propertiesOf(services(), 'AWS::Lambda::EventInvokeConfig').map(
      ([, all]) => all['MaximumRetryAttempts'],
    );

    expect(rules.map(({ ScheduleExpression }) => ScheduleExpression)).to.have.members([
      'rate(5 minutes)',
      'rate(1 day)',
    ]);
    expect(tries).to.deep.equal([0, 0]);
  });

  it('let the gateway call the webhooks, and nobody have more than a few at once', () => {
    const urls = propertiesOf(services(), 'AWS::Lambda::Url').map(([, all]) => all);

    expect(urls.map(({ AuthType }) => AuthType)).to.deep.equal(['NONE']);
    expect(functionOf('webhooks')['ReservedConcurrentExecutions']).to.equal(10);
    expect(functionOf('payments')).to.not.have.property('ReservedConcurrentExecutions');
  });
};

const SECRET = /^(STRIPE_SECRET_KEY|STRIPE_WEBHOOK_SECRETS|INTENT_SEAL_KEYS)/;
