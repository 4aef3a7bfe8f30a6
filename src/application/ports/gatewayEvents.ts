import type { Result, ResultAsync } from 'neverthrow';
import type { Hint } from '../../domain/order/index.ts';
import type { DependencyError } from './failures.ts';

/**
 * What the gateway says of itself, without being asked: that something of a payment has changed
 * there. It is a hint and no evidence: whoever acts on it asks by the ids first (R18, ADR 0049).
 */
export type GatewayEvent = Hint & {
  /** When the gateway says that it happened, in milliseconds since the epoch. */
  readonly at: number;
  /** Whether the money is real. */
  readonly mode: 'live' | 'test';
  /** The account that it is of, where the gateway names one: that of a connected account. */
  readonly account?: string;
  /** Whose it is, as far as its metadata say. */
  readonly orderId?: string;
  readonly refundId?: string;
  readonly deployment?: string;
};

/** An event that says nothing of a payment that could be ours. */
export type IgnoredEvent = { readonly type: 'Ignored'; readonly eventType: string };

export type ReportedEvent = { readonly type: 'Reported'; readonly event: GatewayEvent };

/** `why` is a fixed text without any value of the call. */
export type NotAnEvent = { readonly type: 'NotAnEvent'; readonly why: string };

/** A call whose sender is not known to be the gateway, or that is too old. */
export type NotSigned = { readonly type: 'NotSigned'; readonly why: string };

/** A call of the gateway, as it came over HTTP. */
export type WebhookCall = {
  /** Byte for byte: the signature is of these bytes. */
  readonly body: Uint8Array;
  readonly signature: string | undefined;
  /** In milliseconds since the epoch. */
  readonly receivedAt: number;
};

/** How events are read that come by another way than a call. Pure. */
export interface GatewayEventReader {
  read(event: unknown): Result<ReportedEvent | IgnoredEvent, NotAnEvent>;
}

/** How calls of the gateway are checked and read. Secrets may be asked for again, nothing more. */
export interface WebhookReader {
  readonly receive: (
    call: WebhookCall,
  ) => ResultAsync<ReportedEvent | IgnoredEvent, NotSigned | NotAnEvent>;
}

/** What a call is answered with. What the gateway has no 2xx for, it sends again for some days. */
export type CallAnswer = { readonly status: 200 | 400 | 503 };

export type HandleCall = (call: Omit<WebhookCall, 'receivedAt'>) => Promise<CallAnswer>;

/** What listens for calls. */
export type CallServer = {
  readonly port: number;
  /** Takes no more, and gives those under way as much time. */
  close(deadlineMs: number): Promise<{ readonly finished: number; readonly cut: number }>;
};

/** The events that the gateway has kept, whether or not anybody was called. It only reads. */
export interface GatewayEvents {
  /**
   * Every event of a payment that happened from `from` on and before `to`, in milliseconds since
   * the epoch, the oldest first. The gateway counts whole seconds: both are rounded down. An error
   * if the list cannot be read as a whole, also where there are more than ten thousand events.
   */
  list(window: {
    readonly from: number;
    readonly to: number;
    readonly signal?: AbortSignal;
  }): ResultAsync<readonly GatewayEvent[], DependencyError>;
}
