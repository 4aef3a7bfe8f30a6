import type { ResultAsync } from 'neverthrow';
import type { Dependency, Misconfiguration, Unavailable } from './failures.ts';

/**
 * Checks whether a dependency works again. It is a read that changes nothing, concerns no order and
 * needs no more rights than the service has. Its error may name another dependency, which this one
 * needs.
 */
export type Probe = () => ResultAsync<void, Unavailable | Misconfiguration>;

/** The probe of each dependency that a service's handlers call. */
export type Probes = Readonly<Partial<Record<Dependency, Probe>>>;
