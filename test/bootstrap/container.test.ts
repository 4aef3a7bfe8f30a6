import { expect } from 'chai';
import { createMemoryTelemetry } from '../../src/adapters/memory/telemetry.ts';
import { closureOf, createContainer } from '../../src/bootstrap/container.ts';
import { application } from '../../src/bootstrap/modules/application.ts';
import { aws } from '../../src/bootstrap/modules/aws.ts';
import { memory } from '../../src/bootstrap/modules/memory.ts';
import { from } from '../../src/bootstrap/tokens.ts';
import { awsSchemas } from '../../src/bootstrap/config/awsSchemas.ts';
import { parseConfig, SETTING_NAMES } from '../../src/bootstrap/config.ts';
import { compile } from '../support/compile.ts';
import { describeInTurn } from '../support/runs.ts';
import { COMPLETE } from './completeEnvironment.ts';

const COMPLETE_CONFIG = parseConfig(COMPLETE, { needs: SETTING_NAMES })._unsafeUnwrap();
const onAws = { ...application, ...aws({ service: 'test' }) };

describe('createContainer', () => {
  it('makes each service once, and only when it is asked for', () => {
    let made = 0;
    const counted = from([], () => {
      made += 1;
      return 'counted';
    });
    const { get } = createContainer({ version: counted }, { claimLeaseMs: from([], () => 1) });

    expect(made).to.equal(0);
    expect([get('version'), get('version')]).to.deep.equal(['counted', 'counted']);
    expect(made).to.equal(1);
  });

  it('shares nothing between two containers', () => {
    const [one, two] = [
      createContainer(application, memory()),
      createContainer(application, memory()),
    ];
    expect(one.get('gateway')).not.to.equal(two.get('gateway'));
  });

  it('puts the whole application on AWS by another module, and by nothing else', () => {
    const adapters = aws({ service: 'test', console: createMemoryTelemetry() });
    const { get } = createContainer(application, adapters, COMPLETE_CONFIG);

    expect(Object.keys(adapters)).to.have.members([
      ...Object.keys(memory()),
      'meter',
      'dynamoDb',
      'sqs',
      'cloudWatchLogs',
      'openSes',
      'openSns',
      'openQueue',
      'stripe',
      'countPayments',
      'countQueue',
      'gatewayLedger',
      'logSearch',
      'secretRecords',
      // What strangers call has no counterpart in memory: a test sends the message itself.
      'webhookReader',
      'receiveCall',
      'webhooks',
    ]);
    for (const token of ['paymentConsumer', 'notificationConsumer'] as const) {
      expect(get(token)).to.have.property('run');
    }
  });

  it('publishes order events only where a topic is set', () => {
    const topicOf = (arn: string | undefined) => {
      const config = { ...COMPLETE_CONFIG, ORDER_EVENTS_TOPIC_ARN: arn };
      return createContainer(application, aws({ service: 'test' }), config).get('orderEvents');
    };

    expect(topicOf(undefined)).to.equal('none');
    expect(topicOf('arn:aws:sns:eu-central-1:111122223333:order-events')).to.have.property(
      'publish',
    );
  });

  it('reads the log on AWS without queue, gateway or mail, or any setting of theirs', () => {
    const { services, settings } = closureOf(onAws, ['replayInvoices', 'audit', 'collectTrace']);
    const named = ['audit', 'collectTrace', 'replayInvoices'];
    const made = ['clock', 'commitTable', 'dynamoDb', 'invoices', 'invoiceTables', 'invoicesHome'];

    // Nothing personal is decrypted for it.
    expect([...services]).to.have.members([...named, ...made, 'store', 'meter', 'tracing']);
    expect([...settings].filter((name) => !(name in awsSchemas))).to.have.members([
      'EVENTS_TABLE',
      'INVOICES_TABLE',
      'CLOCK_SKEW_MAX_MS',
    ]);
    const env = { AWS_REGION: 'eu-central-1', EVENTS_TABLE: 'events', INVOICES_TABLE: 'invoices' };
    const config = parseConfig(env, { needs: [...settings] })._unsafeUnwrap();
    const { get } = createContainer(application, aws({ service: 'test' }), config);
    expect(get('replayInvoices')).to.be.a('function');
    expect(() => get('gateway')).to.throw('stripe needs STRIPE_SECRET_KEY, which nobody has read');
  });

  it('prepares on AWS by the gateway that sends, and needs no secret to prepare', () => {
    const { get } = createContainer(application, aws({ service: 'test' }), COMPLETE_CONFIG);
    expect(get('gateway')).to.include(get('requests'));
    expect([...closureOf(onAws, ['requests']).settings]).to.deep.equal([]);
  });

  it('gives a provider its own settings and no others', () => {
    const named = from({ settings: ['EVENTS_TABLE'] }, (_, config) => Object.keys(config).join());
    const config = parseConfig(COMPLETE, { needs: SETTING_NAMES })._unsafeUnwrap();

    expect(createContainer({ version: named }, {}, config).get('version')).to.equal('EVENTS_TABLE');
  });

  for (const [what, tokens, isForbidden] of [
    ['the payment service', ['paymentConsumer'], /^(ses|notifier|MAIL_FROM)$/],
    ['the notification service', ['notificationConsumer'], /^(gateway|stripe|STRIPE_|INTENT_SEAL)/],
    // It lists the gateway's events, by a key that need not be able to do more.
    ['the reconciler', ['reconciler'], /^(gateway$|notifier|MAIL_|INTENT_SEAL)/],
    ['whoever submits', ['submitOrders', 'sendCommand'], /^(store|gateway|stripe|STRIPE_|EVENTS_)/],
    [
      'whoever lists dead letters',
      ['listDeadLetters'],
      /^(gateway|stripe|STRIPE_.*|payments|notifications|MAIL_.*|INTENT_.*)$/,
    ],
    [
      'whoever sends dead letters again',
      ['redriveDeadLetters'],
      // It reads what an event of the gateway says, and asks the gateway nothing.
      /^(gateway(?!EventReader)|stripe|notifier|STRIPE_|MAIL_)/,
    ],
    [
      'whoever discards dead letters',
      ['discardDeadLetters'],
      /^(gateway|stripe|STRIPE_.*|payments|notifications|MAIL_.*|INTENT_.*)$/,
    ],
    ['whoever lists reviews', ['listReviews'], /^(gateway|stripe|sqs|STRIPE_|INTENT_SEAL)/],
    ['whoever has an order compared', ['adopt'], /^(gateway|stripe|STRIPE_|INTENT_SEAL|allocator)/],
    ['whoever decides a review', ['resolveReview'], /^(allocator|notifier|MAIL_|INTENT_SEAL)/],
  ] as const) {
    it(`gives ${what} nothing that it does not need`, () => {
      const { services, settings } = closureOf(onAws, tokens);
      expect([...services, ...settings].filter((name) => isForbidden.test(name))).to.deep.equal([]);
    });
  }
});

describeInTurn(2, 'The wiring, to the compiler', () => {
  let errors: Readonly<Record<keyof typeof PROGRAMS, readonly string[]>>;

  before(async () => {
    errors = await compile(IMPORTS, PROGRAMS);
  });

  it('accepts either set of adapters', () => {
    expect(errors.right).to.deep.equal([]);
  });

  it('refuses an adapter of another port', () => {
    expect(errors.wrongAdapter.join()).to.match(/MemoryNotifier.*PaymentGateway/s);
  });

  it('refuses a set of adapters that lacks one', () => {
    expect(errors.missingAdapter.join()).to.include("'gateway' is missing");
  });

  it('refuses a factory whose dependency is not named', () => {
    expect(errors.missingDependency.join()).to.include("'notifications' is missing");
  });

  it('refuses a factory whose dependency is swapped for another', () => {
    expect(errors.swappedDependency.join()).to.include("'notifications' is missing");
  });

  it('refuses a factory that promises what it makes', () => {
    expect(errors.promise).to.have.length(2);
  });

  it('refuses a factory whose setting is not named', () => {
    expect(errors.missingSetting).to.have.length(2);
  });

  it('refuses whoever uses a service that was not asked for', () => {
    expect(errors.unopenedService).to.have.length(1);
    expect(errors.unopenedService.join()).to.include("'gateway' does not exist");
  });

  it('knows no service that no module provides', () => {
    expect(errors.unknownService.join()).to.include('gateway');
  });
});

const PROGRAMS = {
  right: `createContainer(application, memory()).get('gateway').ledger();
    createContainer(application, aws({ service: '' })).get('gateway').charge;`,
  wrongAdapter: `createContainer(application, {
      ...memory(), gateway: from([], createMemoryNotifier),
    });`,
  missingAdapter: `const { gateway: _, ...others } = memory();
    createContainer(application, others);`,
  missingDependency: `from(['payments', 'ids'], createSubmitOrders);`,
  swappedDependency: `from(['payments', 'paymentsDlq', 'ids'], createSubmitOrders);`,
  promise: `from([], () => okAsync(1));
    from([], () => Promise.resolve(1));`,
  missingSetting: `from({ settings: ['EVENTS_TABLE'] }, (_, config) => config.INVOICES_TABLE);
    from(['clock'], (_, config) => config.EVENTS_TABLE);`,
  unopenedService: `declare const read: ReadSettings<string>;
    openServices(aws({ service: '' }), { services: ['store'] }, read).map((it) => it.gateway);
    openServices(aws({ service: '' }), { services: ['store'] }, read).map((it) => it.store);`,
  unknownService: `const { gateway: _, notifier: __, ...others } = memory();
    createContainer({ sendCommand: application.sendCommand }, others).get('gateway');`,
};

const IMPORTS = `
  import { okAsync } from 'ROOT/node_modules/neverthrow/dist/index.js';
  import { createMemoryNotifier } from 'ROOT/src/adapters/memory/notifier.ts';
  import { createSubmitOrders } from 'ROOT/src/application/ingest/submitOrders.ts';
  import { createContainer } from 'ROOT/src/bootstrap/container.ts';
  import { application } from 'ROOT/src/bootstrap/modules/application.ts';
  import { aws } from 'ROOT/src/bootstrap/modules/aws.ts';
  import { memory } from 'ROOT/src/bootstrap/modules/memory.ts';
  import { openServices, type ReadSettings } from 'ROOT/src/bootstrap/openServices.ts';
  import { from } from 'ROOT/src/bootstrap/tokens.ts';
`;
