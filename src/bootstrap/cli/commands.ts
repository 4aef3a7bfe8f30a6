import type { Register } from './shared/command.ts';
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

/** Every command, in the order in which the help shows them. */
export const COMMANDS: readonly Register[] = [
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
