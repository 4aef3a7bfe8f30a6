/** All that is used of an SDK with 150 operations: a bundle leaves out the others (ADR 0057). */
export { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
