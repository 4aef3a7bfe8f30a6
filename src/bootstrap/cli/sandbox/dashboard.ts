import { Option } from 'commander';
import { err, ok } from 'neverthrow';
import { defined } from '../../../adapters/defined.ts';
import { DISPUTE_REASONS } from '../../../adapters/embedded/stripe/outcomes.ts';
import { defineCommand } from '../common/command.ts';
import { EXIT, failed, misused, type CliFailure } from '../common/failure.ts';
import { wholeNumber } from '../common/options.ts';
import { amountText, moneyOf } from './money.ts';
import { openSandbox, type SandboxLedger } from './sandboxApi.ts';

/*
 * The steps of somebody at the gateway's dashboard: Paidonce is not asked.
 */

const PAYMENT = /^pi_\w+$/;
const AMOUNT_MAX = 999_999_999;
const minorAmount = wholeNumber(1, AMOUNT_MAX);

export const refundCommand = defineCommand<{ readonly amount?: number }>({
  examples: [
    'sandbox refund third --embedded',
    'sandbox refund pi_0123456789abcdef01234567 --amount 500 --embedded --json',
  ],
  options: (command) =>
    command
      .argument('<order>', 'the order’s id, or that of one payment: pi_…')
      .option('--amount <minor>', 'of one payment, in the units of Stripe', minorAmount),
  help: `\
Stands in for somebody at the gateway's dashboard: Paidonce is not asked, and records nothing until
the gateway reports it, a person decides a review or \`paidonce review adopt\` looks. What is left
of the payment, or of each payment of the order, is refunded.
Exit code: 0 refunded, 1 nothing to refund, 2 wrong usage or configuration.`,
  run: async function* (session, { amount }, { args: [subject = ''] }) {
    const isPayment = PAYMENT.test(subject);
    if (amount !== undefined && !isPayment) {
      return err(misused('--amount is of one payment: name its pi_…'));
    }
    const sandbox = yield* openSandbox(session);
    const ledger = yield* sandbox.ledger();
    const payments = isPayment ? [subject] : leftOf(subject, ledger);
    if (payments.length === 0) return err(nothingToRefund(subject));
    for (const payment of payments) {
      const refund = yield* sandbox.act(`payments/${payment}/refund`, defined({ amount }));
      const { order_id: order } =
        ledger.charges.find(({ payment_intent: id }) => id === payment) ?? {};
      const orderId = order ?? '';
      session.output.data(
        { orderId, payment, id: refund.id, amount: moneyOf(refund) },
        () => `refunded ${amountText(refund)} of ${payment} as ${refund.id}`,
      );
    }
    return ok(EXIT.OK);
  },
});

/** The payments of an order of which the sandbox still holds money. */
const leftOf = (orderId: string, { charges, refunds }: SandboxLedger): readonly string[] =>
  charges
    .filter(({ order_id: of, status }) => of === orderId && status === 'succeeded')
    .filter(({ payment_intent: payment, amount }) => {
      const refunded = refunds
        .filter((refund) => refund.payment_intent === payment && refund.status !== 'failed')
        .reduce((sum, refund) => sum + refund.amount, 0);
      return refunded < amount;
    })
    .map(({ payment_intent: payment }) => payment);

const nothingToRefund = (orderId: string): CliFailure =>
  failed('NothingToRefund', `the sandbox holds no money of the order ${JSON.stringify(orderId)}`, [
    '`paidonce sandbox ledger` shows what it has charged and refunded.',
  ]);

/** A command about one authorised payment. */
const onHold = (act: 'capture' | 'cancel', done: string) =>
  defineCommand({
    examples: [
      `sandbox ${act} pi_0123456789abcdef01234567 --embedded`,
      `sandbox ${act} pi_0123456789abcdef01234567 --embedded --json`,
    ],
    options: (command) => command.argument('<payment>', 'the authorised payment’s id: pi_…'),
    help: `\
Stands in for somebody at the gateway's dashboard: Paidonce is not asked.
Exit code: 0 ${done}, 2 not authorised, or wrong usage or configuration.`,
    run: async function* (session, _options, { args: [payment = ''] }) {
      if (!PAYMENT.test(payment)) return err(misused('a payment’s id begins with pi_'));
      const sandbox = yield* openSandbox(session);
      const { status } = yield* sandbox.act(`payments/${payment}/${act}`);
      session.output.data({ payment, status }, () => `${done} ${payment}`);
      return ok(EXIT.OK);
    },
  });

export const captureCommand = onHold('capture', 'captured');
export const cancelCommand = onHold('cancel', 'released');

export const settleCommand = defineCommand<{ readonly fails?: boolean }>({
  examples: [
    'sandbox settle pi_0123456789abcdef01234567 --embedded',
    'sandbox settle re_0123456789abcdef01234567 --fails --embedded --json',
  ],
  options: (command) =>
    command
      .argument('<id>', 'a payment that is processing, or a refund: pi_… or re_…')
      .option('--fails', 'it fails: a refund also when it had succeeded'),
  help: `\
Ends a payment that is processing, or a refund that is pending, without waiting for its time.
Exit code: 0 ended, 2 nothing to end, or wrong usage or configuration.`,
  run: async function* (session, { fails = false }, { args: [id = ''] }) {
    if (!/^(pi|re)_\w+$/.test(id)) return err(misused('an id here begins with pi_ or re_'));
    const sandbox = yield* openSandbox(session);
    const { status } = yield* sandbox.act(`settle/${id}`, { fails });
    session.output.data({ id, status }, () => `${id} is ${status}`);
    return ok(EXIT.OK);
  },
});

export const disputeCommand = defineCommand<{
  readonly amount?: number;
  readonly reason: string;
  readonly inquiry?: boolean;
}>({
  examples: [
    'sandbox dispute pi_0123456789abcdef01234567 --embedded',
    'sandbox dispute pi_0123456789abcdef01234567 --amount 1000 --inquiry --embedded --json',
  ],
  options: (command) =>
    command
      .argument('<payment>', 'the captured payment’s id: pi_…')
      .option('--amount <minor>', 'in the units of Stripe, otherwise what is left', minorAmount)
      .addOption(
        new Option('--reason <reason>', 'what the customer says')
          .choices(DISPUTE_REASONS)
          .default('fraudulent'),
      )
      .option('--inquiry', 'the bank asks first, and withdraws nothing'),
  help: `\
Stands in for a customer's bank, which withdraws the money at once. An answer is due in seven days.
Exit code: 0 opened, 2 nothing to dispute, or wrong usage or configuration.`,
  run: async function* (session, { amount, reason, inquiry = false }, { args: [payment = ''] }) {
    if (!/^pi_\w+$/.test(payment)) return err(misused('a payment’s id begins with pi_'));
    const sandbox = yield* openSandbox(session);
    const settings = { ...defined({ amount }), reason, isInquiry: inquiry };
    const dispute = yield* sandbox.act(`payments/${payment}/dispute`, settings);
    const { id, status } = dispute;
    session.output.data(
      { payment, id, status, reason, amount: moneyOf(dispute) },
      () => `${status}: ${amountText(dispute)} of ${payment} as ${id}`,
    );
    return ok(EXIT.OK);
  },
});

export const disputeCloseCommand = defineCommand<{
  readonly won?: boolean;
  readonly lost?: boolean;
}>({
  examples: [
    'sandbox dispute-close du_0123456789abcdef01234567 --won --embedded',
    'sandbox dispute-close du_0123456789abcdef01234567 --lost --embedded --json',
  ],
  options: (command) =>
    command
      .argument('<dispute>', 'the dispute’s id: du_…')
      .option('--won', 'the money comes again')
      .option('--lost', 'the money stays with the customer'),
  help: `\
Ends a dispute. An inquiry ends as \`warning_closed\`, whichever is said.
Exit code: 0 ended, 2 no open dispute, or wrong usage or configuration.`,
  run: async function* (session, { won = false, lost = false }, { args: [id = ''] }) {
    if (!/^du_\w+$/.test(id)) return err(misused('a dispute’s id begins with du_'));
    if (won === lost) return err(misused('a dispute is closed with either --won or --lost'));
    const sandbox = yield* openSandbox(session);
    const { status } = yield* sandbox.act(`disputes/${id}/close`, { isWon: won });
    session.output.data({ id, status }, () => `${id} is ${status}`);
    return ok(EXIT.OK);
  },
});
