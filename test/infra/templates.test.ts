import { expect } from 'chai';
import { makeTemporaryFolder } from '../support/temporaryFolder.ts';
import { installInfra, refusalOf, synthesize, type Templates } from '../support/templates.ts';
import { describeAlarms } from './alarms.ts';
import { describeData } from './data.ts';
import { describeFunctions } from './functions.ts';
import { describeRoles } from './roles.ts';
import { describeStages } from './stages.ts';
import { describeTasks } from './tasks.ts';
import { describeInTurn, runsOf, someOf } from '../support/runs.ts';

const REFUSED = [
  ['mailFrom=nobody', 'mailFrom=… is needed'],
  ['stage=moon', 'stage=moon: it is one of dev, staging, prod'],
  ['moon', 'moon: it has to be NAME=VALUE'],
] as const;

/**
 * CDK's own checks of a template and those of cdk-nag end a synthesis, so that the tests below have
 * nothing to look at where one finds anything.
 */
describeInTurn(2, 'The templates of infra/', () => {
  let lambda: Templates = {};
  let ecs: Templates = {};
  let stages: Templates = {};

  before(async () => {
    const folder = await makeTemporaryFolder();
    await installInfra();
    const eventSource = 'aws.partner/stripe.com/ed_test';
    [lambda = {}, ecs = {}, stages = {}] = await synthesize([
      {
        out: `${folder.path}/lambda`,
        context: { stage: 'prod', eventSource },
        isChecked: true,
      },
      {
        out: `${folder.path}/ecs`,
        context: { stage: 'prod', flavour: 'ecs', image: 'example.com/paidonce@sha256:0' },
        // Most of what is checked is the same as above: on CI it is checked too.
        isChecked: runsOf(0, 1) === 1,
      },
      {
        out: `${folder.path}/stages`,
        context: {
          stage: 'dev,staging',
          flavour: 'ecs',
          image: 'example.com/paidonce:1',
          customerKeys: 'true',
          eventSource,
        },
        isChecked: false,
      },
    ]);
    await folder.remove();
  });

  it('are refused with a wrong parameter, by its name', async () => {
    for (const [parameter, why] of someOf(1, REFUSED)) {
      const { code, stderr } = await refusalOf(parameter);
      expect(code, parameter).to.equal(2);
      expect(stderr)
        .to.match(/^error: -c [^\n]*\n$/)
        .and.to.include(why);
    }
  });

  describeData(() => lambda['paidonce-prod-data']);
  describeRoles(
    () => lambda['paidonce-prod-services'],
    () => ecs['paidonce-prod-services'],
  );
  describeFunctions(() => lambda['paidonce-prod-services']);
  describeTasks(() => ecs['paidonce-prod-services']);
  describeAlarms(
    () => lambda['paidonce-prod-alarms'],
    () => ecs['paidonce-prod-alarms'],
  );
  describeStages(() => stages);
});
