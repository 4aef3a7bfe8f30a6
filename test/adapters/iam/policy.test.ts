import { expect } from 'chai';
import { partitionOf, type PolicyPlace } from '../../../src/adapters/iam/place.ts';
import { policyOf, policyText, rowsLeftOut } from '../../../src/adapters/iam/policy.ts';
import { POLICY_ROLES } from '../../../src/adapters/iam/roles.ts';
import { EXAMPLE_PLACE } from '../../../src/bootstrap/exportPolicies.ts';
import { unpublished } from '../../support/iam/published.ts';
import { partitionsOf, regionsOf } from '../../support/partitions.ts';
import { parameterArnOf, secretArnOf } from '../../support/secretStore.ts';

describe('A policy', () => {
  const { topic, mailFrom, personalDataKey, ...bare } = EXAMPLE_PLACE;
  const keyStatement = (key: string) => {
    const place: PolicyPlace = { ...bare, personalDataKey: key };
    const { Statement } = policyOf(POLICY_ROLES.Checking, place);
    return Statement.find(({ Sid }) => Sid === 'UnwrapKeys');
  };

  it('is in the partition of its region, as the SDK knows it', () => {
    for (const partition of partitionsOf()) {
      for (const region of regionsOf(partition)) {
        expect(partitionOf(region), region).to.equal(partition.id);
      }
    }
    const { Statement } = policyOf(POLICY_ROLES.Webhooks, { ...bare, partition: 'aws-cn' });
    expect(Statement[0]?.Resource[0]).to.match(/^arn:aws-cn:sqs:/);
  });

  it('leaves out what the deployment has not', () => {
    const role = POLICY_ROLES.Payment;
    const sids = policyOf(role, bare).Statement.map(({ Sid }) => Sid);

    expect(rowsLeftOut(role, bare).map(({ sid }) => sid)).to.deep.equal([
      'UnwrapKeys',
      'PublishOrderEvents',
    ]);
    expect(sids).to.include('Append').and.not.include('UnwrapKeys');
    expect(
      rowsLeftOut(role, { ...bare, ...(topic && { topic }), personalDataKey: 'k' }),
    ).to.have.length(0);
    expect(rowsLeftOut(POLICY_ROLES.Notification, bare).map(({ sid }) => sid)).to.include('Mail');
    expect([mailFrom, personalDataKey]).to.not.include(undefined);
  });

  it('names a KMS key by its id or its ARN, and an alias by a condition', () => {
    const any = 'arn:aws:kms:eu-central-1:111122223333:key/*';
    const condition = { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': ['alias/a'] } };
    const byId = keyStatement('1234');
    const other = 'arn:aws:kms:eu-west-1:444455556666:';

    expect(byId?.Resource).to.deep.equal([any.replace('*', '1234')]);
    expect(byId).to.not.have.property('Condition');
    expect(keyStatement('alias/a')?.Resource).to.deep.equal([any]);
    expect(keyStatement('alias/a')?.Condition).to.deep.equal(condition);
    expect(keyStatement(`${other}key/1`)?.Resource).to.deep.equal([`${other}key/1`]);
    expect(keyStatement(`${other}alias/a`)?.Resource).to.deep.equal([`${other}key/*`]);
    expect(keyStatement(`${other}alias/a`)?.Condition).to.deep.equal(condition);
  });

  it('reads the secrets that its role needs, at the service that keeps each, and no other', () => {
    const secrets = {
      gatewayKey: secretArnOf('gateway'),
      webhookSecrets: parameterArnOf('webhooks'),
      sealKeys: secretArnOf('seals'),
      personalDataKeys: parameterArnOf('people'),
    };
    const { gatewayKey, webhookSecrets, sealKeys, personalDataKeys } = secrets;
    const get = (action: string, ...arns: readonly string[]) => `${action} on ${arns.join(', ')}`;
    const [SECRET, PARAMETER] = ['secretsmanager:GetSecretValue', 'ssm:GetParameter'];
    const expected: Readonly<Record<string, readonly string[]>> = {
      Payment: [get(SECRET, gatewayKey, sealKeys), get(PARAMETER, personalDataKeys)],
      Notification: [get(PARAMETER, personalDataKeys)],
      Reconciler: [get(SECRET, gatewayKey)],
      Webhooks: [get(PARAMETER, webhookSecrets)],
      Deciding: [get(SECRET, gatewayKey)],
      Binding: [get(SECRET, gatewayKey)],
      Looking: [get(PARAMETER, personalDataKeys)],
      Auditing: [get(SECRET, gatewayKey)],
      Checking: [
        get(SECRET, gatewayKey, sealKeys),
        get(PARAMETER, webhookSecrets, personalDataKeys),
      ],
    };
    for (const [name, role] of Object.entries(POLICY_ROLES)) {
      const ofSecrets = (place: PolicyPlace) =>
        policyOf(role, place).Statement.flatMap(({ Effect, Action, Resource }) =>
          Effect === 'Allow' && /^(?:secretsmanager|ssm):/.test(Action.join(' '))
            ? [get(Action.join(' '), ...Resource)]
            : [],
        );
      expect(ofSecrets({ ...bare, secrets }), name).to.deep.equal(expected[name] ?? []);
      expect(ofSecrets(bare), name).to.deep.equal([]);
    }
  });

  it('is printed as JSON that says the same, in lines of up to 100 columns', () => {
    for (const role of Object.values(POLICY_ROLES)) {
      const policy = policyOf(role, EXAMPLE_PLACE);
      const text = policyText(policy);

      expect(JSON.parse(text)).to.deep.equal(policy);
      expect(text.split('\n').filter((line) => line.length > 100)).to.deep.equal([]);
    }
  });

  it('names actions, resources and conditions as AWS publishes them', async () => {
    const policies = Object.values(POLICY_ROLES).map((role) => policyOf(role, EXAMPLE_PLACE));
    for (const { Sid, Action, Resource, Condition = {} } of policies.flatMap(
      ({ Statement }) => Statement,
    )) {
      const conditionKeys = Object.values(Condition).flatMap((keys) => Object.keys(keys));
      const wrong = await Promise.all(
        Action.map((action) =>
          Promise.all(Resource.map((resource) => unpublished({ action, resource, conditionKeys }))),
        ),
      );
      // What is about tables and about their backups stands in one statement.
      for (const [at, action] of Action.entries()) {
        const problems = wrong[at] ?? [];
        expect(problems, `${Sid} ${action}`).to.deep.include([]);
      }
      for (const [at, resource] of Resource.entries()) {
        const problems = wrong.map((ofAction) => ofAction[at]);
        expect(problems, `${Sid} ${resource}`).to.deep.include([]);
      }
    }
  });

  it('has statements whose names are IAM’s, and one name once', () => {
    for (const [name, role] of Object.entries(POLICY_ROLES)) {
      const sids = role.rows.map(({ sid }) => sid);
      expect(new Set(sids).size, name).to.equal(sids.length);
      for (const sid of sids) expect(sid).to.match(/^[A-Za-z0-9]+$/);
    }
  });
});
