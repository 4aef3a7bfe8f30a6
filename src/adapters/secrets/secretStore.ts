import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { err, ok, type Result, ResultAsync } from 'neverthrow';
import { isClientFault, isWithoutAccess, readAwsError } from '../aws/errors.ts';
import type { SecretArn } from './secretArn.ts';

/** `cause` is what the service says, without any value. */
export type SecretFailure = {
  readonly why: 'Denied' | 'Missing' | 'Unreachable' | 'Refused';
  readonly cause: string;
};

/** Asks for the text of one secret; never rejects. */
export type FetchSecret = () => ResultAsync<string, SecretFailure>;

/** The SDKs are loaded, and the clients made, with the first call. */
export type OpenSecretClients = {
  readonly secretsmanager: () => Promise<Pick<SecretsManagerClient, 'send'>>;
  readonly ssm: (Client: typeof SSMClient) => Pick<SSMClient, 'send'>;
};

/**
 * Fetches what a parameter or a secret holds now; a secret's version that is on its way in is not
 * used.
 */
export const createFetchSecret = (
  { service, arn }: SecretArn,
  open: OpenSecretClients,
): FetchSecret => {
  let secretsManager: ReturnType<OpenSecretClients['secretsmanager']> | undefined;
  let parameterStore: ReturnType<OpenSecretClients['ssm']> | undefined;

  const askSecretsManager = async (): Promise<string | undefined> => {
    secretsManager ??= open.secretsmanager();
    const { GetSecretValueCommand } = await import('@aws-sdk/client-secrets-manager');
    const client = await secretsManager;
    return (await client.send(new GetSecretValueCommand({ SecretId: arn }))).SecretString;
  };
  const askParameterStore = async (): Promise<string | undefined> => {
    const { GetParameterCommand, SSMClient: Client } = await import('./parameterStoreSdk.ts');
    parameterStore ??= open.ssm(Client);
    const asked = new GetParameterCommand({ Name: arn, WithDecryption: true });
    return (await parameterStore.send(asked)).Parameter?.Value;
  };

  const ask = service === 'ssm' ? askParameterStore : askSecretsManager;
  return () => ResultAsync.fromThrowable(ask, failureOf)().andThen(textIn);
};

/** Files and `echo` end in a line break, and none of the secrets has a blank at its ends. */
const textIn = (text: string | undefined): Result<string, SecretFailure> =>
  text === undefined || text.trim() === ''
    ? err({ why: 'Refused', cause: 'it holds no text' })
    : ok(text.trim());

const MISSING: ReadonlySet<string> = new Set([
  'ParameterNotFound',
  'ParameterVersionNotFound',
  'ResourceNotFoundException',
]);

/** A principal's name and the ARN are in it at most. */
const CAUSE_CHARACTERS_MAX = 300;

const failureOf = (thrown: unknown): SecretFailure => {
  const error = readAwsError(thrown);
  const cause = error.cause.slice(0, CAUSE_CHARACTERS_MAX);
  if (error.throttled) return { why: 'Unreachable', cause };
  if (isWithoutAccess(error)) return { why: 'Denied', cause };
  if (MISSING.has(error.name)) return { why: 'Missing', cause };
  return { why: isClientFault(error) ? 'Refused' : 'Unreachable', cause };
};
