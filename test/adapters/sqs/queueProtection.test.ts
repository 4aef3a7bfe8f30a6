import { expect } from 'chai';
import { protectionIn, tlsOnlyPolicy } from '../../../src/adapters/sqs/queueProtection.ts';

const ARN = 'arn:aws:sqs:eu-central-1:111122223333:payments';
const SHOWN = { QueueArn: ARN, SqsManagedSseEnabled: 'true' };

type Denial = Readonly<Record<string, unknown>>;
const { Statement } = JSON.parse(tlsOnlyPolicy(ARN)) as { readonly Statement: readonly Denial[] };
const [DENIAL = {}] = Statement;
const policyOf = (statement: unknown) =>
  protectionIn({ ...SHOWN, Policy: JSON.stringify({ Statement: statement }) })?.policy;

describe('The protection of a queue', () => {
  it('is not judged where a server says nothing of encryption', () => {
    expect(protectionIn({ QueueArn: ARN, Policy: tlsOnlyPolicy(ARN) })).to.equal(undefined);
  });

  it('has a key of its own, that of SQS, or none', () => {
    const keyOf = (attributes: Readonly<Record<string, string>>) =>
      protectionIn({ QueueArn: ARN, ...attributes })?.key;
    expect(keyOf({ SqsManagedSseEnabled: 'true' })).to.equal('own');
    expect(keyOf({ SqsManagedSseEnabled: 'false' })).to.equal('none');
    expect(keyOf({ SqsManagedSseEnabled: 'false', KmsMasterKeyId: 'alias/a' })).to.deep.equal({
      kms: 'alias/a',
    });
  });

  it('says whether its dead letters come from the queues that it names', () => {
    expect(protectionIn(SHOWN)?.limitsRedrive).to.equal(false);
    expect(protectionIn({ ...SHOWN, RedriveAllowPolicy: '{}' })?.limitsRedrive).to.equal(true);
  });

  it('lets nobody in without TLS, in every way in which a policy can say so', () => {
    expect(protectionIn({ ...SHOWN, Policy: tlsOnlyPolicy(ARN) })?.policy).to.equal('tlsOnly');
    for (const said of [
      { Principal: '*' },
      { Principal: { AWS: ['*'] } },
      { Action: ['SQS:*'] },
      { Resource: '*' },
      { Condition: { Bool: { 'AWS:securetransport': [false] } } },
    ]) {
      expect(
        policyOf([{ Effect: 'Allow' }, { ...DENIAL, ...said }]),
        JSON.stringify(said),
      ).to.equal('tlsOnly');
    }
    expect(policyOf(DENIAL)).to.equal('tlsOnly');
  });

  it('lets somebody in without TLS where a policy says anything less', () => {
    for (const said of [
      { Effect: 'Allow' },
      { Principal: { AWS: 'arn:aws:iam::111122223333:root' } },
      { Principal: { Service: '*' } },
      { Action: 'sqs:SendMessage' },
      { Resource: `${ARN}-dlq` },
      { Condition: { Bool: { 'aws:SecureTransport': 'true' } } },
      { Condition: { BoolIfExists: { 'aws:SecureTransport': 'false' } } },
      {
        Condition: {
          Bool: { 'aws:SecureTransport': 'false' },
          StringEquals: { 'aws:SourceAccount': '111122223333' },
        },
      },
      { Condition: { Bool: { 'aws:SecureTransport': 'false', 'aws:ViaAWSService': 'false' } } },
      { Condition: undefined },
    ]) {
      expect(policyOf({ ...DENIAL, ...said }), JSON.stringify(said)).to.equal('other');
    }
    expect(protectionIn(SHOWN)?.policy).to.equal('none');
    for (const Policy of ['no JSON', '[]', '{"Statement":null}']) {
      expect(protectionIn({ ...SHOWN, Policy })?.policy, Policy).to.equal('other');
    }
  });
});
