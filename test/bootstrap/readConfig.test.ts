import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { isGiven, SETTING_NAMES } from '../../src/bootstrap/config.ts';
import { SECRET_NAMES } from '../../src/bootstrap/config/secretSchemas.ts';
import { createReadConfig } from '../../src/bootstrap/readConfig.ts';
import {
  parameterArnOf,
  secretArnOf,
  startSecretStore,
  type SecretStore,
} from '../support/secretStore.ts';
import { COMPLETE } from './completeEnvironment.ts';

const KEY_ARN = secretArnOf('stripe');
const SEALS_ARN = parameterArnOf('paidonce/seals');
const SEAL_KEYS = 'a-secret-of-the-payment-service-alone';

describe('Settings with secrets by ARN', () => {
  let store: SecretStore;
  let env: Readonly<Record<string, string>>;
  beforeEach(async () => {
    store = await startSecretStore();
    const { STRIPE_SECRET_KEY: _key, INTENT_SEAL_KEYS: _seals, ...others } = COMPLETE;
    env = {
      ...others,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: store.url,
      AWS_ENDPOINT_URL_SSM: store.url,
      STRIPE_SECRET_KEY_ARN: KEY_ARN,
      INTENT_SEAL_KEYS_ARN: SEALS_ARN,
    };
    store.kept.set(KEY_ARN, 'sk_test_kept');
    store.kept.set(SEALS_ARN, SEAL_KEYS);
  });
  afterEach(() => store.close());

  const mistakes = async (more: Readonly<Record<string, string>> = {}) =>
    (await createReadConfig({ ...env, ...more })(SETTING_NAMES)).match(
      () => [],
      (found) => found.map(({ name, wrong }) => `${name} ${wrong}`),
    );

  it('are read as if they were in the environment, each secret fetched once', async () => {
    const read = createReadConfig(env);
    const config = (await read(SETTING_NAMES))._unsafeUnwrap();
    await read(['STRIPE_SECRET_KEY']);

    expect(config).to.include({ STRIPE_SECRET_KEY: 'sk_test_kept' });
    expect(config.INTENT_SEAL_KEYS).to.deep.equal([SEAL_KEYS]);
    expect(Object.keys(config.secrets ?? {})).to.have.members([
      'STRIPE_SECRET_KEY',
      'INTENT_SEAL_KEYS',
    ]);
    expect(store.asked.toSorted()).to.deep.equal([KEY_ARN, SEALS_ARN]);
  });

  it('fetch no secret that nobody asks for, and none with the embedded servers', async () => {
    await createReadConfig(env)(['EVENTS_TABLE', 'STRIPE_API_URL']);
    const settings = {
      STRIPE_SECRET_KEY: 'sk_test_embedded',
      STRIPE_SECRET_KEY_ARN: '',
    };
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const read = createReadConfig(env, { embedded: { settings, credentials } });
    expect((await read(['STRIPE_SECRET_KEY']))._unsafeUnwrap()).to.include({
      STRIPE_SECRET_KEY: 'sk_test_embedded',
    });
    expect(store.asked).to.deep.equal([]);
  });

  it('are a mistake where a secret is given twice, or its ARN is none', async () => {
    expect(await mistakes({ STRIPE_SECRET_KEY: 'sk_test_too' })).to.deep.equal([
      'STRIPE_SECRET_KEY_ARN is set, and STRIPE_SECRET_KEY as well',
    ]);
    const wrong =
      'is not the ARN of a secret of Secrets Manager or of a parameter of Systems Manager';
    expect(await mistakes({ INTENT_SEAL_KEYS_ARN: 'whsec_pasted' })).to.deep.equal([
      `INTENT_SEAL_KEYS_ARN ${wrong}`,
    ]);
  });

  it('say what is wrong with what is kept, and nothing of it', async () => {
    store.kept.set(KEY_ARN, '{"key":"sk_test_kept"}');
    store.kept.set(SEALS_ARN, 'short');
    expect(await mistakes()).to.deep.equal([
      'STRIPE_SECRET_KEY_ARN names a text that is not a secret or restricted key of Stripe',
      'INTENT_SEAL_KEYS_ARN names a text that is not a list of secrets of 32 to 256 characters, ' +
        'parted by commas',
    ]);
  });

  it('say whether access is denied, nothing is there, or it is not reachable', async () => {
    store.kept.set(KEY_ARN, { error: 'AccessDeniedException', message: 'not authorized' });
    store.kept.delete(SEALS_ARN);
    expect(await mistakes()).to.deep.equal([
      'STRIPE_SECRET_KEY_ARN may not be read: access is denied ' +
        '(AccessDeniedException: not authorized)',
      'INTENT_SEAL_KEYS_ARN names nothing that exists (ParameterNotFound: as the test wants it)',
    ]);
    const nowhere = 'http://127.0.0.1:1';
    const found = await mistakes({
      AWS_ENDPOINT_URL_SECRETS_MANAGER: nowhere,
      AWS_ENDPOINT_URL_SSM: nowhere,
    });
    expect(found.map((text) => text.split(' (')[0])).to.deep.equal([
      'STRIPE_SECRET_KEY_ARN cannot be reached',
      'INTENT_SEAL_KEYS_ARN cannot be reached',
    ]);
  });

  it('report what is wrong on the way to AWS once, beside every other mistake', async () => {
    const found = await mistakes({ HTTPS_PROXY: 'ftp://proxy', MAIL_FROM: '' });
    expect(found).to.deep.equal([
      'HTTPS_PROXY is not the address of an HTTP proxy',
      'MAIL_FROM is missing',
    ]);
  });

  it('keep a test key away from the queues of AWS, wherever it is kept', async () => {
    expect(await mistakes({ ALLOW_TEST_KEY: 'false' })).to.deep.equal([
      'STRIPE_SECRET_KEY_ARN names a text that is a test key, and the queues are those of AWS ' +
        'itself',
    ]);
  });

  it('name both ways where a secret is missing, and count either as given', async () => {
    const read = createReadConfig({});
    for (const name of SECRET_NAMES) {
      const found = (await read([name]))._unsafeUnwrapErr();
      expect(found[0]?.remedy, name).to.include(`${name}_ARN`);
      expect(isGiven({ [`${name}_ARN`]: KEY_ARN }, name, {}), name).to.equal(true);
      expect(isGiven({}, name, {}), name).to.equal(false);
    }
  });
});
