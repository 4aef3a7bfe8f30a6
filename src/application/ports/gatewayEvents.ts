import type { Result, ResultAsync } from 'neverthrow';
import type { Hint } from '../../domain/order/index.ts';
import type { DependencyError } from './failures.ts';

/**
 * The gateway's own word, without being asked, that something about a payment has changed there. It
 * is a hint and no evidence: whoever acts on it asks by the ids first (R18, ADR 0049).
 */
export type GatewayEvent = Hint & {
  /** When it happened by the gateway's word, in milliseconds since the epoch. */
  readonly at: number;
  /** Whether the money is real. */
  readonly mode: 'live' | 'test';
  /** The account of the event, where the gateway names one: that of a connected account. */
  readonly account?: string;
  /** The order and the deployment, as far as the metadata name them. */
  readonly orderId?: string;
  readonly refundId?: string;
  readonly deployment?: string;
};

/** The event says nothing about a payment that could be ours. */
export type IgnoredEvent = { readonly type: 'Ignored'; readonly eventType: string };

export type ReportedEvent = { readonly type: 'Reported'; readonly event: GatewayEvent };

/** `why` is a fixed text without any value of the call. */
export type NotAnEvent = { readonly type: 'NotAnEvent'; readonly why: string };

/** A call whose sender is not known to be the gateway, or that is too old. */
export type NotSigned = { readonly type: 'NotSigned'; readonly why: string };

/** A call of the gateway, as it came over HTTP. */
export type WebhookCall = {
  /** The body byte for byte: the signature is of these bytes. */
  readonly body: Uint8Array;
  readonly signature: string | undefined;
  /** When it was received, in milliseconds since the epoch. */
  readonly receivedAt: number;
};

/** Reads events that come by another way than a call. It is pure. */
export interface GatewayEventReader {
  read(event: unknown): Result<ReportedEvent | IgnoredEvent, NotAnEvent>;
}

/** Checks and reads calls of the gateway. It may ask for secrets again, and does nothing more. */
export interface WebhookReader {
  readonly receive: (
    call: WebhookCall,
  ) => ResultAsync<ReportedEvent | IgnoredEvent, NotSigned | NotAnEvent>;
}

/** The answer to a call. If it is not 2xx, the gateway sends the call again for some days. */
export type CallAnswer = { readonly status: 200 | 400 | 503 };

export type HandleCall = (call: Omit<WebhookCall, 'receivedAt'>) => Promise<CallAnswer>;

/** The server that listens for calls. */
export type CallServer = {
  readonly port: number;
  /** Takes no further calls, and gives those under way this much time. */
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
