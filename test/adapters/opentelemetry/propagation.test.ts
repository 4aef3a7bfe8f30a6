import { expect } from 'chai';
import { originOf, withOrigin } from '../../../src/adapters/opentelemetry/propagation.ts';
import {
  messageBytes,
  QUEUE_ATTRIBUTES_MAX,
  QUEUE_BYTES_MAX,
} from '../../../src/application/ports/messageQueue.ts';

const TRACE_ID = '5759e988bd862e3fe1be46a994272793';
const SPAN_ID = '53995c3f42cd8ad8';
const SENT = { traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: 1 };
const TRACEPARENT = `00-${TRACE_ID}-${SPAN_ID}-01`;
const HEADER = `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=${SPAN_ID};Sampled=1`;

const send = withOrigin(SENT, { bytesMax: QUEUE_BYTES_MAX });

describe('Where a message was sent', () => {
  it('goes with it as W3C and as X-Ray write it, and is read again from either', () => {
    const sent = send({ body: '{}', attributes: { correlationId: 'chain' } });

    expect(sent.attributes).to.deep.equal({ correlationId: 'chain', traceparent: TRACEPARENT });
    expect(sent.traceHeader).to.equal(HEADER);
    for (const carried of [sent, { traceHeader: HEADER }, { attributes: sent.attributes ?? {} }]) {
      expect(originOf(carried)).to.include({ traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: 1 });
    }
  });

  it('stays where it was for a message that is sent again', () => {
    const first = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const again = send({ body: '{}', attributes: { traceparent: first } });

    expect(again.attributes).to.deep.equal({ traceparent: first });
    expect(again.traceHeader).to.include(`Parent=${'b'.repeat(16)}`);
  });

  it('takes no eleventh attribute', () => {
    const names = Array.from({ length: QUEUE_ATTRIBUTES_MAX }, (_, at) => `own${at}`);
    const full = Object.fromEntries(names.map((name) => [name, 'x']));
    const { own0: _, ...oneLess } = full;

    expect(send({ body: '{}', attributes: full }).attributes).to.deep.equal(full);
    expect(send({ body: '{}', attributes: full }).traceHeader).to.equal(HEADER);
    expect(send({ body: '{}', attributes: oneLess }).attributes).to.have.property('traceparent');
  });

  it('makes no message larger than a queue takes', () => {
    const largest = { body: 'x'.repeat(QUEUE_BYTES_MAX) };
    const sent = send(largest);

    expect(messageBytes(sent)).to.equal(QUEUE_BYTES_MAX);
    expect(sent.traceHeader).to.equal(HEADER);
  });

  for (const [what, traceparent] of [
    ['nothing', ''],
    ['words', 'not a trace'],
    ['a trace of zeros', `00-${'0'.repeat(32)}-${SPAN_ID}-01`],
    ['a span of zeros', `00-${TRACE_ID}-${'0'.repeat(16)}-01`],
    ['capitals', TRACEPARENT.toUpperCase()],
    ['a version that there is not', `ff${TRACEPARENT.slice(2)}`],
    ['more than its version has', `${TRACEPARENT}-more`],
    ['megabytes', `00-${'a'.repeat(1_000_000)}`],
  ] as const) {
    it(`is not known of a message whose traceparent is ${what}`, () => {
      const attributes = { traceparent };

      expect(originOf({ attributes })).to.equal(undefined);
      expect(send({ body: '{}', attributes }).attributes).to.deep.equal({
        traceparent: TRACEPARENT,
      });
    });
  }

  for (const header of [
    '',
    'Root=',
    'Root=1-5759e988-bd862e3fe1be46a994272793',
    'x'.repeat(9_999),
  ]) {
    it(`is not known of a message whose header of X-Ray is ${header.slice(0, 50)}`, () => {
      expect(originOf({ attributes: {}, traceHeader: header })).to.equal(undefined);
    });
  }

  it('is read from a header of X-Ray with more fields, and says whether it was sampled', () => {
    const header = `Self=1-1;Sampled=0;Parent=${SPAN_ID};Root=1-5759e988-bd862e3fe1be46a994272793`;

    expect(originOf({ attributes: {}, traceHeader: header })).to.include({
      traceId: TRACE_ID,
      spanId: SPAN_ID,
      traceFlags: 0,
    });
  });
});
