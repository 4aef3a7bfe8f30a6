import { App } from 'aws-cdk-lib';
import { DataStack } from './dataStack.ts';
import { deploymentsOf, readParameters } from './parameters.ts';
import { ServiceStack } from './serviceStack.ts';

const app = new App({ analyticsReporting: false });
for (const of of deploymentsOf(readParameters(app))) {
  const data = new DataStack(app, `${of.name}-data`, { of });
  const services = new ServiceStack(app, `${of.name}-services`, {
    of,
    secrets: data.secrets,
    customerKey: data.customerKey,
  });
  services.addStackDependency(data);
}
app.synth();
