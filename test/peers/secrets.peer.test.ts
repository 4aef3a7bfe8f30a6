import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { expect } from 'chai';
import type { Result } from 'neverthrow';
import { createSsmClient, openSecretsManagerClient } from '../../src/adapters/aws/clients.ts';
import { readSecretArn } from '../../src/adapters/secrets/secretArn.ts';
import { createFetchSecret, type SecretFailure } from '../../src/adapters/secrets/secretStore.ts';
import { PEER_CREDENTIALS, PEER_REGION } from '../support/peerEnvironment.ts';
import { peerUrl } from '../support/peerUrl.ts';

const FIRST = 'sk_test_of_yesterday';
const NEXT = 'sk_test_of_today';

describe('Secrets by ARN, at an independent server', () => {
  const settings = (region = PEER_REGION) => ({
    region,
    endpoint: peerUrl('PEER_MOTO_URL'),
    credentials: PEER_CREDENTIALS,
  });
  let secretsManager: SecretsManagerClient;
  let parameterStore: SSMClient;
  before(() => {
    secretsManager = new SecretsManagerClient(settings());
    parameterStore = new SSMClient(settings());
  });
  after(() => {
    secretsManager.destroy();
    parameterStore.destroy();
  });

  const fetched = async (arn: string): Promise<Result<string, SecretFailure>> => {
    const place = readSecretArn(arn);
    if (place === undefined) throw new Error(`no ARN of a secret: ${arn}`);
    return createFetchSecret(place, {
      secretsmanager: () => openSecretsManagerClient(settings(place.region)),
      ssm: (Client) => createSsmClient(settings(place.region), Client),
    })();
  };
  const makeSecret = async (value: Pick<CreateSecretCommand['input'], 'SecretBinary'> | string) => {
    const Name = `paidonce/${crypto.randomUUID()}`;
    const text = typeof value === 'string' ? { SecretString: value } : value;
    const made = await secretsManager.send(new CreateSecretCommand({ Name, ...text }));
    return String(made.ARN);
  };
  const makeParameter = async (Value: string) => {
    const Name = `/paidonce/${crypto.randomUUID()}`;
    await parameterStore.send(new PutParameterCommand({ Name, Value, Type: 'SecureString' }));
    const { Parameter } = await parameterStore.send(new GetParameterCommand({ Name }));
    return { name: Name, arn: String(Parameter?.ARN), kept: Parameter?.Value };
  };

  it('are read from Secrets Manager, a version on its way in not before it is current', async () => {
    const arn = await makeSecret(`${FIRST}\n`);
    expect((await fetched(arn))._unsafeUnwrap()).to.equal(FIRST);

    const change = { SecretId: arn, SecretString: NEXT };
    await secretsManager.send(
      new PutSecretValueCommand({ ...change, VersionStages: ['AWSPENDING'] }),
    );
    expect((await fetched(arn))._unsafeUnwrap()).to.equal(FIRST);
    await secretsManager.send(new PutSecretValueCommand(change));
    expect((await fetched(arn))._unsafeUnwrap()).to.equal(NEXT);
  });

  it('are read from Parameter Store as plain text, and again once changed', async () => {
    const { name, arn, kept } = await makeParameter(FIRST);
    // It is kept encrypted, so that what follows proves that it is asked for decrypted.
    expect(kept).not.to.equal(FIRST);
    expect((await fetched(arn))._unsafeUnwrap()).to.equal(FIRST);

    await parameterStore.send(
      new PutParameterCommand({ Name: name, Value: NEXT, Type: 'SecureString', Overwrite: true }),
    );
    expect((await fetched(arn))._unsafeUnwrap()).to.equal(NEXT);
  });

  it('are missing where nothing of that ARN is', async () => {
    const secret = await makeSecret(FIRST);
    const { arn: parameter } = await makeParameter(FIRST);
    for (const arn of [`${secret.slice(0, -6)}AbCdEf`, `${parameter}-not`]) {
      expect((await fetched(arn))._unsafeUnwrapErr(), arn).to.include({ why: 'Missing' });
    }
  });

  it('are refused where they hold no text, or are to be deleted', async () => {
    const bytes = await makeSecret({ SecretBinary: Buffer.from(FIRST) });
    expect((await fetched(bytes))._unsafeUnwrapErr()).to.deep.equal({
      why: 'Refused',
      cause: 'it holds no text',
    });
    const leaving = await makeSecret(FIRST);
    await secretsManager.send(new DeleteSecretCommand({ SecretId: leaving }));
    const { why, cause } = (await fetched(leaving))._unsafeUnwrapErr();
    expect(why).to.equal('Refused');
    expect(cause)
      .to.match(/^InvalidRequestException: .*deleted/)
      .and.not.include(FIRST);
  });
});
