import { expect } from 'chai';
import fc from 'fast-check';
import { ok } from 'neverthrow';
import { DEFAULT_DELIVERY_SETTINGS } from '../../src/application/delivery/settings.ts';
import {
  awsSettings,
  AWS_SETTINGS,
  deliverySettings,
  HEALTH_SETTINGS,
  overridden,
  parseConfig,
  SETTING_NAMES,
} from '../../src/bootstrap/config.ts';
import {
  AWS_CALL_MAX_MS,
  CLAIM_TO_MAIL_MAX_MS,
  handlerTimeMaxMs,
} from '../../src/bootstrap/config/timeBounds.ts';
import { queuePlan } from '../../src/bootstrap/config/queueSettings.ts';
import { partitionsOf, regionsOf } from '../support/partitions.ts';
import { COMPLETE, mistakesOf } from './completeEnvironment.ts';
import { aws } from '../../src/bootstrap/modules/aws.ts';
import { settingsOf } from '../../src/bootstrap/openServices.ts';

describe('parseConfig', () => {
  it('reads a complete environment, with the defaults of what may be left out', () => {
    const config = parseConfig(COMPLETE, { needs: SETTING_NAMES })._unsafeUnwrap();

    const { INTENT_SEAL_KEYS: key, PERSONAL_DATA_KEY, ...others } = COMPLETE;
    const { STRIPE_WEBHOOK_SECRETS: signing, ...same } = others;
    expect(config).to.include({ ...same, GATEWAY_TIMEOUT_MS: 10_000 });
    expect(config.INTENT_SEAL_KEYS).to.deep.equal([key]);
    expect(config.STRIPE_WEBHOOK_SECRETS).to.deep.equal([signing]);
    expect(config.WEBHOOK_PORT).to.equal(4_242);
    const [, secret = ''] = PERSONAL_DATA_KEY.split(':');
    expect(config.PERSONAL_DATA_KEY).to.deep.equal([
      { type: 'Local', key: Buffer.from(secret, 'base64') },
    ]);
    expect(config.GATEWAY_RESEND_HORIZON_MS).to.equal(1_800_000);
    expect(deliverySettings(config)).to.deep.equal(DEFAULT_DELIVERY_SETTINGS);
  });

  it('reports every mistake at once, each with its remedy', () => {
    const mistakes = mistakesOf({
      ...COMPLETE,
      AWS_REGION: 'Frankfurt',
      PAYMENTS_QUEUE_URL: 'payments',
      NOTIFICATIONS_QUEUE_URL: 'https://sqs/1/notices.fifo',
      EVENTS_TABLE: '',
      LOG_GROUP: 'aws/mine',
      STRIPE_SECRET_KEY: 'pk_test_1',
      MAIL_FROM: 'me@example.com, you@example.com',
      WORKER_CONCURRENCY: 'many',
      STRIPE_API_URL: 'https://user:secret@host/',
    });

    expect(mistakes.map(({ name }) => name)).to.have.members([
      'AWS_REGION',
      'PAYMENTS_QUEUE_URL',
      'NOTIFICATIONS_QUEUE_URL',
      'EVENTS_TABLE',
      'LOG_GROUP',
      'STRIPE_SECRET_KEY',
      'MAIL_FROM',
      'WORKER_CONCURRENCY',
      'STRIPE_API_URL',
    ]);
    expect(mistakes.find(({ name }) => name === 'EVENTS_TABLE')?.wrong).to.equal('is missing');
    expect(mistakes.every(({ remedy }) => remedy.length > 20)).to.equal(true);
  });

  it('takes a test key with the queues of AWS itself only where that is allowed', () => {
    const { ALLOW_TEST_KEY: _, ...env } = COMPLETE;
    const [mistake, ...more] = mistakesOf(env);
    expect(mistake).to.include({
      name: 'STRIPE_SECRET_KEY',
      wrong: 'is a test key, and the queues are those of AWS itself',
    });
    expect(more).to.deep.equal([]);
    expect(mistakesOf({ ...env, STRIPE_SECRET_KEY: 'rk_live_1' })).to.deep.equal([]);
    const local = { ...env, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };
    expect(mistakesOf(local)).to.deep.equal([]);
    for (const host of [
      'sqs.eu-central-1.amazonaws.com',
      'vpce-1.sqs.eu-central-1.vpce.amazonaws.com',
      'sqs.eu-central-1.api.aws',
      'sqs.cn-north-1.amazonaws.com.cn',
    ]) {
      const named = mistakesOf({ ...local, AWS_ENDPOINT_URL_SQS: `https://${host}` });
      expect(
        named.map(({ name }) => name),
        host,
      ).to.deep.equal(['STRIPE_SECRET_KEY']);
    }
    const elsewhere = { ...env, AWS_ENDPOINT_URL_SQS: 'http://amazonaws.com.example.com' };
    expect(mistakesOf(elsewhere)).to.deep.equal([]);
    expect(mistakesOf({ ...env, STRIPE_SECRET_KEY: 'sk_test_as_live_1' })).to.have.length(1);
    const ignored = { ...local, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' };
    expect(mistakesOf(ignored).map(({ name }) => name)).to.deep.equal(['STRIPE_SECRET_KEY']);
    expect(mistakesOf({ ...env, ALLOW_TEST_KEY: 'false' })).to.have.length(1);
  });

  it('takes a list of who may refund, and refuses one that would let nobody or anybody', () => {
    const idsOf = (text: string) =>
      parseConfig({ REFUND_SENDER_IDS: text }, { needs: ['REFUND_SENDER_IDS'] }).map(
        ({ REFUND_SENDER_IDS: ids }) => ids,
      );
    const [role, user] = ['AROAEXAMPLEEXAMPLE012', 'AIDAEXAMPLEEXAMPLE012'];

    expect(mistakesOf(COMPLETE)).to.deep.equal([]);
    expect(idsOf(role)).to.deep.equal(ok([role]));
    const several = [`${role}:ada@example.com`, user, '000000000000'];
    expect(idsOf(several.join(','))).to.deep.equal(ok(several));
    for (const wrong of [
      '',
      ' ',
      ',',
      `${role},`,
      `,${role}`,
      `${role}, ${user}`,
      `${role} `,
      `${role}\n`,
      `${role};${user}`,
      `${role}:`,
      `:${role}`,
      `${role}:a:b`,
      `${role}:*`,
      '*',
      'AROA*',
      'AROA',
      'arn:aws:iam::111122223333:role/support',
      Array.from({ length: 51 }, () => role).join(','),
    ]) {
      expect(idsOf(wrong).isErr(), JSON.stringify(wrong)).to.equal(true);
    }
  });

  it('sends from an international domain in Punycode', () => {
    const env = { ...COMPLETE, MAIL_FROM: 'receipts@bücher.example' };
    const config = parseConfig(env, { needs: ['MAIL_FROM'] })._unsafeUnwrap();
    expect(config.MAIL_FROM).to.equal('receipts@xn--bcher-kva.example');
  });

  it('takes a link that leads to a document, and a language that there is', () => {
    const wrongIn = (env: Readonly<Record<string, string>>) =>
      mistakesOf({ ...COMPLETE, ...env }).map(({ name }) => name);
    for (const link of [
      'https://shop.example/invoices/{orderId}',
      'http://127.0.0.1:8080/d?of={number}&order={orderId}',
    ]) {
      expect(wrongIn({ INVOICE_DELIVERY: 'link', INVOICE_LINK: link }), link).to.deep.equal([]);
    }
    for (const link of [
      'https://shop.example/invoices',
      'https://{orderId}.example/',
      'https://ada:secret@shop.example/{orderId}',
      'javascript:alert({orderId})',
      'https://shop.example/{customer}/{orderId}',
      'https://shop.example/"><b>{orderId}',
      `https://shop.example/${'x'.repeat(400)}{orderId}`,
    ]) {
      expect(wrongIn({ INVOICE_LINK: link }), link).to.deep.equal(['INVOICE_LINK']);
    }
    expect(wrongIn({ DEFAULT_LANGUAGE: 'de' })).to.deep.equal([]);
    expect(wrongIn({ DEFAULT_LANGUAGE: 'de-AT' })).to.deep.equal(['DEFAULT_LANGUAGE']);
    expect(wrongIn({ INVOICE_DELIVERY: 'fax' })).to.deep.equal(['INVOICE_DELIVERY']);
  });

  it('never repeats a value, whichever variable it is under', () => {
    // A whole number within its range is no secret, and may be what another has to be above.
    const anyValue = fc.stringMatching(/^[!-~]{6,40}$/).filter((text) => !/^\d+$/.test(text));
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...SETTING_NAMES), anyValue, { minKeys: 1 }),
        (wrong) => {
          const mistakes = JSON.stringify(mistakesOf({ ...COMPLETE, ...wrong }));
          for (const value of Object.values(wrong)) {
            // What the fixed texts hold anyway says nothing about the value.
            if (FIXED_TEXTS.includes(value)) continue;
            expect(mistakes).not.to.include(JSON.stringify(value).slice(1, -1));
          }
        },
      ),
    );
  });

  it('opens no health endpoint unless its port is set', () => {
    const health = (env: Readonly<Record<string, string>>) =>
      parseConfig(env, { needs: HEALTH_SETTINGS })._unsafeUnwrap();

    expect(health({})).to.deep.equal({ HEALTH_PORT: undefined, HEALTH_HOST: undefined });
    const set = { HEALTH_PORT: '8080', HEALTH_HOST: '::1' };
    expect(health(set)).to.deep.equal({ HEALTH_PORT: 8080, HEALTH_HOST: '::1' });
    expect(health({ HEALTH_PORT: '0' })).to.include({ HEALTH_PORT: 0 });
    for (const wrong of ['-1', '65536', '80.5', 'http']) {
      expect(mistakesOf({ HEALTH_PORT: wrong }, HEALTH_SETTINGS)).to.have.length(1);
    }
    expect(mistakesOf({ HEALTH_HOST: 'example.com' }, HEALTH_SETTINGS)).to.have.length(1);
  });

  it('takes no namespace of AWS’s own, no share of nothing, and bytes for a whole batch', () => {
    const wrong = { METRICS_NAMESPACE: 'AWS/SQS', WORKER_GROUP_SHARE: '0', HELD_BYTES_MAX: '1000' };
    const names = mistakesOf({ ...COMPLETE, ...wrong }).map(({ name }) => name);

    expect(names).to.have.members(Object.keys(wrong));
    const env = { ...COMPLETE, WORKER_GROUP_SHARE: '7' };
    const config = parseConfig(env, { needs: SETTING_NAMES })._unsafeUnwrap();
    expect(deliverySettings(config).groupShare).to.equal(0.07);
  });

  it('asks a command for its own settings only', () => {
    const adapters = aws({ service: 'test' });
    expect(
      mistakesOf({}, settingsOf(adapters, { services: ['replayInvoices'] })).map(
        ({ name }) => name,
      ),
    ).to.deep.equal(['AWS_REGION', 'EVENTS_TABLE', 'INVOICES_TABLE']);
    expect(
      mistakesOf({}, settingsOf(adapters, { services: ['submitOrders'] })).map(({ name }) => name),
    ).to.deep.equal(['AWS_REGION', 'PAYMENTS_QUEUE_URL', 'NOTIFICATIONS_QUEUE_URL']);
  });

  it('refuses queues that are the same one', () => {
    const { PAYMENTS_QUEUE_URL } = COMPLETE;
    expect(
      mistakesOf({ ...COMPLETE, PAYMENTS_DLQ_URL: PAYMENTS_QUEUE_URL }).map(({ wrong }) => wrong),
    ).to.deep.equal(['is the same queue as PAYMENTS_QUEUE_URL']);
    expect(mistakesOf({ ...COMPLETE, NOTIFICATIONS_QUEUE_URL: PAYMENTS_QUEUE_URL })).to.have.length(
      1,
    );
  });

  it('refuses to send a live key unencrypted', () => {
    const live = { ...COMPLETE, STRIPE_SECRET_KEY: 'sk_live_1' };
    expect(mistakesOf({ ...live, STRIPE_API_URL: 'http://127.0.0.1:1' })).to.have.length(1);
    expect(mistakesOf({ ...live, STRIPE_API_URL: 'https://127.0.0.1:1' })).to.have.length(0);
  });

  it('lets a handler end before its lease does, at the worst of every call', () => {
    const config = parseConfig(COMPLETE, { needs: SETTING_NAMES })._unsafeUnwrap();
    const longest = handlerTimeMaxMs({ gatewayTimeoutMs: config.GATEWAY_TIMEOUT_MS });
    const { leaseMs, visibilityMs } = deliverySettings(config);

    expect(longest.payments).to.be.below(leaseMs);
    expect(longest.notifications).to.be.below(leaseMs);
    // A renewal is asked for at six tenths at the latest, and has to come through before nine.
    expect(visibilityMs * 0.3).to.be.above(5_000);
    expect(config.NOTIFICATION_LEASE_MS).to.be.above(CLAIM_TO_MAIL_MAX_MS);
    expect(CLAIM_TO_MAIL_MAX_MS).to.be.above(AWS_CALL_MAX_MS);
  });

  it('lets a queue hide a message for longer than any handler takes, with a margin', () => {
    for (const GATEWAY_TIMEOUT_MS of ['1000', '10000', '120000']) {
      const env = { ...COMPLETE, GATEWAY_TIMEOUT_MS, HANDLER_TIMEOUT_MS: '1200000' };
      const slow = { ...env, DRAIN_TIMEOUT_MS: '130000' };
      const config = parseConfig(slow, { needs: SETTING_NAMES })._unsafeUnwrap();
      const gateway = { gatewayTimeoutMs: config.GATEWAY_TIMEOUT_MS };
      const longest = handlerTimeMaxMs(gateway);
      const { visibilityMs } = queuePlan(gateway);

      for (const handlerMs of [longest.payments, longest.notifications]) {
        // The answer to the receive, and the delete.
        expect(handlerMs).to.be.at.most(visibilityMs - 2 * AWS_CALL_MAX_MS);
      }
      // SQS takes whole seconds, 12 hours at most.
      expect(visibilityMs % 1_000).to.equal(0);
      expect(visibilityMs).to.be.below(43_200_000);
    }
  });

  it('counts for a handler every call that the adapters may make for it', () => {
    const gatewayTimeoutMs = 10_000;
    const longest = handlerTimeMaxMs({ gatewayTimeoutMs });

    expect(AWS_CALL_MAX_MS).to.equal(3 * 5_000 + 13_000);
    // The series' ends, the order, the series again; four appends, each tried and looked for three
    // times; a notice that is sent again once. The gateway is asked for the payment, and then to
    // refund it.
    const paymentCalls = 3 + 4 * 6 + 2;
    expect(longest.payments).to.equal(paymentCalls * AWS_CALL_MAX_MS + 2 * gatewayTimeoutMs);
    // The order, the claim and the confirmation; a mail is tried once.
    expect(longest.notifications).to.equal((1 + 6 + 6) * AWS_CALL_MAX_MS + 5_000);
  });

  it('takes the embedded settings instead of the environment’s, and says which', () => {
    const embedded = {
      settings: { EVENTS_TABLE: 'embedded-events', AWS_REGION: 'us-east-1' },
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    };
    const config = parseConfig(COMPLETE, {
      needs: ['AWS_REGION', 'EVENTS_TABLE'],
      embedded,
    })._unsafeUnwrap();

    expect(config.EVENTS_TABLE).to.equal('embedded-events');
    expect(config.credentials).to.deep.equal(embedded.credentials);
    expect(overridden(COMPLETE, embedded)).to.deep.equal(['EVENTS_TABLE']);
  });
});

describe('awsSettings', () => {
  const settings = (env: Readonly<Record<string, string>>) => {
    const config = parseConfig({ AWS_REGION: 'eu-central-1', ...env }, { needs: AWS_SETTINGS.SQS });
    return awsSettings(config._unsafeUnwrap(), 'SQS');
  };

  it('leaves the endpoint to the SDK where none is set', () => {
    expect(settings({})).to.deep.equal({
      region: 'eu-central-1',
      parts: 'lean',
      fips: false,
      dualStack: false,
      proxies: {},
    });
  });

  it('takes the endpoint of the service before the one of all services', () => {
    const all = { AWS_ENDPOINT_URL: 'http://all:1' };
    expect(settings(all).endpoint).to.equal('http://all:1');
    expect(settings({ ...all, AWS_ENDPOINT_URL_SQS: 'http://sqs:2' }).endpoint).to.equal(
      'http://sqs:2',
    );
  });

  it('uses no endpoint where the SDK is set to ignore them', () => {
    const env = { AWS_ENDPOINT_URL: 'http://all:1', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' };
    expect(settings(env).endpoint).to.equal(undefined);
  });

  it('asks for FIPS and IPv6 as the SDK does, and not where an address is given', () => {
    expect(settings({ AWS_USE_FIPS_ENDPOINT: 'true' }).fips).to.equal(true);
    expect(settings({ AWS_USE_DUALSTACK_ENDPOINT: 'true' }).dualStack).to.equal(true);
    const address = { AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL_SQS: 'http://sqs:2' };
    for (const name of ['AWS_USE_FIPS_ENDPOINT', 'AWS_USE_DUALSTACK_ENDPOINT']) {
      const both = { ...address, [name]: 'true' };
      expect(mistakesOf(both, AWS_SETTINGS.SQS).map((mistake) => mistake.name)).to.deep.equal([
        name,
      ]);
      expect(mistakesOf(both, AWS_SETTINGS.DYNAMODB)).to.deep.equal([]);
      const ignored = { ...both, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' };
      expect(mistakesOf(ignored, AWS_SETTINGS.SQS)).to.deep.equal([]);
    }
  });

  it('takes the proxies by either of their names, the lower first, and no other kind', () => {
    const env = { HTTPS_PROXY: 'http://a:1', http_proxy: 'b:2', HTTP_PROXY: 'c:3', no_proxy: 'd' };
    expect(settings(env).proxies).to.deep.equal({ https: 'http://a:1', http: 'b:2', except: 'd' });
    expect(settings({ HTTPS_PROXY: '', no_proxy: '' }).proxies).to.deep.equal({});
    const wrong = { AWS_REGION: 'us-east-1', https_proxy: 'socks5://ada:secret@a:1' };
    const [mistake] = mistakesOf(wrong, AWS_SETTINGS.SQS);
    expect(mistake).to.include({ name: 'HTTPS_PROXY' });
    expect(JSON.stringify(mistake)).not.to.include('secret');
  });

  it('reads the region under its older name too', () => {
    const config = parseConfig({ AWS_DEFAULT_REGION: 'us-east-1' }, { needs: ['AWS_REGION'] });
    expect(config._unsafeUnwrap().AWS_REGION).to.equal('us-east-1');
  });
});

describe('the regions', () => {
  it('are all that the SDK knows, in each of its partitions', () => {
    const real = partitionsOf().flatMap(regionsOf);
    expect(real).to.include.members(['eusc-de-east-1', 'us-gov-west-1', 'cn-north-1']);
    expect(real).to.include.members(['us-iso-east-1', 'us-isob-east-1', 'eu-isoe-west-1']);
    for (const region of real) {
      expect(mistakesOf({ AWS_REGION: region }, ['AWS_REGION']), region).to.deep.equal([]);
    }
    for (const wrong of ['Frankfurt', 'eu', 'eu-1', 'eu-central', 'eu-central-1 ', 'a-b-1', '*']) {
      expect(mistakesOf({ AWS_REGION: wrong }, ['AWS_REGION']), wrong).to.have.length(1);
    }
  });

  it('of each partition are known as AWS where an endpoint is named', () => {
    const { ALLOW_TEST_KEY: _, ...env } = COMPLETE;
    for (const { outputs } of partitionsOf()) {
      for (const domain of [outputs.dnsSuffix, outputs.dualStackDnsSuffix]) {
        const named = { ...env, AWS_ENDPOINT_URL_SQS: `https://sqs.x-y-1.${domain}` };
        expect(
          mistakesOf(named).map(({ name }) => name),
          domain,
        ).to.deep.equal(['STRIPE_SECRET_KEY']);
      }
    }
  });
});
/**
 * Everything that a mistake can say when it repeats nothing: here, of an empty environment and a
 * silly one.
 */
const FIXED_TEXTS = JSON.stringify([
  SETTING_NAMES,
  mistakesOf({}),
  mistakesOf(Object.fromEntries(SETTING_NAMES.map((name) => [name, ' ']))),
]);
