import type { Register } from '../command.ts';
import { registerAudit } from './audit.ts';
import { registerCancel } from './cancel.ts';
import { registerCorrectEmail } from './correctEmail.ts';
import { registerDemo } from './demo.ts';
import { registerDlq } from './dlq.ts';
import { registerDoctor } from './doctor.ts';
import { registerGatewayAccount } from './gatewayAccount.ts';
import { registerInvoice } from './invoice.ts';
import { registerLambda } from './lambda.ts';
import { registerOrder } from './order.ts';
import { registerReconcile } from './reconcile.ts';
import { registerRefund } from './refund.ts';
import { registerReplay } from './replay.ts';
import { registerRestored } from './restored.ts';
import { registerResume } from './resume.ts';
import { registerReview } from './review.ts';
import { registerSandbox } from './sandbox.ts';
import { registerSeries } from './series.ts';
import { registerServers } from './servers.ts';
import { registerSetup } from './setup.ts';
import { registerSubmit } from './submit.ts';
import { registerTrace } from './trace.ts';
import { registerWorker } from './worker.ts';

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
