import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { createSqsMessageQueue } from '../../src/adapters/sqs/messageQueue.ts';
import type { Timeline } from '../../src/application/trace/timeline.ts';
import {
  jsonLines,
  lineOf,
  run,
  start,
  type Ended,
  type Env,
  type InProcessCommand,
} from '../support/cli.ts';
import { must } from '../support/commits.ts';
import { anOrder } from '../support/orderLife.ts';
import { localSqsClients } from '../support/sqs.ts';
import { makeTemporaryFolder } from '../support/temporaryFolder.ts';

/** Servers, and the environment that leads to them, but for what `paidonce setup` makes there. */
export type TraceHarness = { readonly env: Env; close(): Promise<void> };

const CANARY = 'canary@example.com';
const TOKEN = 'pm_card_visa';

export const describeTrace = (name: string, makeServers: () => Promise<TraceHarness>): void => {
  describe(`paidonce trace: ${name}`, () => {
    let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
    let harness: TraceHarness;
    let env: Env;
    let json: Ended | undefined;
    let worker: InProcessCommand | undefined;

    /**
     * One order that is paid and then cancelled, one that is poison, and a worker that has written
     * its records.
     */
    before(async () => {
      folder = await makeTemporaryFolder();
      harness = await makeServers();
      const prefix = `trace-${crypto.randomUUID().slice(0, 8)}`;
      const made = await run(['setup', '--prefix', prefix, '--json'], { env: harness.env });
      expect(made.code, made.stderr).to.equal(0);
      const settings = jsonLines(made.stdout) as unknown as readonly Setting[];
      env = {
        ...harness.env,
        ...Object.fromEntries(settings.map(({ setting, value }) => [setting, value])),
        RECEIVE_WAIT_MS: '1000',
        INTENT_SEAL_KEYS: 'a-secret-of-the-payment-service-alone',
        PERSONAL_DATA_KEY: `local:${'t'.repeat(43)}`,
      };
      await send(anOrder({ orderId: 'poison', currency: 'ZZZ' }));
      await send({ ...anOrder(), customer: { id: 'c-1', email: CANARY } });
      worker = start(['worker', '--json'], env);
      const ended = new Set<string>();
      await lineOf(worker, (line) => {
        const { event, orderId, outcome } = JSON.parse(line) as Record<string, string>;
        if (event === 'message.handled') ended.add(`${orderId} ${outcome}`);
        return ['poison InvalidOrder', 'o-1 receipt: sent'].every((end) => ended.has(end));
      });
      const because = ['--by', 'ada', '--reason', `ask ${CANARY}`];
      const cancelled = await run(['cancel', 'o-1', ...because, '--yes', '--wait'], { env });
      expect(cancelled.code, cancelled.stderr).to.equal(0);
      expect(await worker.stop()).to.equal(0);
    });
    after(async () => {
      if (worker !== undefined) await worker.stop();
      await harness.close();
      await folder.remove();
    });

    /** As a client that checks nothing. */
    const send = async (order: object): Promise<void> => {
      const clients = localSqsClients(harness.env['AWS_ENDPOINT_URL_SQS'] ?? '');
      const queueUrl = env['PAYMENTS_QUEUE_URL'] ?? '';
      const body = JSON.stringify({ type: 'PlaceOrder', v: 1, ...order });
      await must(createSqsMessageQueue(clients, { queueUrl }).send([{ body }]));
      clients.client.destroy();
      clients.receiveClient.destroy();
    };
    const trace = (...args: readonly string[]): Promise<Ended> => run(['trace', ...args], { env });
    const timelineIn = ({ stdout }: Ended): Timeline => JSON.parse(stdout) as Timeline;

    it('reports a paid, cancelled order from events, records and row, with its cost', async () => {
      json = await trace('o-1', '--json');
      const ended = json;

      expect(ended.code, ended.stderr).to.equal(0);
      const { status, steps, cost, missing } = timelineIn(ended);
      expect({ status, missing }).to.deep.equal({ status: 'cancelled', missing: [] });
      const text = steps.map(({ from, to, what }) => `${from} > ${to}: ${what}`).join('\n');
      for (const what of [
        /client > payments queue: PlaceOrder/,
        /payment service > gateway: charge EUR 47\.58/,
        /gateway > payment service: captured EUR 47\.58 as \w+/,
        /payment service > payments queue: paid, deleted/,
        /operator > event log: RequestedByHand/,
        /operator > payments queue: CancelOrder/,
        /gateway > payment service: refunded EUR 47\.58 as \w+/,
        /payment service > invoice table: row of version \d+/,
        /notification service > customer: mail: receipt/,
      ]) {
        expect(text).to.match(what);
      }
      expect(steps.every(({ cause, from }) => cause !== undefined || from === 'client')).to.equal(
        true,
      );
      expect(steps.find(({ what }) => what.startsWith('PaymentCaptured'))?.by).to.match(
        /^payments\//,
      );
      expect(cost.items.map(({ what }) => what)).to.include.members([
        'records',
        'writes of events',
      ]);
    });

    it('reports an order refused at the door from stream, dead letter and records', async () => {
      const text = await trace('poison');
      // To look at it took it from nobody.
      const ended = await trace('poison', '--json');

      expect(text.stdout).to.include('PlaceOrder lies in the dead-letter queue: InvalidOrder;');
      expect(ended.code).to.equal(0);
      const { status, steps } = timelineIn(ended);
      expect(status).to.equal('refused');
      expect(steps.map(({ source }) => source)).to.include.members(['event', 'record', 'letter']);
    });

    it('draws it for a terminal and into files, with nothing personal (S13, F35)', async () => {
      const [svg, html] = [join(folder.path, 'life.svg'), join(folder.path, 'life.html')];
      const [text, mermaid, files] = await Promise.all([
        trace('o-1'),
        trace('o-1', '--mermaid', '--no-dead-letters'),
        trace('o-1', '--svg', svg, '--html', html, '--no-dead-letters'),
      ]);

      expect(text.stdout)
        .to.match(/^status +cancelled$/m)
        .and.match(/^in all +[\d.]+$/m);
      expect(mermaid.stdout).to.match(/^sequenceDiagram/m);
      expect(files.stdout).to.equal('');
      expect(files.stderr).to.include('life.svg').and.include('life.html');
      const [drawn, page] = await Promise.all([readFile(svg, 'utf8'), readFile(html, 'utf8')]);
      expect(drawn).to.match(/^<svg/m);
      expect(page).to.match(/<html/);
      for (const shown of [text.stdout, mermaid.stdout, json?.stdout ?? '', drawn, page]) {
        for (const secret of [CANARY, TOKEN]) expect(shown).not.to.include(secret);
      }
    });

    it('asks for its sources’ settings, and reports without those that lack some', async () => {
      const { LOG_GROUP, PAYMENTS_DLQ_URL, ...less } = env;
      const [all, some] = await Promise.all([
        run(['trace', 'o-1'], { env: less }),
        run(['trace', 'o-1', '--no-logs', '--no-dead-letters', '--json'], { env: less }),
      ]);

      expect([LOG_GROUP, PAYMENTS_DLQ_URL]).to.not.include(undefined);
      expect(all.code).to.equal(2);
      expect(all.stderr)
        .to.include('LOG_GROUP is missing')
        .and.include('PAYMENTS_DLQ_URL is missing')
        .and.not.match(/STRIPE|MAIL/);
      expect(some.code, some.stderr).to.equal(0);
      expect(timelineIn(some).missing).to.have.length(2);
    });

    it('names a source that does not answer, reports the rest, and exits with 1', async () => {
      const ended = await run(['trace', 'o-1', '--json', '--no-dead-letters'], {
        env: { ...env, LOG_GROUP: '/not/there' },
      });

      expect(ended.code).to.equal(1);
      const { missing, status } = timelineIn(ended);
      expect(status).to.equal('cancelled');
      expect(missing.join()).to.match(/the log records: Misconfigured: .*ResourceNotFound/);
    });

    it('refuses what it cannot do', async () => {
      const nowhere = join(folder.path, 'no', 'folder', 'life.svg');
      const [both, unwritten, unknown] = await Promise.all([
        trace('o-1', '--mermaid', '--json'),
        trace('o-1', '--svg', nowhere, '--no-logs', '--no-dead-letters'),
        trace('no-such-order', '--no-logs', '--no-dead-letters'),
      ]);

      expect([both.code, unwritten.code, unknown.code]).to.deep.equal([2, 1, 1]);
      expect(unknown.stdout).to.match(
        /^order +no-such-order\nstatus +unknown\nNothing is known of it\./,
      );
      expect(unwritten.stderr).to.include('could not be written');
    });
  });
};

type Setting = { readonly setting: string; readonly value: string };
