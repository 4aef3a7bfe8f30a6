import { expect } from 'chai';
import { POLICY_ROLES } from '../../../src/adapters/iam/roles.ts';
import type { PolicyDocument } from '../../../src/adapters/iam/policy.ts';
import { jsonLines, run } from '../../support/cli.ts';

describe('paidonce policies', () => {
  const region = { AWS_REGION: 'eu-central-1' };
  const account = ['--account', '111122223333'];

  it('lists the roles and their commands, for which it needs nothing', async () => {
    const { code, stdout } = await run(['policies'], { env: {} });

    expect(code).to.equal(0);
    expect(stdout.trim().split('\n')).to.have.length(Object.keys(POLICY_ROLES).length + 1);
    expect(stdout).to.match(/^Erasing +erase$/m);
  });

  it('prints a policy with the names of the settings, and others with the prefix', async () => {
    const env = {
      ...region,
      PAYMENTS_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/444455556666/cash',
      ORDER_EVENTS_TOPIC_ARN: 'arn:aws:sns:eu-central-1:444455556666:heard',
      PERSONAL_DATA_KEY: `kms:alias/people,local:${'A'.repeat(43)}=`,
      EVENTS_TABLE: 'history',
    };
    const args = ['policies', 'Payment', '--prefix', 'shop'];
    const { code, stdout, stderr } = await run(args, { env });
    const text = JSON.stringify(JSON.parse(stdout) as PolicyDocument);

    expect(code).to.equal(0);
    expect(stderr).to.equal('');
    for (const arn of [
      'arn:aws:sqs:eu-central-1:444455556666:cash',
      'arn:aws:sqs:eu-central-1:444455556666:shop-payments-dlq',
      'arn:aws:dynamodb:eu-central-1:444455556666:table/history',
      'arn:aws:sns:eu-central-1:444455556666:heard',
      'arn:aws:logs:eu-central-1:444455556666:log-group:/shop:*',
      'alias/people',
    ]) {
      expect(text).to.include(`"${arn}"`);
    }
  });

  it('says which statements are left out, and why', async () => {
    const lines = await run(['policies', 'Notification', ...account], { env: region });
    const publishing = await run(['policies', 'Publishing', ...account, '--subscriber', 'q'], {
      env: region,
    });

    expect(lines.stderr).to.match(/Mail is left out, since there is no MAIL_FROM/);
    expect(lines.stdout).to.not.include('ses:SendEmail');
    expect(publishing.stdout).to.include(':q"');
    expect(publishing.stderr).to.not.include('--subscriber');
  });

  it('prints all with --json, a line for each role', async () => {
    const { stdout } = await run(['policies', '--json', ...account], { env: region });

    expect(jsonLines(stdout).map(({ role }) => role)).to.deep.equal(Object.keys(POLICY_ROLES));
  });

  it('refuses what is no account, queue, prefix or role, and guesses no account', async () => {
    const refused: readonly (readonly [args: readonly string[], why: RegExp])[] = [
      [['policies', 'Webhooks'], /give --account/],
      [['policies', 'Webhooks', '--account', '1'], /not 12 digits/],
      [['policies', 'Webhooks', ...account, '--subscriber', 'a b'], /subscriber/],
      [['policies', 'Webhooks', ...account, '--prefix', ''], /prefix/],
      [['policies', 'Everything', ...account], /Everything/],
    ];
    for (const [args, why] of refused) {
      const { code, stderr, stdout } = await run(args, { env: region });
      expect([code, stdout], args.join(' ')).to.deep.equal([2, '']);
      expect(stderr).to.match(why);
    }
  });
});
