import { expect } from 'chai';
import { dispositionOf } from '../../../src/application/delivery/disposition.ts';
import type { HandlerError } from '../../../src/application/delivery/handler.ts';

const OF = { orderId: 'o-1' };
const FAILED = { cause: '503', throttled: false };

// One example of every error there is: a type that is missing here does not compile.
const EXAMPLES: { readonly [T in HandlerError['type']]: HandlerError & { readonly type: T } } = {
  MalformedMessage: { type: 'MalformedMessage', reasons: ['a', 'b'] },
  InvalidOrder: { type: 'InvalidOrder', ...OF, reasons: ['a'] },
  PayloadConflict: { type: 'PayloadConflict', ...OF },
  ReviewRequired: { type: 'ReviewRequired', ...OF, reason: 'amount' },
  ResendHorizonPassed: { type: 'ResendHorizonPassed', ...OF },
  Unchargeable: { type: 'Unchargeable', ...OF, reason: 'currency' },
  Undeliverable: { type: 'Undeliverable', ...OF, reason: 'suppressed' },
  TooLarge: { type: 'TooLarge', bytes: 2_000_000 },
  CommitTooLarge: { type: 'CommitTooLarge', streamId: 'order#o-1', bytes: 500_000 },
  OutcomeUnknown: { type: 'OutcomeUnknown', ...OF, cause: 'time-out', retryAfterMs: 7 },
  NotExecuted: { type: 'NotExecuted', ...OF, reason: '429' },
  NotYet: { type: 'NotYet', ...OF, why: 'claimed', retryAfterMs: 9 },
  ConflictsExhausted: { type: 'ConflictsExhausted', ...OF },
  SendFailed: { type: 'SendFailed', code: 'InternalError' },
  Uncertain: { type: 'Uncertain', streamId: 'order#o-1', cause: 'time-out' },
  Unavailable: { type: 'Unavailable', dependency: 'EventStore', ...FAILED },
  Aborted: { type: 'Aborted', dependency: 'EventStore' },
  CorruptStream: { type: 'CorruptStream', streamId: 'order#o-1', version: 1, why: 'hash' },
  CorruptRow: { type: 'CorruptRow', orderId: 'o-1', why: 'json' },
  Misconfigured: { type: 'Misconfigured', dependency: 'EventStore', cause: 'no table' },
};

describe('the disposition of an error', () => {
  const all = Object.values(EXAMPLES);
  const reasons = new Map(
    all.flatMap((error) => {
      const disposition = dispositionOf(error);
      return disposition.type === 'DeadLetter' ? [[error.type, disposition.reason]] : [];
    }),
  );

  it('is the dead-letter queue, with its reason, where trying again cannot help', () => {
    expect(Object.fromEntries(reasons)).to.deep.equal({
      MalformedMessage: 'MalformedMessage; a; b',
      InvalidOrder: 'InvalidOrder; a',
      PayloadConflict: 'PayloadConflict',
      ReviewRequired: 'ReviewRequired; amount',
      ResendHorizonPassed: 'ResendHorizonPassed',
      Unchargeable: 'Unchargeable; currency',
      Undeliverable: 'Undeliverable; suppressed',
      TooLarge: 'TooLarge; 2000000 bytes',
      CommitTooLarge: 'CommitTooLarge; 500000 bytes',
    });
  });

  it('is another try, never an acknowledgement, for everything else', () => {
    const others = all.filter(({ type }) => !reasons.has(type)).map(dispositionOf);
    expect(others).to.have.length(11);
    for (const disposition of others) expect(disposition.type).to.equal('Retry');
  });

  it('honours what the other side asked to wait', () => {
    const { OutcomeUnknown, NotYet } = EXAMPLES;
    expect(dispositionOf(OutcomeUnknown)).to.include({ delayClass: 'normal', retryAfterMs: 7 });
    expect(dispositionOf(NotYet)).to.include({ delayClass: 'prompt', retryAfterMs: 9 });
  });

  it('is slower under throttling, and slowest where a person must act', () => {
    const throttled = { ...EXAMPLES.Unavailable, throttled: true };
    expect(dispositionOf(throttled)).to.include({ delayClass: 'throttled' });
    const { CorruptStream, CorruptRow, Misconfigured } = EXAMPLES;
    for (const error of [CorruptStream, CorruptRow, Misconfigured]) {
      expect(dispositionOf(error)).to.include({ delayClass: 'slow' });
    }
  });
});
