import type { ResultAsync } from 'neverthrow';
import type { Dependency, Misconfiguration, Unavailable } from './failures.ts';

/**
 * Whether a dependency serves anybody again: a read that changes nothing, concerns no order and needs no more
 * rights than the service has. Its error may name another dependency, which it needs in turn.
 */
export type Probe = () => ResultAsync<void, Unavailable | Misconfiguration>;

/** Of each dependency that a service's handlers call. */
export type Probes = Readonly<Partial<Record<Dependency, Probe>>>;
