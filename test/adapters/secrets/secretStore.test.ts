import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { createSsmClient, openSecretsManagerClient } from '../../../src/adapters/aws/clients.ts';
import { readSecretArn } from '../../../src/adapters/secrets/secretArn.ts';
import { createFetchSecret } from '../../../src/adapters/secrets/secretStore.ts';
import {
  parameterArnOf,
  SECRET_REGION,
  secretArnOf,
  startSecretStore,
  type SecretStore,
} from '../../support/secretStore.ts';

const FORMS = [
  ['Secrets Manager', secretArnOf('stripe')],
  ['Parameter Store', parameterArnOf('paidonce/stripe')],
] as const;

describe('A secret that is fetched', () => {
  let store: SecretStore;
  before(async () => {
    store = await startSecretStore();
  });
  after(() => store.close());

  const fetching = (arn: string, endpoint = store.url) => {
    const place = readSecretArn(arn);
    if (place === undefined) throw new Error(`no ARN of a secret: ${arn}`);
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const settings = { region: place.region, endpoint, credentials };
    return createFetchSecret(place, {
      secretsmanager: () => openSecretsManagerClient(settings),
      ssm: (Client) => createSsmClient(settings, Client),
    })();
  };

  for (const [service, arn] of FORMS) {
    it(`is read from ${service} in its own region, without the line break at its end`, async () => {
      store.kept.set(arn, 'sk_test_kept\n');
      expect((await fetching(arn))._unsafeUnwrap()).to.equal('sk_test_kept');
      expect([...store.scopes].some((scope) => scope.startsWith(`${SECRET_REGION}/`))).to.equal(
        true,
      );
    });

    it(`of ${service} is denied, missing or not reachable, and each is said`, async () => {
      store.kept.set(arn, { error: 'AccessDeniedException', message: 'not authorized' });
      expect((await fetching(arn))._unsafeUnwrapErr()).to.deep.equal({
        why: 'Denied',
        cause: 'AccessDeniedException: not authorized',
      });
      store.kept.delete(arn);
      expect((await fetching(arn))._unsafeUnwrapErr().why).to.equal('Missing');
      store.kept.set(arn, { error: 'InvalidRequestException' });
      expect((await fetching(arn))._unsafeUnwrapErr().why).to.equal('Refused');
      store.kept.set(arn, '');
      expect((await fetching(arn))._unsafeUnwrapErr()).to.deep.equal({
        why: 'Refused',
        cause: 'it holds no text',
      });
      // Nothing listens there.
      expect((await fetching(arn, 'http://127.0.0.1:1'))._unsafeUnwrapErr().why).to.equal(
        'Unreachable',
      );
    });
  }

  it('is asked for three times at most where the service throttles', async () => {
    const arn = secretArnOf('throttled');
    store.kept.set(arn, { error: 'ThrottlingException' });
    store.asked.length = 0;
    expect((await fetching(arn))._unsafeUnwrapErr().why).to.equal('Unreachable');
    expect(store.asked).to.deep.equal([arn, arn, arn]);
  });
});

describe('The ARN of a secret', () => {
  it('is one of Secrets Manager or of Parameter Store, in any partition', () => {
    for (const arn of [
      ...FORMS.map(([, form]) => form),
      'arn:aws-cn:secretsmanager:cn-north-1:111122223333:secret:paidonce/prod/stripe-AbCdEf',
      'arn:aws-us-gov:ssm:us-gov-west-1:111122223333:parameter/stripe',
    ]) {
      expect(readSecretArn(arn)?.arn, arn).to.equal(arn);
    }
  });

  it('is nothing else', () => {
    for (const text of [
      'sk_test_secret',
      'arn:aws:sqs:eu-west-1:111122223333:queue',
      'arn:aws:secretsmanager:eu-west-1:1111:secret:x-AbCdEf',
      'arn:aws:ssm:eu-west-1:111122223333:document/x',
      'arn:aws:ssm:eu-west-1:111122223333:parameter/x y',
      `${secretArnOf('x')}\n`,
    ]) {
      expect(readSecretArn(text), text).to.equal(undefined);
    }
  });
});
