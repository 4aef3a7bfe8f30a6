import { expect } from 'chai';
import { compile } from '../support/compile.ts';

const IMPORTS = `
  import type {
    CapturedOutcome, DeclinedOutcome, RefundedOutcome, ChargeOutcome, NotExecutedOutcome,
    PaymentGateway, PaymentLookUp, RefundLookUp, RefundOutcome, UnknownOutcome,
    CaptureOutcome, InspectedPayment, UnderWayOutcome, VoidedOutcome, VoidOutcome,
  } from 'ROOT/src/application/ports/paymentGateway.ts';
  declare const outcome: ChargeOutcome;
  declare const refund: RefundOutcome;
  declare const lookUp: PaymentLookUp;
  declare const refundLookUp: RefundLookUp;
  declare const capture: CaptureOutcome;
  declare const release: VoidOutcome;
  declare const inspected: InspectedPayment;
  declare const recordVoided: (voided: VoidedOutcome) => 'recorded';
  declare const notExecuted: NotExecutedOutcome;
  declare const unknown: UnknownOutcome;
  declare const underWay: UnderWayOutcome;
  declare const recordCaptured: (captured: CapturedOutcome) => 'recorded';
  declare const recordDeclined: (declined: DeclinedOutcome) => 'recorded';
`;

/** What a careless hand might write. Each has its one mistake, and nothing else wrong with it. */
const MISTAKES = {
  unknownAsDeclined: `recordDeclined(unknown);`,
  unknownAsCaptured: `recordCaptured(unknown);`,
  notExecutedAsDeclined: `recordDeclined(notExecuted);`,
  notExecutedAsUnknown: `const it: UnknownOutcome = notExecuted;`,
  unknownAsNotExecuted: `const it: NotExecutedOutcome = unknown;`,
  notCapturedIsDeclined: `outcome.type === 'Captured' ? recordCaptured(outcome)
    : recordDeclined(outcome);`,
  notDeclinedIsCaptured: `outcome.type === 'Declined' ? recordDeclined(outcome)
    : recordCaptured(outcome);`,
  notAbsentIsCaptured: `lookUp.type === 'Absent' ? undefined : recordCaptured(lookUp);`,
  absentAsDeclined: `lookUp.type === 'Absent' ? recordDeclined(lookUp) : undefined;`,
  severalAsCaptured: `lookUp.type === 'Several' ? recordCaptured(lookUp) : undefined;`,
  notCapturedIsReleased: `capture.type === 'Captured' ? recordCaptured(capture)
    : recordDeclined(capture);`,
  notVoidedIsCaptured: `release.type === 'Voided' ? recordVoided(release)
    : recordCaptured(release);`,
  notCapturedIsVoided: `release.type === 'Captured' ? recordCaptured(release)
    : recordVoided(release);`,
  voidedAsDeclined: `release.type === 'Voided' ? recordDeclined(release) : undefined;`,
  inspectedAsCaptured: `recordCaptured(inspected);`,
  captureWithoutPayment: `declare const gateway: PaymentGateway;
    gateway.capture({ key: '', body: '', notAfter: 0 });`,
  failingCapture: `declare const gateway: PaymentGateway;
    gateway.capture({ key: '', body: '', payment: '', notAfter: 0 }).mapErr((it) => it.message);`,
  refundAsCapture: `refund.type === 'Refunded' ? recordCaptured(refund) : undefined;`,
  notRefundedIsDeclined: `refund.type === 'Refunded' ? undefined : recordDeclined(refund);`,
  refundFoundOrDeclined: `refundLookUp.type === 'Refunded'
    ? undefined : recordDeclined(refundLookUp);`,
  withoutUnknown: `const tell = (it: ChargeOutcome): string => {
      switch (it.type) {
        case 'Captured': return it.reference;
        case 'Declined': return it.code;
        case 'UnderWay': return it.reference;
        case 'NotExecuted': return it.reason;
      }
    };`,
  withoutNotExecuted: `const tell = (it: RefundOutcome): string => {
      switch (it.type) {
        case 'Refunded': return it.reference;
        case 'Declined': return it.code;
        case 'UnderWay': return it.reference;
        case 'Unknown': return it.cause;
      }
    };`,
  withoutUnderWay: `const tell = (it: ChargeOutcome): string => {
      switch (it.type) {
        case 'Captured': return it.reference;
        case 'Declined': return it.code;
        case 'NotExecuted': return it.reason;
        case 'Unknown': return it.cause;
      }
    };`,
  underWayAsCaptured: `recordCaptured(underWay);`,
  underWayAsDeclined: `recordDeclined(underWay);`,
  underWayAsUnknown: `const it: UnknownOutcome = underWay;`,
  sixthOutcome: `declare const post: () => ReturnType<PaymentGateway['charge']>;
    post().map((it): 'Captured' | 'Declined' => it.type);`,
  failingCharge: `declare const gateway: PaymentGateway;
    gateway.charge({ key: '', body: '', notAfter: 0 }).mapErr((error) => error.message);`,
} as const;

describe('The outcomes of a payment gateway, to the compiler', () => {
  let errors: Readonly<Record<keyof typeof MISTAKES | 'right', readonly string[]>>;

  before(async () => {
    errors = await compile(IMPORTS, { ...MISTAKES, right: RIGHT });
  });

  it('are all there is to a charge, a capture, a release, a refund and their look-ups', () => {
    expect(errors.right).to.deep.equal([]);
  });

  for (const name of Object.keys(MISTAKES) as (keyof typeof MISTAKES)[]) {
    it(`are no other than they are: ${name} does not compile (F24, F25)`, () => {
      expect(errors[name]).to.have.length(1);
    });
  }
});

const RIGHT = `
  const ofCharge = (it: ChargeOutcome): string => {
    switch (it.type) {
      case 'Captured': return recordCaptured(it);
      case 'Declined': return recordDeclined(it);
      case 'UnderWay': return it.reference;
      case 'NotExecuted': return it.reason;
      case 'Unknown': return it.cause;
    }
  };
  const ofRelease = (it: VoidOutcome): string => {
    switch (it.type) {
      case 'Voided': return recordVoided(it);
      case 'Captured': return recordCaptured(it);
      case 'NotExecuted': return it.reason;
      case 'Unknown': return it.cause;
    }
  };
  const ofCapture = (it: CaptureOutcome): string => ofCharge(it);
  const ofRefund = (it: RefundOutcome): string => {
    switch (it.type) {
      case 'Refunded': return it.reference;
      case 'Declined': return recordDeclined(it);
      case 'UnderWay': return it.reference;
      case 'NotExecuted': return it.reason;
      case 'Unknown': return it.cause;
    }
  };
  const ofLookUp = (it: PaymentLookUp | RefundLookUp): string => {
    switch (it.type) {
      case 'Captured': return recordCaptured(it);
      case 'Refunded': return it.reference;
      case 'Declined': return recordDeclined(it);
      case 'UnderWay': return it.reference;
      case 'Absent': return '';
      case 'Several': return it.found.map(({ reference }) => reference).join();
      case 'Unknown': return it.cause;
    }
  };
`;
