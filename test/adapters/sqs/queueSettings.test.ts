import { expect } from 'chai';
import { queueSettings, wrongSettings } from '../../../src/adapters/sqs/queueSettings.ts';

const ARN = 'arn:aws:sqs:eu-central-1:1:payments-dlq';
const PLAN = {
  name: 'payments',
  deadLetterName: 'payments-dlq',
  visibilityMs: 60_000,
  maxReceiveCount: 7,
};
const WANTED = queueSettings(PLAN, ARN);
const names = (actual: Record<string, string>) =>
  wrongSettings(WANTED, actual).map(({ setting }) => setting);

describe('the settings of a queue', () => {
  it('are right however a server writes its policies', () => {
    const RedrivePolicy = `{ "maxReceiveCount": "7", "deadLetterTargetArn": "${ARN}" }`;
    expect(names({ ...WANTED, RedrivePolicy })).to.deep.equal([]);
  });

  it('are wrong without a redrive policy, or with another one', () => {
    const { RedrivePolicy: _, ...without } = WANTED;
    expect(names(without)).to.deep.equal(['RedrivePolicy']);
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: ARN, maxReceiveCount: 8 });
    expect(names({ ...WANTED, RedrivePolicy })).to.deep.equal(['RedrivePolicy']);
  });

  it('are wrong with a shorter visibility, and right with a longer one, as for Lambda', () => {
    expect(names({ ...WANTED, VisibilityTimeout: '59' })).to.deep.equal(['VisibilityTimeout']);
    expect(names({ ...WANTED, VisibilityTimeout: '1000' })).to.deep.equal([]);
  });

  it('are not judged where a server does not show them', () => {
    const { MessageRetentionPeriod: _, ...without } = WANTED;
    expect(names(without)).to.deep.equal([]);
  });
});
