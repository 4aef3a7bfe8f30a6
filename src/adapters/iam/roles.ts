import { OPERATING } from './operating.ts';
import { READING } from './reading.ts';
import { SERVICES } from './services.ts';

/**
 * Every role and what it may do: docs/aws.md, the command `policies` and the template of the
 * infrastructure are made from it.
 */
export const POLICY_ROLES = { ...SERVICES, ...OPERATING, ...READING } as const;

export type PolicyRoleName = keyof typeof POLICY_ROLES;
