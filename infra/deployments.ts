import { App, BootstraplessSynthesizer, type IStackSynthesizer } from 'aws-cdk-lib';
import { AlarmStack } from './alarmStack.ts';
import { checkByRules } from './checks.ts';
import { DataStack } from './dataStack.ts';
import { deploymentsOf, readParameters } from './parameters.ts';
import { ServiceStack } from './serviceStack.ts';

/** Synthesizes what the context names, where the CDK command or `synth.ts` wants it. */
export const synthesizeDeployments = (): void => {
  const app = new App({ analyticsReporting: false });
  const deployments = deploymentsOf(
    readParameters((name): unknown => app.node.tryGetContext(name)),
  );
  for (const of of deployments) {
    // A plain template asks for no account that CDK has prepared.
    const props = {
      of,
      ...(of.plain && { synthesizer: new BootstraplessSynthesizer() as IStackSynthesizer }),
    };
    const data = new DataStack(app, `${of.name}-data`, props);
    const { secrets, customerKey } = data;
    const services = new ServiceStack(app, `${of.name}-services`, {
      ...props,
      secrets,
      customerKey,
    });
    // Secrets are entered in between: what runs refuses to begin without them.
    services.addStackDependency(data);
    const alarms = new AlarmStack(app, `${of.name}-alarms`, props);
    alarms.addStackDependency(data);
  }
  checkByRules(app, deployments);
  app.synth();
};
