import { err, ok, type Result } from 'neverthrow';
import * as Order from '../../domain/order/index.ts';
import type { HandlerError } from '../delivery/handler.ts';
import { createAppend } from './append.ts';
import { createCurrentContext } from './context.ts';
import type { OrderContext, PaymentDependencies } from './dependencies.ts';
import {
  appendStep,
  gather,
  logAlarm,
  reload,
  retryLater,
  type DriveParts,
  type DriveResult,
  type DriveProgress,
  type View,
} from './driveSteps.ts';
import { createGatherEvidence } from './gatherEvidence.ts';

/**
 * The bound of a drive: every refund of an order is asked for at once, sent, numbered and recorded,
 * and some steps are for the rest.
 */
const STEPS_MAX = 4 * (Order.REFUNDS_MAX + 10);

/**
 * Drives the whole order, whatever message came for it (R11): asks for the next step, takes it, and
 * asks again. Evidence lives here and outlives every lost race (R3). If nothing can be known now,
 * the result is an error, and the message comes again.
 */
export const createDriver = (dependencies: PaymentDependencies) => {
  const parts = {
    ...dependencies,
    currentContext: createCurrentContext(dependencies),
    gatherEvidence: createGatherEvidence(dependencies),
    append: createAppend(dependencies),
  };
  return (start: View, handling: OrderContext): Driven => takeSteps(start, handling, parts);
};

type Driven = Promise<Result<DriveResult, HandlerError>>;

const takeSteps = async (start: View, handling: OrderContext, parts: DriveParts): Driven => {
  const { orderId, signal, deployment, letter, hint, asksPending } = handling;
  const about = { deployment, letter, ...(hint && { hint }), ...(asksPending && { asksPending }) };
  let progress: DriveProgress = {
    ...start,
    evidence: Order.NO_EVIDENCE,
    unanswered: new Map(),
    conflicts: 0,
  };
  for (let steps = 0; steps < STEPS_MAX; steps += 1) {
    const { order, viewedAt, evidence } = progress;
    const context = parts.currentContext({ ...about, viewedAt });
    const step = Order.nextStep(order.state, evidence, context);
    // Evidence is recorded, and published, by a process that must stop too; nothing new is begun.
    if (signal.aborted && (isOfNoUse(step) || evidence.size === 0)) return err(ABORTED);
    switch (step.type) {
      case 'Send':
      case 'LookUp':
      case 'ClaimPayment':
      case 'AllocateNumber':
      case 'FindNumber':
      case 'CloseDocument': {
        const gathered = await gather(step, progress, handling, parts);
        if (gathered.isErr()) return err(gathered.error);
        progress = gathered.value;
        break;
      }
      case 'Append': {
        const appended = await appendStep(step, progress, handling, parts);
        if (appended.isErr()) return err(appended.error);
        progress = appended.value;
        break;
      }
      case 'RetryLater':
        return retryLater(step, progress, handling, parts);
      case 'DeadLetter': {
        // Another process may have gone on meanwhile. No dead letter is of an older view (hole 14).
        const reloaded = await reload(progress, orderId, parts);
        if (reloaded.isErr()) return err(reloaded.error);
        progress = reloaded.value;
        if (progress.order.position.version !== order.position.version) break;
        logAlarm(parts.telemetry, step, handling);
        return ok({ order: progress.order, review: step });
      }
      case 'Settled':
        return ok({ order });
    }
  }
  return err({ type: 'StepsExhausted', orderId });
};

const ABORTED: HandlerError = { type: 'Aborted', dependency: 'PaymentGateway' };

/** A process that must stop sends nothing, asks nothing, and need not wait. */
const isOfNoUse = ({ type }: Order.OrderStep): boolean =>
  type === 'Send' || type === 'LookUp' || type === 'RetryLater';
