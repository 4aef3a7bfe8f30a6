import { expect } from 'chai';
import fc from 'fast-check';
import { ok } from 'neverthrow';
import { createEventStore } from '../../../src/adapters/eventStore/eventStore.ts';
import {
  itemBytes,
  decodeCommit,
  encodeCommit,
} from '../../../src/adapters/eventStore/storedCommit.ts';
import { createMemoryCommitTable } from '../../../src/adapters/memory/commitTable.ts';
import { prepareCharge, prepareRefund } from '../../../src/adapters/stripe/bodies.ts';
import { createSystemIds } from '../../../src/adapters/system/ids.ts';
import { type Commit, STREAM_START } from '../../../src/application/ports/eventStore.ts';
import type { JsonObject } from '../../../src/application/ports/json.ts';
import * as Order from '../../../src/domain/order/index.ts';
import { anyCharacter } from '../../support/arbitraries/character.ts';
import { clock, commitOf, STREAM } from '../../support/commits.ts';
import { contextAt } from '../../support/orderContext.ts';
import { anOrder, orderLife, placeOrder } from '../../support/orderLife.ts';

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

  it('takes one write unit for each commit of a usual order (ADR 0001, 0032)', () => {
    const order = anOrder({
      orderId: ULID,
      customer: { id: 'cus_01JDAB3CDE', email: 'ada.lovelace@example.com' },
      lines: [
        {
          sku: 'BOOK-0042',
          description: 'A book about engines',
          quantity: 2,
          unitPriceMinor: 1_999,
          taxRateBps: 700,
        },
        {
          sku: 'PEN-7',
          description: 'Fountain pen, blue',
          quantity: 1,
          unitPriceMinor: 550,
          taxRateBps: 1_900,
        },
      ],
    });
    const { invoices, creditNotes } = contextAt();
    const from = 123_456;
    const { commits } = orderLife(
      contextAt(clock.now(), {
        deployment: { id: 'k3f9m2xq7w', account: 'acct_1Nv0FGQ9RKHgCVdK:live', sealedSince: 0 },
        seal: () => 'b7Qk2mXw9sLr4TzVhN8cYg',
        prepare: prepareCharge,
        prepareRefund,
        invoices: { ...invoices, from },
        creditNotes: { ...creditNotes, from },
      }),
    )
      .commanded(placeOrder(order, createSystemIds().fingerprint(order)))
      .captured(123_456, 'pi_3QJxyz2eZvKYlo2C1abcdefg')
      .asked('return-1')
      .refunded('return-1', 123_456);
    const bytes = commits.map((events) => [
      events.map(({ type }) => type).join(),
      itemBytes(
        encodeCommit(
          `order#${ULID}`,
          { version: 2, hash: 'ab'.repeat(32) },
          { ...COMMIT, events: stored(events) },
          clock.now(),
        ),
      ),
    ]);
    expect(bytes.map(([types]) => types)).to.deep.equal([
      'OrderPlaced,PaymentRequested',
      'PaymentCaptured,InvoiceIssued',
      'RefundRequested',
      'RefundSucceeded,CreditNoteIssued',
    ]);
    const units = bytes.map(([, size]) => Math.ceil(Number(size) / WRITE_UNIT_BYTES));
    expect(units).to.deep.equal([1, 1, 1, 1]);
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

/** Ids as SQS and the system give them, and the longest idempotency key of an order's commits. */
const COMMIT = {
  commitId: ULID,
  idempotencyKey: `refund#${ULID}#return-1`,
  correlationId: ULID,
  causationId: '0f8fad5b-d9cb-469f-a165-70867728950e',
};

const stored = (events: readonly Order.StreamEvent[]): Commit['events'] => {
  const [first, ...rest] = events.map((event) => Order.codec.encode(event));
  return first === undefined ? expect.fail('a commit without events') : [first, ...rest];
};

const anyText = () => fc.string({ unit: anyCharacter() });

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
