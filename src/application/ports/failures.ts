import type { ResultAsync } from 'neverthrow';

/** The dependencies of a service, under the names that errors, records and the doctor use. */
export type Dependency =
  | 'EventStore'
  | 'InvoiceView'
  /** The keys of personal data: their table, and what wraps them. */
  | 'CustomerKeys'
  | 'MessageQueue'
  /** The topic for order events. */
  | 'OrderEvents'
  | 'PaymentGateway'
  | 'Notifier'
  | 'Telemetry'
  /** This machine's own clock, compared with the dates in others' answers. */
  | 'Clock';

/** A failure of the dependency that affects everybody, unlike a mistake in one order. */
export type Trouble = 'Unavailable' | 'Throttled' | 'Misconfigured';

/** It was not done, and may be done later: throttled, timed out, 5xx, refused. */
export type Unavailable = {
  readonly type: 'Unavailable';
  readonly dependency: Dependency;
  readonly cause: string;
  readonly throttled: boolean;
};

/** Only a person can fix it: a missing table or queue, denied access, wrong credentials. */
export type Misconfiguration = {
  readonly type: 'Misconfigured';
  readonly dependency: Dependency;
  readonly cause: string;
};

/** The reason why a dependency did not do what it was asked for. */
export type DependencyError = Unavailable | Misconfiguration;

/** The call was stopped because its AbortSignal fired; whether it took effect is not known. */
export type AbortedCall = { readonly type: 'Aborted'; readonly dependency: Dependency };

export const troubleOf = (error: DependencyError): Trouble => {
  if (error.type === 'Misconfigured') return 'Misconfigured';
  return error.throttled ? 'Throttled' : 'Unavailable';
};

/**
 * Checks whether a dependency works again. It is a read that changes nothing, concerns no order and
 * needs no more rights than the service has. Its error may name another dependency, which this one
 * needs.
 */
export type Probe = () => ResultAsync<void, DependencyError>;

export type Probes = Readonly<Partial<Record<Dependency, Probe>>>;
