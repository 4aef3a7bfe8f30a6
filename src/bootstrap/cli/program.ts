import { Command, CommanderError } from 'commander';
import { VERSION } from '../version.ts';
import { EXIT, failed, misused } from './common/failure.ts';
import type { Lifecycle } from './common/lifecycle.ts';
import { createOutput, type Output } from './common/output.ts';
import type { Register } from './common/command.ts';
import { registerAudit } from './audit/audit.ts';
import { registerCancel } from './cancel/cancel.ts';
import { registerCorrectEmail } from './correctEmail/correctEmail.ts';
import { registerDemo } from './demo/demo.ts';
import { registerDlq } from './dlq/dlq.ts';
import { registerDoctor } from './doctor/doctor.ts';
import { registerGatewayAccount } from './gatewayAccount/gatewayAccount.ts';
import { registerInvoice } from './invoice/invoice.ts';
import { registerLambda } from './lambda/lambda.ts';
import { registerOrder } from './order/order.ts';
import { registerReconcile } from './reconcile/reconcile.ts';
import { registerRefund } from './refund/refund.ts';
import { registerReplay } from './replay/replay.ts';
import { registerRestored } from './restored/restored.ts';
import { registerResume } from './resume/resume.ts';
import { registerReview } from './review/review.ts';
import { registerSandbox } from './sandbox/sandbox.ts';
import { registerSeries } from './series/series.ts';
import { registerServers } from './servers/servers.ts';
import { registerSetup } from './setup/setup.ts';
import { registerSubmit } from './submit/submit.ts';
import { registerTrace } from './trace/trace.ts';
import { registerWorker } from './worker/worker.ts';

const USAGE = 'Add --help for the usage.';

export const createProgram = (lifecycle: Lifecycle, output: Output): Command => {
  const program = new Command('paidonce')
    .description('Order payments: charged at most once, invoiced exactly once, explained for ever.')
    .version(VERSION)
    .configureOutput({
      writeOut: (text) => void lifecycle.io.stdout.write(text),
      outputError: (text) => output.failure(misused(text.trim().replace(/^error: /, ''), [USAGE])),
    })
    // An exit inside the library would cut off what is being written.
    .exitOverride()
    .addHelpText(
      'after',
      `
Examples:
  $ npx paidonce worker --embedded
  $ npx paidonce submit --generate 20 --embedded
  $ npx paidonce setup && npx paidonce doctor

With --embedded a command uses servers on this machine, started by whichever command comes first,
with their data in .paidonce/ (or PAIDONCE_DATA_DIR). Without it nothing does: a missing setting
is an error.
Exit codes: 0 done, 1 failed or found wrong, 2 wrong usage or configuration. DEBUG=1 shows stack
traces.`,
    );
  for (const register of COMMANDS) register(program, lifecycle);
  return program;
};

/** Runs the command that the arguments name; the lifecycle gets the exit code. */
export const runProgram = async (args: readonly string[], lifecycle: Lifecycle): Promise<void> => {
  try {
    const program = createProgram(lifecycle, outputFor(args, lifecycle));
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    // The library has said what is wrong with the usage, or has shown the help that was asked for.
    if (!(error instanceof CommanderError)) giveUp(error, { args, lifecycle });
    else lifecycle.exit(error.exitCode === 0 ? EXIT.OK : EXIT.USAGE);
  }
};

/** Reports an unexpected error in one line; the stack is for those who fix it. */
export const giveUp = (
  error: unknown,
  { args, lifecycle }: { readonly args: readonly string[]; readonly lifecycle: Lifecycle },
): void => {
  const { io } = lifecycle;
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  outputFor(args, lifecycle).failure(failed(name, message === '' ? name : message));
  if (io.env['DEBUG'] && error instanceof Error) io.stderr.write(`${error.stack}\n`);
  lifecycle.exit(EXIT.FAILED);
};

const outputFor = (args: readonly string[], { io }: Lifecycle): Output =>
  createOutput({ json: args.includes('--json') }, io);

/** Every command, in the order in which the help shows them. */
const COMMANDS: readonly Register[] = [
  registerDemo,
  registerWorker,
  registerSubmit,
  registerOrder,
  registerInvoice,
  registerTrace,
  registerCancel,
  registerRefund,
  registerCorrectEmail,
  registerResume,
  registerReview,
  registerDlq,
  registerSeries,
  registerReconcile,
  registerReplay,
  registerAudit,
  registerSetup,
  registerRestored,
  registerGatewayAccount,
  registerDoctor,
  registerServers,
  registerSandbox,
  registerLambda,
];
