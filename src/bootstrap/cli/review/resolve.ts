import { err, ok } from 'neverthrow';
import type { DecisionRequest } from '../../../application/review/decision.ts';
import type { ResolvedReview } from '../../../application/review/resolveReview.ts';
import type { CommandOutcome, Session } from '../shared/command.ts';
import { EXIT, misused } from '../shared/failure.ts';
import { resolutionText } from '../shared/eventTexts.ts';
import { resolveFailure } from './failures.ts';
import { entryText, gatewayText } from './text.ts';

/** The first two are for a payment, the others for a refund. */
export const VERDICTS = ['captured', 'not-captured', 'refunded', 'not-refunded'] as const;

export type ResolveOptions = {
  readonly as: (typeof VERDICTS)[number];
  readonly evidence: string;
  readonly by: string;
  readonly reference?: string;
  readonly refund?: string;
  readonly force?: boolean;
  readonly reason?: string;
};

export const resolveReview = async (
  { open, output }: Session,
  orderId: string,
  options: ResolveOptions,
): CommandOutcome => {
  const { as, evidence, by, reference, refund, force = false, reason } = options;
  if (as.endsWith('refunded') !== (refund !== undefined)) {
    return err(
      misused(
        refund === undefined
          ? 'a payment is captured or not-captured; name a refund with --refund'
          : 'a refund is refunded or not-refunded',
      ),
    );
  }
  if (force !== (reason !== undefined)) {
    return err(
      misused('--force and --reason go together: the reason of a forced decision is recorded'),
    );
  }
  const opened = open({ services: ['resolveReview'] });
  if (opened.isErr()) return err(opened.error);
  const decision: DecisionRequest = {
    orderId,
    moved: !as.startsWith('not-'),
    evidence,
    by,
    ...(refund === undefined ? {} : { refundId: refund }),
    ...(reference === undefined ? {} : { reference }),
    ...(reason === undefined ? {} : { forcedBecause: reason }),
  };
  const done = await opened.value.resolveReview(decision);
  if (done.isErr()) return err(resolveFailure(done.error, decision));
  output.data({ orderId, ...done.value }, () => textOf(orderId, done.value));
  if (force && done.value.resolved.forcedBecause === '') {
    output.note('Nothing speaks against it: the reason given with --force was not recorded.');
  }
  output.note(
    `The dead letter of the order stays in place: once the order is settled, run \`paidonce dlq discard --order ${orderId}\` or \`dlq redrive\`; either does no harm.`,
  );
  return ok(EXIT.OK);
};

const textOf = (orderId: string, { resolved, isNew, gateway, entry }: ResolvedReview): string => {
  const rows: readonly (readonly [string, string])[] = [
    [isNew ? 'decided' : 'as before', resolutionText(resolved)],
    ...(gateway === undefined ? [] : ([['gateway', gatewayText(gateway)]] as const)),
    ...(entry === undefined ? [] : ([['number', entryText(entry)]] as const)),
    ['sent', `ResumeOrder ${orderId}: a worker records what follows, and charges nobody`],
  ];
  return rows.map(([name, value]) => `${name.padEnd(10)}${value}`).join('\n');
};
