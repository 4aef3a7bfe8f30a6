import { Validations, type App } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { namesOf } from './names.ts';
import type { Deployment } from './parameters.ts';

type Acknowledgement = { readonly id: string; readonly reason: string };

const wildcard = (resource: string, reason: string): Acknowledgement => ({
  id: `AwsSolutions::AwsSolutions-IAM5[Resource::${resource}]`,
  reason,
});

const here = (service: string, resource: string): string =>
  `arn:<AWS::Partition>:${service}:<AWS::Region>:<AWS::AccountId>:${resource}`;

/** Findings of cdk-nag that are meant so. Any other one ends the synthesis. */
const acknowledged = (of: Deployment): readonly Acknowledgement[] => {
  const { tables, logGroup } = namesOf(of);
  return [
    wildcard(
      here('dynamodb', `table/${tables.invoices}*`),
      'Invoices are rebuilt into a table beside the first, of a name with that beginning (ADR 0017)',
    ),
    wildcard(
      here('kms', 'key/*'),
      'A condition limits it to the key with the alias of personal data, whose id may change',
    ),
    wildcard(
      here('logs', `log-group:${logGroup}:*`),
      'Each process writes a log stream of its own name in that one group',
    ),
    {
      id: 'AwsSolutions::AwsSolutions-SMG4',
      reason: 'Keys are rolled at Stripe by people; seals need their old keys',
    },
    {
      id: 'AwsSolutions::AwsSolutions-DDB3',
      reason: 'The invoices alone have none: `replay invoices` makes them from the log again',
    },
    ...(of.flavour === 'lambda'
      ? [wildcard('*', 'ses:GetAccount knows no resource')]
      : [
          wildcard(
            '*',
            'ses:GetAccount and ecr:GetAuthorizationToken know no resource, and the registry of the image is whichever is given',
          ),
          wildcard(
            'arn:<AWS::Partition>:ecs:<AWS::Region>:*:task/<ClusterEB0386A7>/*',
            'A task that is to be started has no id yet; the cluster is the deployment’s own',
          ),
          {
            id: 'AwsSolutions::AwsSolutions-ECS2',
            reason: 'Settings are no secrets; those that are come from Secrets Manager',
          },
        ]),
  ];
};

/** The rules of cdk-nag. An error ends the synthesis. */
export const checkByRules = (app: App, deployments: readonly Deployment[]): void => {
  const validations = Validations.of(app);
  validations.addPlugins(new AwsSolutionsChecks(app));
  const all = deployments.flatMap(acknowledged);
  const different = new Map(all.map((each) => [each.id, each]));
  for (const each of different.values()) validations.acknowledge(each);
};
