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
  NotAllowed: { type: 'NotAllowed', ...OF, command: 'RefundPayment', senderId: 'AROASHOP:a' },
  ReviewRequired: { type: 'ReviewRequired', ...OF, reason: 'amount' },
  Contradiction: { type: 'Contradiction', ...OF, reason: 'moved' },
  DisputeUnknown: { type: 'DisputeUnknown', dispute: 'du_1', payment: 'pi_1' },
  StepsExhausted: { type: 'StepsExhausted', ...OF },
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
      NotAllowed: 'NotAllowed; RefundPayment from AROASHOP:a',
      ReviewRequired: 'ReviewRequired; amount',
      Contradiction: 'ReviewRequired; moved',
      DisputeUnknown: 'DisputeUnknown; du_1 of pi_1',
      StepsExhausted: 'StepsExhausted',
      Unchargeable: 'Unchargeable; currency',
      Undeliverable: 'Undeliverable; suppressed',
      TooLarge: 'TooLarge; 2000000 bytes',
      CommitTooLarge: 'CommitTooLarge; 500000 bytes',
    });
  });

  it('Q12: is a pause where any other message would have fared alike', () => {
    const { OutcomeUnknown, NotExecuted, Unavailable, Misconfigured, Uncertain } = EXAMPLES;
    const throttled = { ...Unavailable, throttled: true };
    const refused = { ...NotExecuted, trouble: 'Throttled', retryAfterMs: 7 } as const;
    const timedOut = { ...OutcomeUnknown, trouble: 'Unavailable' } as const;
    const pauses = [Unavailable, throttled, Misconfigured, Uncertain, refused, timedOut];
    expect(pauses.map(dispositionOf)).to.deep.equal([
      { type: 'Pause', dependency: 'EventStore', trouble: 'Unavailable' },
      { type: 'Pause', dependency: 'EventStore', trouble: 'Throttled' },
      { type: 'Pause', dependency: 'EventStore', trouble: 'Misconfigured', cause: 'no table' },
      { type: 'Pause', dependency: 'EventStore', trouble: 'Unavailable' },
      { type: 'Pause', dependency: 'PaymentGateway', trouble: 'Throttled', retryAfterMs: 7 },
      { type: 'Pause', dependency: 'PaymentGateway', trouble: 'Unavailable', retryAfterMs: 7 },
    ]);
  });

  it('is another try, never an acknowledgement, for what is the trouble of one order alone', () => {
    const tries = all.filter((error) => dispositionOf(error).type === 'Retry');
    expect(tries.map(({ type }) => type)).to.have.members([
      'OutcomeUnknown',
      'NotExecuted',
      'NotYet',
      'ConflictsExhausted',
      'SendFailed',
      'Aborted',
      'CorruptStream',
      'CorruptRow',
    ]);
  });

  it('honours what the other side asked to wait', () => {
    const { OutcomeUnknown, NotYet } = EXAMPLES;
    expect(dispositionOf(OutcomeUnknown)).to.include({ delayClass: 'normal', retryAfterMs: 7 });
    expect(dispositionOf(NotYet)).to.include({ delayClass: 'prompt', retryAfterMs: 9 });
  });

  it('is slowest where a person must act', () => {
    for (const error of [EXAMPLES.CorruptStream, EXAMPLES.CorruptRow]) {
      expect(dispositionOf(error)).to.include({ delayClass: 'slow' });
    }
  });
});
