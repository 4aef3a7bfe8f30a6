import { ok } from 'neverthrow';
import {
  createGatewayCheck,
  type GatewayCheckOptions,
} from '../../../application/audit/gateway/gatewayCheck.ts';
import { patient } from '../../../application/audit/logChecks.ts';
import { createThrottlingRetry } from '../../../application/log/retryThrottled.ts';
import type { Clock } from '../../../application/ports/clock.ts';
import type { AuditPart } from './part.ts';

type GatewayPartDependencies = Omit<Parameters<typeof createGatewayCheck>[0], 'clock'> & {
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

/** The gateway's list against the log, wherever the list is had from. */
export const createGatewayPart = (
  { ledger, store, clock, signal }: GatewayPartDependencies,
  options: GatewayCheckOptions,
): AuditPart => {
  const reading = patient(store, createThrottlingRetry({ clock, signal }));
  const check = createGatewayCheck({ ledger, store: reading, clock }, options);
  return {
    checks: [check],
    finish: async () => {
      const totals = check.totals();
      const { payments, refunds, explained, foreign, notCompared, before } = totals;
      const left = [
        [explained, 'not recorded and explained: in review, or given back in full'],
        [foreign, 'of others on the same account, left alone'],
        [notCompared, 'of orders that cannot be read'],
        [before, 'of the log not looked for, as they may be older than the list'],
      ] as const;
      const notes = left.flatMap(([count, what]) => (count === 0 ? [] : [`  ${count} ${what}`]));
      const lines = [`The gateway lists ${payments} payments and ${refunds} refunds.`, ...notes];
      return ok({ value: { gateway: totals }, lines });
    },
  };
};
