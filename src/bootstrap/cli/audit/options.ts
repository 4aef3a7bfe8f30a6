import type { ScanFlags } from '../shared/options.ts';

/** As commander gives them. Times are in milliseconds. */
export type AuditCommandOptions = ScanFlags & {
  readonly grace: number;
  readonly queues?: boolean;
  readonly gateway?: boolean;
  readonly gatewaySince?: number;
  readonly foreignPayments?: 'apart' | 'report' | 'ignore';
  readonly export?: string;
  readonly offline?: string;
  readonly manifestSha256?: string;
};
