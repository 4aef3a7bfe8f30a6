import { createReconciler } from '../../application/reconcile/reconciler.ts';
import { createReconcile } from '../../application/reconcile/round.ts';
import { from, type Module } from '../tokens.ts';

/** Looks for what was left behind. It can charge and mail nobody, and deletes no message. */
export const reconciliation = {
  reconcile: from(
    [
      'store',
      'claims',
      'knownDeployment',
      'gatewayEvents',
      'payments',
      'paymentsDlq',
      'clock',
      'ids',
      'telemetry',
      'seriesNames',
    ],
    ({ seriesNames: series, ...services }) => createReconcile({ ...services, series }),
  ),
  reconciler: from(
    ['reconcile', 'clock', 'ids', 'telemetry', 'reconciling'],
    ({ reconciling: settings, ...services }) => createReconciler({ ...services, settings }),
  ),
} satisfies Module;
