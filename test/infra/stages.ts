import { expect } from 'chai';
import { propertiesOf } from '../support/templates.ts';
import type { Templates } from '../support/templates.ts';

/** Stages side by side in one account, here with keys of the customer. */
export const describeStages = (stages: () => Templates): void => {
  it('are the same for each stage but for its name', () => {
    for (const stack of ['data', 'services', 'alarms']) {
      const dev = JSON.stringify(stages()[`paidonce-dev-${stack}`]);
      const staging = JSON.stringify(stages()[`paidonce-staging-${stack}`]);
      const plain = (text: string, stage: string): string =>
        text
          .replaceAll(stage, 'STAGE')
          // How many tasks there may be is by the stage.
          .replaceAll(/"MaxCapacity":\d+/g, 'MAX')
          // Ids and names of exports end with a hash of the stack's name.
          .replaceAll(/STAGE(?:services|alarms|data)\w+/g, 'HASHED');

      expect(dev.length, stack).to.be.above(5_000);
      expect(plain(dev, 'dev')).to.equal(plain(staging, 'staging'));
    }
  });

  it('share no name of a resource', () => {
    const namesIn = (stage: string) =>
      Object.entries(stages())
        .filter(([stack]) => stack.startsWith(`paidonce-${stage}-`))
        .flatMap(([, { Resources }]) =>
          Object.values(Resources).flatMap(({ Properties }) =>
            Object.entries(Properties ?? {})
              .filter(([key]) => key.endsWith('Name') && !/^(MetricName|LogGroupName)$/.test(key))
              .map(([key, value]) => `${key} ${String(value)}`),
          ),
        )
        .filter((name) => name.includes('paidonce'));

    expect(namesIn('dev').length).to.be.above(30);
    expect(namesIn('dev').filter((name) => namesIn('staging').includes(name))).to.deep.equal([]);
  });

  it('encrypt queues, tables, topic, secrets and records with the customer’s key', () => {
    const data = stages()['paidonce-dev-data'];
    const has = (type: string, property: string) =>
      propertiesOf(data, type).map(([, all]) => JSON.stringify(all[property]) ?? '');
    for (const [type, property, count] of [
      ['AWS::SQS::Queue', 'KmsMasterKeyId', 4],
      ['AWS::DynamoDB::Table', 'SSESpecification', 3],
      ['AWS::SNS::Topic', 'KmsMasterKeyId', 1],
      ['AWS::SecretsManager::Secret', 'KmsKeyId', 4],
      ['AWS::Logs::LogGroup', 'KmsKeyId', 1],
    ] as const) {
      expect(has(type, property), type).to.have.length(count);
      for (const key of has(type, property)) expect(key, type).to.match(/"Key[0-9A-F]{8}"/);
    }
  });
};
