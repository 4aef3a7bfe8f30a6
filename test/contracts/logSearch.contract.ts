import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { LogSearch, LogTerm } from '../../src/application/ports/logSearch.ts';
import type { Telemetry } from '../../src/application/ports/telemetry.ts';
import { must } from '../support/commits.ts';

export type LogSearchHarness = {
  readonly log: LogSearch;
  /** Where one process writes. */
  telemetry(logStream: string): Telemetry;
  close(): Promise<void>;
};

/** `recordsMax`: how many records one search may give. */
export type MakeLogSearch = (options?: {
  readonly recordsMax?: number;
}) => Promise<LogSearchHarness>;

const DEADLINE_MS = 5_000;
const orderIs = (value: string): LogTerm => ({ name: 'orderId', value });

export const describeLogSearch = (name: string, makeAdapter: MakeLogSearch): void => {
  describe(`LogSearch: ${name}`, () => {
    let harness: LogSearchHarness;
    beforeEach(async () => {
      harness = await makeAdapter({ recordsMax: 3 });
    });
    afterEach(() => harness.close());

    const write = async (logStream: string, ...orderIds: readonly string[]): Promise<void> => {
      const telemetry = harness.telemetry(logStream);
      for (const orderId of orderIds) {
        telemetry.record({
          level: 'warn',
          event: 'message.handled',
          orderId,
          correlationId: `c-${orderId}`,
          causationId: 'm-0',
          messageId: `m-${orderId}`,
          attempt: 2,
          durationMs: 31,
          outcome: 'OutcomeUnknown',
          facts: { disposition: 'Retry', delayMs: 4_000, first: true },
          metrics: { polls: { unit: 'Count', values: [17] } },
        });
      }
      await telemetry.flush(DEADLINE_MS);
    };
    const find = (terms: readonly LogTerm[], from = 0) => must(harness.log.find({ terms, from }));

    it('finds the records of one event', async () => {
      await write('payments/a', 'o-1');
      const telemetry = harness.telemetry('payments/a');
      const facts = { service: 'payments', writeUnits: 7 };
      telemetry.record({ level: 'info', event: 'worker.usage', facts });
      await telemetry.flush(DEADLINE_MS);

      const { records } = await find([{ name: 'event', value: 'worker.usage' }]);

      expect(records.map(({ event }) => event)).to.deep.equal(['worker.usage']);
      expect(records[0]?.facts).to.include({ writeUnits: 7 });
    });

    it('finds records by their event alone, whatever they are about', async () => {
      const telemetry = harness.telemetry('payments/a');
      for (const event of ['consumer.metrics', 'consumer.drained', 'message.handled']) {
        telemetry.record({
          level: 'info',
          event,
          facts: { service: 'payments', circuitPaymentGateway: 'open' },
          metrics: { InFlight: { unit: 'Count', values: [3] } },
        });
      }
      await telemetry.flush(DEADLINE_MS);
      const events = ['consumer.metrics', 'consumer.drained'] as const;
      const { records, unsearched } = await find(
        events.map((value) => ({ name: 'event', value }) as const),
      );

      expect(unsearched).to.deep.equal([]);
      expect(records.map(({ event }) => event)).to.have.members(events);
      expect(records[0]?.facts).to.deep.include({ circuitPaymentGateway: 'open', InFlight: 3 });
    });

    it('finds the records of one order only, with their facts and writers (F37)', async () => {
      await write('payments/a', 'o-1', 'o-11', 'xo-1', 'O-1');
      await write('payments/b', 'o-1');

      const { records, isCut, unsearched } = await find([orderIs('o-1')]);

      expect({ isCut, unsearched }).to.deep.equal({ isCut: false, unsearched: [] });
      expect(records.map(({ logStream }) => logStream)).to.have.members([
        'payments/a',
        'payments/b',
      ]);
      const [found] = records;
      expect(found).to.include({
        level: 'warn',
        event: 'message.handled',
        orderId: 'o-1',
        correlationId: 'c-o-1',
        causationId: 'm-0',
        messageId: 'm-o-1',
        attempt: 2,
        durationMs: 31,
        outcome: 'OutcomeUnknown',
        service: 'payments',
      });
      expect(found?.facts).to.include({ disposition: 'Retry', delayMs: 4_000, first: true });
      expect(found?.id).to.not.equal('');
      expect(found?.at).to.be.greaterThan(0);
      expect(found?.bytes).to.be.greaterThan(200);
    });

    it('finds by the chain and the message too, and shows double matches once (X7)', async () => {
      await write('payments/a', 'o-1', 'o-2', 'o-3');
      const terms: readonly LogTerm[] = [
        orderIs('o-1'),
        { name: 'correlationId', value: 'c-o-1' },
        { name: 'messageId', value: 'm-o-2' },
      ];

      const { records } = await find(terms);

      expect(records.map(({ orderId }) => orderId)).to.deep.equal(['o-1', 'o-2']);
    });

    it('leaves out what is older than asked for', async () => {
      await write('payments/a', 'o-1');
      const [written] = (await find([orderIs('o-1')])).records;
      const at = written?.at ?? 0;

      expect((await find([orderIs('o-1')], at)).records).to.have.length(1);
      expect((await find([orderIs('o-1')], at + 1)).records).to.deep.equal([]);
    });

    it('says that there is more than it gives', async () => {
      await write('payments/a', 'o-1', 'o-1', 'o-1');
      expect((await find([orderIs('o-1')])).isCut).to.equal(false);
      await write('payments/a', 'o-1');

      const { records, isCut } = await find([orderIs('o-1')]);

      expect({ isCut, count: records.length }).to.deep.equal({ isCut: true, count: 3 });
    });

    it('names what it cannot search for: masked texts, and those that match others', async () => {
      await write('payments/a', 'pm_1', '4242424242424242', 'o-1');
      const terms = ['pm_1', '*', 'o-*', '" || ""="', 'ö', ''].map(orderIs);

      const { records, unsearched } = await find(terms);

      expect(records).to.deep.equal([]);
      expect(unsearched).to.deep.equal(terms);
      // An id is no card number, and stands in the records as it is.
      expect((await find([orderIs('4242424242424242')])).records).to.have.length(1);
    });

    it('takes more terms than one query of the service holds', async () => {
      await write('payments/a', 'o-99');
      const terms = Array.from({ length: 100 }, (_, at) => orderIs(`o-${at}`));

      const { records, unsearched } = await find(terms);

      expect(unsearched).to.deep.equal([]);
      expect(records).to.have.length(1);
    });

    it('finds nothing where nothing was asked for', async () => {
      await write('payments/a', 'o-1');

      expect((await find([])).records).to.deep.equal([]);
    });
  });
};
