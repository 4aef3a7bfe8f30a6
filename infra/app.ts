import { App } from 'aws-cdk-lib';
import { DataStack } from './dataStack.ts';
import { deploymentsOf, readParameters } from './parameters.ts';

const app = new App({ analyticsReporting: false });
for (const of of deploymentsOf(readParameters(app))) {
  new DataStack(app, `${of.name}-data`, { of });
}
app.synth();
