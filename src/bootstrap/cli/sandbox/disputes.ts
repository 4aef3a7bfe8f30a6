import { Option } from 'commander';
import { err, ok } from 'neverthrow';
import { defined } from '../../../adapters/defined.ts';
import { DISPUTE_REASONS } from '../../../adapters/embedded/stripe/outcomes.ts';
import { defineCommand } from '../common/command.ts';
import { EXIT, misused } from '../common/failure.ts';
import { minorAmount } from './dashboard.ts';
import { amountText, moneyOf } from './money.ts';
import { openSandbox } from './sandboxApi.ts';

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
