import { expect } from 'chai';
import { createMemoryTelemetry } from '../../src/adapters/memory/telemetry.ts';
import {
  parseConfig,
  SETTING_NAMES,
  type Config,
  type SettingName,
} from '../../src/bootstrap/config.ts';
import { createContainer } from '../../src/bootstrap/container.ts';
import { createReadConfig } from '../../src/bootstrap/readConfig.ts';
import { createReader } from '../../src/bootstrap/demo/readBack.ts';
import { openEmbedded, type EmbeddedStack } from '../../src/bootstrap/embedded.ts';
import { runEventSource } from '../../src/bootstrap/lambda/eventSource.ts';
import { createPaymentsFunction } from '../../src/bootstrap/lambda/functions.ts';
import { application } from '../../src/bootstrap/modules/application.ts';
import { aws } from '../../src/bootstrap/modules/aws.ts';
import { memory } from '../../src/bootstrap/modules/memory.ts';
import { from } from '../../src/bootstrap/tokens.ts';
import { createService, runServices } from '../../src/bootstrap/worker.ts';
import { order, orderBody } from '../support/lambda.ts';
import { makeTemporaryFolder } from '../support/temporaryFolder.ts';
import { until } from '../support/until.ts';

const SUPPORT = 'AROASUPPORTSUPPORT012';
const SHOP = 'AROASHOPSHOPSHOPSH012:shop-7';
/** As whom the embedded SQS knows everybody. */
const EMBEDDED_SENDER = '000000000000';

const refundBody = (orderId: string): string =>
  JSON.stringify({ type: 'RefundPayment', v: 1, orderId, refundId: 'r-1', amountMinor: 100 });
const cancelBody = (orderId: string): string =>
  JSON.stringify({ type: 'CancelOrder', v: 1, orderId, reason: 'not mine to say' });

describe('REFUND_SENDER_IDS on the embedded servers', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let embedded: EmbeddedStack;

  before(async () => {
    folder = await makeTemporaryFolder();
    embedded = (await openEmbedded({ PAIDONCE_DATA_DIR: folder.path }))._unsafeUnwrap();
  });

  after(async () => {
    await embedded.close();
    await folder.remove();
  });

  const parse = <N extends SettingName>(needs: readonly N[], ids: string) =>
    parseConfig({ REFUND_SENDER_IDS: ids, RECEIVE_WAIT_MS: '1000' }, { needs, embedded });

  const openContainer = (config: Config) =>
    createContainer(application, aws({ service: 'test' }), config);

  type Telemetry = ReturnType<typeof createMemoryTelemetry>;
  type Serve = (ids: string, telemetry: Telemetry, stop: AbortController) => Promise<unknown>;

  const byWorker: Serve = (ids, telemetry, stop) => {
    const service = createService('payments', parse(SETTING_NAMES, ids)._unsafeUnwrap(), telemetry);
    return runServices([service], stop.signal);
  };

  const byLambda: Serve = (ids, telemetry, stop) => {
    const { get } = openContainer(parse(SETTING_NAMES, ids)._unsafeUnwrap());
    return runEventSource(
      {
        queue: get('payments'),
        queueName: 'paidonce-payments',
        region: 'us-east-1',
        invoke: createPaymentsFunction({
          config: createReadConfig({ REFUND_SENDER_IDS: ids }, { embedded }),
          telemetry: () => telemetry,
        }),
        clock: get('clock'),
        timeoutMs: 60_000,
        windowMs: 0,
        concurrency: 1,
        onInvoked: () => undefined,
      },
      stop.signal,
    );
  };

  /** Serves until this order is paid and each of the messages behind it is handled. */
  const work = async (serve: Serve, ids: string, bodies: readonly [string, ...string[]]) => {
    const config = parse(SETTING_NAMES, ids)._unsafeUnwrap();
    const { get } = openContainer(config);
    const telemetry = createMemoryTelemetry();
    const stop = new AbortController();
    const ended = serve(ids, telemetry, stop);
    const handled = () =>
      telemetry.records().filter(({ event }) => event === 'message.handled').length;
    const atLeast = (count: number) => (see: (seen: unknown) => void) => {
      see(telemetry.records().map(({ event }) => event));
      return handled() >= count ? count : undefined;
    };
    const [first, ...others] = bodies;
    await get('payments').send([{ body: first }]);
    await until('the first message is handled', atLeast(1), { everyMs: 20 });
    await get('payments').send(others.map((body) => ({ body })));
    await until('every message is handled', atLeast(bodies.length), { everyMs: 20 });
    stop.abort();
    await ended;
    return telemetry.records();
  };

  const readBack = async (orderId: string) => {
    const reader = (await createReader(embedded))._unsafeUnwrap();
    const orders = (await reader.orders([order(orderId)]))._unsafeUnwrap();
    const deadLetters = (await reader.deadLetters())._unsafeUnwrap();
    return {
      refunds: orders[0]?.refunds.length,
      paid: orders[0]?.charges.length,
      deadLetters: deadLetters
        .filter(({ attributes }) => attributes['OrderId'] === orderId)
        .map(({ attributes }) => attributes['Reason'] ?? '')
        .toSorted((a, b) => a.localeCompare(b)),
    };
  };

  for (const [name, serve] of [
    ['a worker', byWorker],
    ['a Lambda function', byLambda],
  ] as const) {
    it(`${name} dead-letters a refund that somebody else asks for; none is made`, async () => {
      const orderId = `not-from-${serve.name}`;
      const bodies = [orderBody(orderId), refundBody(orderId), cancelBody(orderId)] as const;
      const records = await work(serve, SUPPORT, bodies);

      const alarms = records.filter(({ event }) => event === 'command.not_allowed');
      expect(alarms.map(({ level, outcome }) => `${level} ${outcome}`)).to.have.members([
        'error RefundPayment',
        'error CancelOrder',
      ]);
      expect(await readBack(orderId)).to.deep.equal({
        refunds: 0,
        paid: 1,
        deadLetters: [
          `NotAllowed; CancelOrder from ${EMBEDDED_SENDER}`,
          `NotAllowed; RefundPayment from ${EMBEDDED_SENDER}`,
        ],
      });
    });

    it(`${name} refunds what one on the list asks for`, async () => {
      const orderId = `from-${serve.name}`;
      await work(serve, `${SUPPORT},${EMBEDDED_SENDER}`, [orderBody(orderId), refundBody(orderId)]);

      expect(await readBack(orderId)).to.deep.equal({ refunds: 1, paid: 1, deadLetters: [] });
    });
  }
});

describe('A refund that was not allowed, sent again from its dead letter', () => {
  const MEMORY_SENDER = 'AIDAMEMORYMEMORYMEMOR';

  const redriven = async (ids: readonly string[]) => {
    const { get } = createContainer(application, {
      ...memory(),
      refundSenders: from([], () => ids),
    });
    const work = async () => {
      const stop = new AbortController();
      const running = get('paymentConsumer').run(stop.signal);
      await get('clock').advance(10_000);
      stop.abort();
      await get('clock').advance(30_000);
      await running;
    };
    await get('payments').send([{ body: orderBody('o-1') }]);
    await work();
    const refund = { body: refundBody('o-1'), attributes: { correlationId: 'chain-1' } };
    const received = { messageId: 'of-the-shop', receiveCount: 0, sentAt: get('clock').now() };
    get('payments').adopt({ ...refund, ...received, senderId: SHOP });
    await work();
    const deadLettersNow = () =>
      get('paymentsDlq')
        .dump()
        .map(({ attributes: { Reason, OriginalMessageId } }) => [Reason, OriginalMessageId]);
    const before = {
      deadLetters: deadLettersNow(),
      refunds: get('gateway').ledger().refunds.length,
    };

    const acting = get('redriveDeadLetters')({
      queues: ['payments'],
      selection: {},
      deadLettersMax: 10,
      by: 'ada',
      because: 'the shop rang, and it is right',
      rate: 100,
      isForced: false,
      onActed: () => undefined,
      onKept: () => undefined,
    });
    await get('clock').advance(10_000);
    expect((await acting)._unsafeUnwrap()).to.include({ done: 1, failed: 0 });
    await work();
    return {
      before,
      deadLetters: deadLettersNow(),
      refunds: get('gateway').ledger().refunds.length,
    };
  };

  it('is refunded where who sends it again is on the list: that is the decision', async () => {
    const { before, ...after } = await redriven([MEMORY_SENDER]);

    const deadLetters = [[`NotAllowed; RefundPayment from ${SHOP}`, 'of-the-shop']];
    expect(before).to.deep.equal({ deadLetters, refunds: 0 });
    expect(after).to.deep.equal({ deadLetters: [], refunds: 1 });
  });

  it('is moved to the dead letters again where who sends it again is not', async () => {
    const { deadLetters, refunds } = await redriven([SUPPORT]);

    const reason = `NotAllowed; RefundPayment from ${MEMORY_SENDER}`;
    expect(deadLetters).to.deep.equal([[reason, 'of-the-shop']]);
    expect(refunds).to.equal(0);
  });
});
