import { expect } from 'chai';
import fc from 'fast-check';
import { runsOf } from '../../../support/runs.ts';
import {
  authorise,
  startStripeSandbox,
  type StripeSandbox,
} from '../../../support/stripeSandbox.ts';

type Act =
  | {
      readonly type: 'refund' | 'dispute' | 'inquiry';
      readonly of: number;
      readonly amount: number;
    }
  | { readonly type: 'settle'; readonly of: number; readonly fails: boolean }
  | { readonly type: 'close'; readonly of: number; readonly isWon: boolean }
  | { readonly type: 'capture' | 'cancel' | 'later'; readonly of: number };

/** As much of a payment, a refund or a dispute as says what has moved. */
type EventObject = {
  readonly id: string;
  readonly status: string;
  readonly amount: number;
  readonly amount_received: number;
  readonly payment_intent: string;
};

const METHODS = [
  'pm_card_visa',
  'pm_card_createDispute',
  'pm_card_refundFail',
  'pm_sandbox_processing_succeeds',
  'pm_sandbox_processing_never_ends',
  'pm_sandbox_refund_pending_never_ends',
] as const;

const of = fc.nat({ max: 20 });
/** Of what is left, or too much, or all of it: 0. */
const amount = fc.constantFrom(0, 0, 1, 1_000, 3_758, 4_758, 4_759);

const anyAct = (): fc.Arbitrary<Act> =>
  fc.oneof(
    fc.record({ type: fc.constantFrom('refund', 'dispute', 'inquiry'), of, amount }),
    fc.record({ type: fc.constant('settle'), of, fails: fc.boolean() }),
    fc.record({ type: fc.constant('close'), of, isWon: fc.boolean() }),
    fc.record({ type: fc.constantFrom('capture', 'cancel', 'later'), of }),
  );

/** So that each way for money to move is seen in every run. */
const EXAMPLES: [(typeof METHODS)[number], Act[]][] = [
  [
    'pm_card_visa',
    [
      { type: 'refund', of: 0, amount: 1_000 },
      { type: 'settle', of: 0, fails: true },
      { type: 'dispute', of: 0, amount: 0 },
      { type: 'close', of: 0, isWon: true },
    ],
  ],
];

const anyPayment = () => fc.constantFrom(...METHODS, 'to capture' as const);

describe('what the Stripe sandbox holds of a payment', () => {
  let sandbox: StripeSandbox;
  let nowMs = Date.UTC(2030, 0, 1);
  const moved = new Set<string>();

  before(async () => {
    sandbox = await startStripeSandbox({ now: () => nowMs });
  });
  after(() => sandbox.close());

  const pay = async (method: (typeof METHODS)[number] | 'to capture'): Promise<string> => {
    if (method === 'to capture') return authorise(sandbox.stripe);
    const payment = { amount: 4_758, currency: 'eur', confirm: true, off_session: true };
    return (await sandbox.stripe.paymentIntents.create({ ...payment, payment_method: method })).id;
  };

  /** The one that is meant, of those that there are. */
  const pick = (ids: readonly string[], at: number): string => ids[at % ids.length] ?? 'none_0';

  const act = async (one: Act, payment: string): Promise<void> => {
    const [refunds, disputes] = [await sandbox.refunds(), await sandbox.disputes()].map((entries) =>
      entries.filter(({ payment_intent }) => payment_intent === payment).map(({ id }) => id),
    );
    const some = 'amount' in one && one.amount > 0 ? { amount: one.amount } : {};
    switch (one.type) {
      case 'refund':
        await sandbox.act(`payments/${payment}/refund`, some);
        break;
      case 'dispute':
      case 'inquiry':
        await sandbox.act(`payments/${payment}/dispute`, {
          ...some,
          isInquiry: one.type === 'inquiry',
        });
        break;
      case 'settle':
        await sandbox.act(`settle/${pick(refunds?.length ? refunds : [payment], one.of)}`, {
          fails: one.fails,
        });
        break;
      case 'close':
        await sandbox.act(`disputes/${pick(disputes ?? [], one.of)}/close`, { isWon: one.isWon });
        break;
      case 'capture':
      case 'cancel':
        await sandbox.act(`payments/${payment}/${one.type}`);
        break;
      case 'later':
        nowMs += 60_000;
        break;
    }
  };

  /** By its events alone, as somebody would add them up who knows nothing else. */
  const heldByEvents = async (payment: string, since: number): Promise<number> => {
    let held = 0;
    const refunded = new Map<string, number>();
    const add = (type: string, minor: number): void => {
      if (minor !== 0) moved.add(type);
      held += minor;
    };
    const created = { gte: Math.floor(since / 1_000) };
    const { data: events } = await sandbox.stripe.events.list({ limit: 100, created });
    for (const { type, data } of events.toReversed()) {
      const object = data.object as unknown as EventObject;
      if ((type.startsWith('payment_intent') ? object.id : object.payment_intent) !== payment) {
        continue;
      }
      const before = refunded.get(object.id) ?? 0;
      if (type === 'payment_intent.succeeded') add(type, object.amount_received);
      if (type === 'charge.dispute.funds_withdrawn') add(type, -object.amount);
      if (type === 'charge.dispute.funds_reinstated') add(type, object.amount);
      if (type === 'refund.created' && object.status !== 'failed') {
        refunded.set(object.id, object.amount);
        add(type, -object.amount);
      }
      if (type === 'refund.failed') {
        refunded.set(object.id, 0);
        add(type, before);
      }
    }
    return held;
  };

  const inLedger = async (payment: string) =>
    (await sandbox.ledger()).find(({ payment_intent }) => payment_intent === payment) ??
    expect.fail('it is not in the ledger');

  it('is what its events say, whatever is done to it, and after a restart (I23)', async () => {
    await fc.assert(
      fc.asyncProperty(anyPayment(), fc.array(anyAct(), { maxLength: 8 }), async (method, acts) => {
        nowMs += 3_600_000;
        const since = nowMs;
        const payment = await pay(method);
        for (const one of acts) {
          await act(one, payment);
          const { held } = await inLedger(payment);
          expect(held).to.equal(await heldByEvents(payment, since));
        }
      }),
      { numRuns: runsOf(30, 150), examples: EXAMPLES },
    );
    expect([...moved]).to.have.members([
      'payment_intent.succeeded',
      'refund.created',
      'refund.failed',
      'charge.dispute.funds_withdrawn',
      'charge.dispute.funds_reinstated',
    ]);
    const ledger = await sandbox.ledger();
    sandbox = await sandbox.restart();
    expect(await sandbox.ledger()).to.deep.equal(ledger);
  });
});
