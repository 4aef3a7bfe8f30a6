/** What a service depends on; the words that errors, records and the doctor use for it. */
export type Dependency =
  | 'EventStore'
  | 'InvoiceView'
  | 'MessageQueue'
  | 'PaymentGateway'
  | 'Notifier'
  | 'Telemetry'
  /** This machine's own, as the dates of others' answers show it. */
  | 'Clock';

/** What keeps a dependency from serving anybody, as against what is wrong with one order alone. */
export type Trouble = 'Unavailable' | 'Throttled' | 'Misconfigured';

/** The dependency did not do what was asked now and may do it later: throttled, timed out, 5xx, refused. */
export type Unavailable = {
  readonly type: 'Unavailable';
  readonly dependency: Dependency;
  readonly cause: string;
  readonly throttled: boolean;
};

/** Nothing but a person will mend it: the table or queue is missing, access is denied, credentials are wrong. */
export type Misconfiguration = {
  readonly type: 'Misconfigured';
  readonly dependency: Dependency;
  readonly cause: string;
};

/** The call was given up because its AbortSignal fired; whether it took effect is not known. */
export type AbortedCall = { readonly type: 'Aborted'; readonly dependency: Dependency };

export const troubleOf = (error: Unavailable | Misconfiguration): Trouble => {
  if (error.type === 'Misconfigured') return 'Misconfigured';
  return error.throttled ? 'Throttled' : 'Unavailable';
};
