import { Stack, type StackProps, Tags } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { DeploymentSecrets } from './dataStack.ts';
import { createFunctions } from './functions.ts';
import type { Deployment } from './parameters.ts';
import { createTasks } from './tasks.ts';

export type ServiceStackProps = StackProps & {
  readonly of: Deployment;
  readonly secrets: DeploymentSecrets;
  readonly customerKey: IKey | undefined;
  /** The folder with the bundle of the functions; without it, where `package:lambda` puts it. */
  readonly bundle?: string;
};

/** What runs: it holds nothing, and may be taken away and made again at any time. */
export class ServiceStack extends Stack {
  constructor(scope: Construct, id: string, props: ServiceStackProps) {
    super(scope, id, props);
    Tags.of(this).add('paidonce:stage', props.of.stage);
    if (props.of.flavour === 'lambda') createFunctions(this, props);
    else createTasks(this, props);
  }
}
