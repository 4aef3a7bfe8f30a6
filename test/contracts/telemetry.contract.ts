import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { Telemetry, TelemetryRecord } from '../../src/application/ports/telemetry.ts';

export type TelemetryHarness = {
  readonly telemetry: Telemetry;
  /** What reached the sink, as text, one for each record, oldest first. */
  read(): Promise<readonly string[]>;
  close(): Promise<void>;
};

/** `recordsMax`: how much the adapter may keep in memory. */
export type MakeTelemetry = (options?: {
  readonly recordsMax?: number;
}) => Promise<TelemetryHarness>;

const DEADLINE_MS = 5_000;
const RECORDS_MAX = 5;

const CANARIES = [
  'ada@example.com',
  'ada%40example.com',
  'pm_card_visa_9',
  'sk_test_51H',
  'tok_1A2B',
];
const CARD_NUMBERS = ['4242424242424242', '4000 0566 5566 5556', '3782-822463-10005'];
/** With a number beside it that is no part of it. */
const BESIDE = ['4242 4242 4242 4242 17', '2 4242 4242 4242 4242'];

export const describeTelemetry = (name: string, makeAdapter: MakeTelemetry): void => {
  describe(`Telemetry: ${name}`, () => {
    let harness: TelemetryHarness;
    beforeEach(async () => {
      harness = await makeAdapter();
    });
    afterEach(() => harness.close());

    it('writes every record, in order, by the end of a flush', async () => {
      for (let index = 0; index < 25; index += 1)
        harness.telemetry.record(handled(`order-${index}`));
      const report = await harness.telemetry.flush(DEADLINE_MS);

      expect(report).to.deep.equal({ written: 25, dropped: 0, rejected: 0 });
      const found = (await harness.read()).map((text) => /order-\d+/.exec(text)?.[0]);
      expect(found).to.deep.equal(Array.from({ length: 25 }, (_, index) => `order-${index}`));
    });

    it('writes what is known of a record, text in any script included', async () => {
      harness.telemetry.record({
        level: 'warn',
        event: 'payment.unknown',
        orderId: 'order-7',
        attempt: 2,
        durationMs: 31,
        outcome: 'Unknown',
        facts: { cause: 'délai-dépassé-💶', batch: 10, first: true },
      });
      await harness.telemetry.flush(DEADLINE_MS);

      const [text] = await harness.read();
      for (const part of [
        'payment.unknown',
        'order-7',
        '31',
        'Unknown',
        'délai-dépassé-💶',
        '10',
      ]) {
        expect(text).to.contain(part);
      }
    });

    it('reports the numbers of a record by their names', async () => {
      const metrics = {
        polls: { unit: 'Count', values: [17] },
        handlerMs: { unit: 'Milliseconds', values: [31, 4] },
      } as const;
      harness.telemetry.record({ level: 'info', event: 'consumer.metrics', metrics });
      await harness.telemetry.flush(DEADLINE_MS);

      const [text = ''] = await harness.read();
      expect(text)
        .to.match(/polls\W.*17/)
        .and.to.match(/handlerMs\W.*31/);
    });

    it('lets no address, payment token or card number through anywhere (S13, F35)', async () => {
      for (const secret of [...CANARIES, ...CARD_NUMBERS]) {
        harness.telemetry.record({
          level: 'error',
          event: 'message.refused',
          ...(CANARIES.includes(secret) ? { orderId: secret, correlationId: secret } : {}),
          causationId: BESIDE[0] ?? '',
          messageId: BESIDE[1] ?? '',
          outcome: `Refused: ${secret}`,
          facts: {
            cause: `Error: "${secret}" was not taken`,
            why: secret,
            reason: `x=${secret}&y`,
          },
        });
      }
      const report = await harness.telemetry.flush(DEADLINE_MS);

      expect(report.written).to.equal(CANARIES.length + CARD_NUMBERS.length);
      const all = (await harness.read()).join('\n');
      for (const secret of [...CANARIES, ...CARD_NUMBERS]) expect(all).to.not.contain(secret);
      expect(all).to.not.contain('4242 4242');
    });

    it('leaves codes, ids and plain numbers, also ids like a card number', async () => {
      const facts = {
        refundId: '4242424242424242',
        subject: 'refund#5555555555554444',
        reference: '30012345600075',
        code: 'card_declined',
        commit: '01JDABCDEFGHJKMNPQRSTVWXYZ',
        at: 1_732_377_600_000,
      };
      const orderId = '576461413038785008';
      const chain = { correlationId: '3566002020360505', causationId: '4000056655665556' };
      harness.telemetry.record({
        level: 'info',
        event: 'payment.declined',
        orderId,
        ...chain,
        facts,
      });
      await harness.telemetry.flush(DEADLINE_MS);

      const [text] = await harness.read();
      for (const fact of [orderId, ...Object.values(facts)]) {
        expect(text).to.contain(String(fact));
      }
    });

    it('has a bound on what it holds and counts what is lost', async () => {
      const small = await makeAdapter({ recordsMax: RECORDS_MAX });
      for (let index = 0; index < 3 * RECORDS_MAX; index += 1) {
        small.telemetry.record(handled(`order-${index}`));
      }
      const report = await small.telemetry.flush(DEADLINE_MS);
      const found = (await small.read()).filter((text) => text.includes('message.handled'));
      await small.close();

      expect(report.written + report.dropped + report.rejected).to.equal(3 * RECORDS_MAX);
      expect(found).to.have.lengthOf(report.written);
      expect(found.at(-1)).to.contain(`order-${3 * RECORDS_MAX - 1}`);
    });

    it('answers a flush of nothing at once', async () => {
      const report = await harness.telemetry.flush(DEADLINE_MS);
      expect(report).to.deep.equal({ written: 0, dropped: 0, rejected: 0 });
    });
  });
};

const handled = (orderId: string): TelemetryRecord => ({
  level: 'info',
  event: 'message.handled',
  orderId,
  messageId: 'm-1',
  attempt: 1,
  durationMs: 12,
  outcome: 'Settled',
});
