import { expect } from 'chai';
import fc from 'fast-check';
import { ok } from 'neverthrow';
import { createEventStore } from '../../../src/adapters/eventlog/eventStore.ts';
import { itemBytes } from '../../../src/adapters/eventlog/itemBytes.ts';
import { decodeCommit, encodeCommit } from '../../../src/adapters/eventlog/storedCommit.ts';
import { createMemoryCommitTable } from '../../../src/adapters/memory/commitTable.ts';
import { type Commit, STREAM_START } from '../../../src/application/ports/eventStore.ts';
import type { JsonObject } from '../../../src/application/ports/json.ts';
import { clock, commitOf, STREAM } from '../../support/commits.ts';

/** One write unit of DynamoDB. */
const WRITE_UNIT_BYTES = 1_024;
const ULID = '01JDAB3CDE4FGH5JKM6NPQ7RST';

describe('a stored commit', () => {
  it('is read back as it was written, whatever texts and events it holds', () => {
    fc.assert(
      fc.property(anyCommit(), anyPosition(), fc.nat(), (commit, after, committedAt) => {
        const item = encodeCommit(STREAM, after, commit, committedAt);
        const decoded = decodeCommit(item).map(({ hash, ...rest }) => [hash.length, rest]);
        const previousHash = after.hash;
        const version = after.version + 1;
        const written = { streamId: STREAM, version, committedAt, previousHash };
        expect(decoded).to.deep.equal(ok([64, { ...commit, ...written }]));
      }),
    );
  });

  it('keeps the hash it was given when it was first released', () => {
    const item = encodeCommit(STREAM, STREAM_START, commitOf('c1', 'A', 'B'), clock.now());
    expect(Buffer.from(item.hash).toString('hex')).to.equal(
      '5561ffe894ad5111c9c773117f5d8a986ae16d99b922f11662433a300f5e5770',
    );
    expect(item).to.include({
      events: '[["A",1,{"at":1,"note":"Grüße, 你好 😀"}],["B",1,{"at":1,"note":"Grüße, 你好 😀"}]]',
    });
  });

  it('takes no more than one write unit for the usual captured and invoiced order', () => {
    const commit: Commit = {
      commitId: ULID,
      idempotencyKey: `payment#${ULID}#1`,
      correlationId: ULID,
      causationId: ULID,
      events: [
        {
          type: 'PaymentCaptured',
          v: 1,
          data: {
            attempt: 1,
            reference: 'pi_3QJxyz2eZvKYlo2C1abcdefg',
            amountMinor: 4758,
            currency: 'EUR',
            at: clock.now(),
          },
        },
        {
          type: 'InvoiceIssued',
          v: 1,
          data: {
            number: `INV-${ULID}`,
            netMinor: 3998,
            taxMinor: 760,
            totalMinor: 4758,
            currency: 'EUR',
            at: clock.now(),
          },
        },
      ],
    };
    const after = { version: 2, hash: 'ab'.repeat(32) };
    expect(itemBytes(encodeCommit(`order#${ULID}`, after, commit, clock.now()))).to.be.at.most(
      WRITE_UNIT_BYTES,
    );
  });

  it('cannot be asked for with text that would not survive storage', () => {
    const store = createEventStore(createMemoryCommitTable(), clock);
    const broken = { ...commitOf('c1'), correlationId: '\uD800' };
    expect(() => store.append(STREAM, STREAM_START, broken)).to.throw('texts are well-formed');
  });

  it('cannot be asked for after a position that is none', () => {
    const store = createEventStore(createMemoryCommitTable(), clock);
    for (const after of [
      { version: 1, hash: '' },
      { version: 0, hash: 'ab'.repeat(32) },
      { version: 1.5, hash: 'ab'.repeat(32) },
    ]) {
      expect(() => store.append(STREAM, after, commitOf('c1'))).to.throw('Broken invariant');
    }
  });
});

const anyText = () => fc.string({ unit: 'binary' });

const anyData = (): fc.Arbitrary<JsonObject> =>
  fc.dictionary(anyText(), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 }).map(
    // What JSON carries: no -0, and no prototype but the usual one.
    (data): JsonObject => JSON.parse(JSON.stringify(data)),
  );

const anyEvent = () => fc.record({ type: anyText(), v: fc.integer({ min: 1 }), data: anyData() });

const anyCommit = (): fc.Arbitrary<Commit> =>
  fc.record({
    commitId: anyText(),
    idempotencyKey: anyText(),
    correlationId: anyText(),
    causationId: anyText(),
    events: fc
      .tuple(anyEvent(), fc.array(anyEvent(), { maxLength: 2 }))
      .map(([first, rest]) => [first, ...rest] as const),
  });

const anyPosition = () =>
  fc.oneof(
    fc.constant(STREAM_START),
    fc.record({
      version: fc.integer({ min: 1 }),
      hash: fc.stringMatching(/^[0-9a-f]{63}[1-9a-f]$/),
    }),
  );
