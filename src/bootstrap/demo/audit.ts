import { ResultAsync } from 'neverthrow';
import { createGatewayCheck } from '../../application/audit/gateway/gatewayCheck.ts';
import { createLogChecks } from '../../application/audit/logChecks.ts';
import { failureOf, type CliFailure } from '../cli/shared/failure.ts';
import type { Config } from '../config.ts';
import { giveUpMs } from '../config/paymentTimes.ts';
import { createContainer } from '../container.ts';
import { application } from '../modules/application.ts';
import { aws } from '../modules/aws.ts';

/** How many invariants an audit of the log and of the gateway's own list has checked, and what it found. */
export type AuditSummary = { readonly proved: number; readonly findings: number };

export const auditEverything = (config: Config): ResultAsync<AuditSummary, CliFailure> => {
  const { get } = createContainer(application, aws({ service: 'demo' }), config);
  const log = { store: get('store'), clock: get('clock') };
  const afterMs = giveUpMs(config);
  // Everything has come to its end, so that nothing counts as in progress.
  const { checks } = createLogChecks(
    { ...log, ids: get('ids'), invoices: get('invoices') },
    { graceMs: 0, giveUpMs: afterMs },
  );
  const gateway = createGatewayCheck(
    { ...log, ledger: get('gatewayLedger') },
    { foreign: 'apart', openMs: afterMs },
  );
  return new ResultAsync(get('audit')({ segments: 2, checks: [...checks, gateway] }))
    .mapErr(failureOf)
    .map(({ findings }) => ({
      proved: Object.keys(findings).length,
      findings: Object.values(findings).reduce((sum, count) => sum + count, 0),
    }));
};
