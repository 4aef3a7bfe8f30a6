import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect } from 'chai';
import { err, ok } from 'neverthrow';
import { AWS_ATTEMPTS_MAX } from '../../src/adapters/aws/clients.ts';
import { createDynamoDbCommitTable } from '../../src/adapters/dynamodb/commitTable.ts';
import { createEventStore } from '../../src/adapters/eventStore/eventStore.ts';
import { encodeCommit } from '../../src/adapters/eventStore/storedCommit.ts';
import { type EventStore, STREAM_START } from '../../src/application/ports/eventStore.ts';
import { type ClientProbe, probeClient } from '../support/clientProbe.ts';
import {
  appendAll,
  bigCommit,
  clock,
  commitOf,
  loadIds,
  must,
  STREAM,
} from '../support/commits.ts';
import { freshTable, testClient } from '../support/dynamoDb.ts';

/** What goes over the wire, and what becomes of an append when the wire is cut. */
export const describeDynamoDbCommitTable = (name: string, url: () => string): void => {
  describe(`DynamoDB commit table on ${name}`, () => {
    let client: DynamoDBClient;
    let probe: ClientProbe;
    let table: string;
    let store: EventStore;

    beforeEach(async () => {
      client = testClient(url());
      table = await freshTable(client, 'events');
      probe = probeClient(client);
      store = createEventStore(createDynamoDbCommitTable(client, { table }), clock);
    });
    afterEach(() => client.destroy());

    const appendTo = (id: string) => store.append(`order#${id}`, STREAM_START, commitOf(`c-${id}`));

    it('sends appends of different streams that meet in one request of at most 25', async () => {
      const ids = Array.from({ length: 30 }, (_, i) => `o-${i}`);
      const answers = await Promise.all(ids.map(appendTo));
      expect(answers.every((answer) => answer.isOk())).to.equal(true);
      expect(probe.attempts).to.deep.equal([
        { command: 'BatchExecuteStatement', statements: 25 },
        { command: 'BatchExecuteStatement', statements: 5 },
      ]);
    });

    it('gives each append of a batch its own answer (S18)', async () => {
      await must(appendTo('taken'));
      probe.attempts.length = 0;
      const loser = commitOf('loser');
      const answers = await Promise.all([
        appendTo('a'),
        store.append('order#taken', STREAM_START, loser),
        appendTo('b'),
      ]);
      expect(answers.map((answer) => answer.isOk())).to.deep.equal([true, false, true]);
      expect(answers[1]).to.deep.equal(
        err({ type: 'Conflict', streamId: 'order#taken', version: 1 }),
      );
      expect(probe.attempts).to.deep.equal([
        { command: 'BatchExecuteStatement', statements: 3 },
        { command: 'Query', statements: 0 },
      ]);
    });

    it('never puts two appends of one stream into one request', async () => {
      const rivals = ['x', 'y', 'z'].map((id) => store.append(STREAM, STREAM_START, commitOf(id)));
      const answers = await Promise.all(rivals);
      expect(answers.filter((answer) => answer.isOk())).to.have.length(1);
      const batches = probe.attempts.filter(({ statements }) => statements > 0);
      expect(batches.map(({ statements }) => statements)).to.deep.equal([1, 1, 1]);
    });

    it('knows its own write after a lost answer and the SDK’s second try (D2, F19)', async () => {
      probe.loseAnswers(1);
      const { committedAt: _committedAt, ...position } = await must(appendTo('o-1'));
      expect(probe.attempts.map(({ command }) => command)).to.deep.equal([
        'BatchExecuteStatement',
        'BatchExecuteStatement',
        'Query',
      ]);
      expect((await must(store.load(STREAM))).position).to.deep.equal(position);
    });

    it('knows its own write when every answer was lost (D4)', async () => {
      probe.loseAnswers(AWS_ATTEMPTS_MAX);
      await must(appendTo('o-1'));
      expect(await loadIds(store, STREAM)).to.deep.equal(['c-o-1']);
    });

    it('is uncertain when the table answers nothing at all (D4)', async () => {
      probe.loseAnswers(2 * AWS_ATTEMPTS_MAX);
      const answer = await appendTo('o-1');
      expect(answer.isErr() && answer.error.type).to.equal('Uncertain');
      expect(await loadIds(store, STREAM)).to.deep.equal(['c-o-1']);
    });

    it('reads what is true now, wherever it reads (D10)', async () => {
      await must(appendTo('o-1'));
      await appendTo('o-1');
      await must(store.load(STREAM));
      await must(store.head(STREAM));
      await store.scan({ segment: 0, segments: 1 }).next();
      expect(probe.consistent).to.deep.equal([true, true, true, true]);
    });

    it('reads the end of a stream in one request, however long the stream is', async () => {
      const ids = ['c1', 'c2', 'c3', 'c4'];
      await appendAll(store, STREAM, ...ids.map((id) => bigCommit(id, 350_000)));
      probe.attempts.length = 0;
      expect(await must(store.head(STREAM))).to.include({ version: 4, commitId: 'c4' });
      expect(probe.attempts).to.deep.equal([{ command: 'Query', statements: 0 }]);
    });

    it('returns text, numbers and bytes as they were written', async () => {
      const item = encodeCommit(STREAM, STREAM_START, commitOf('c1', 'A', 'B'), clock.now());
      const commitTable = createDynamoDbCommitTable(client, { table });
      await must(commitTable.insert(item));
      expect(await commitTable.read(item)).to.deep.equal(ok({ ...item }));
    });

    it('says so when its table is missing', async () => {
      const nowhere = createDynamoDbCommitTable(client, { table: 'nowhere' });
      const missing = createEventStore(nowhere, clock);
      const answers = [
        await missing.append(STREAM, STREAM_START, commitOf('c1')),
        await missing.load(STREAM),
        await missing.head(STREAM),
        (await missing.scan({ segment: 0, segments: 1 }).next()).value,
      ];
      for (const answer of answers) {
        expect(answer?.isErr() && answer.error).to.deep.include({
          type: 'Misconfigured',
          dependency: 'EventStore',
        });
      }
    });

    it('is unavailable, and not uncertain, where nobody listens', async () => {
      const deaf = testClient('http://127.0.0.1:1');
      const away = createEventStore(createDynamoDbCommitTable(deaf, { table }), clock);
      const answer = await away.append(STREAM, STREAM_START, commitOf('c1'));
      expect(answer.isErr() && answer.error).to.deep.include({
        type: 'Unavailable',
        throttled: false,
      });
      deaf.destroy();
    });
  });
};
