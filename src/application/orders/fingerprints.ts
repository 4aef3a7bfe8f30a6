import type { CreditRequest } from '../../domain/invoice/index.ts';
import type { Ids } from '../ports/ids.ts';

/**
 * Another refund under the same id has another fingerprint. The order of its keys is irrelevant.
 */
export const refundFingerprint = (wanted: CreditRequest, ids: Pick<Ids, 'fingerprint'>): string =>
  ids.fingerprint({ refund: wanted });
