import type { Result } from 'neverthrow';

/** What an event of the gateway is about. A charge and a dispute belong to a payment. */
export type GatewayObjectKind = 'payment' | 'refund' | 'charge' | 'dispute';

/**
 * What the gateway says of itself, without being asked: that an object there has changed. It is a
 * hint and no evidence: whoever acts on it asks for the object by its id first (ADR 0049).
 */
export type GatewayEvent = {
  /** The gateway's id of the event, the same for every repetition. */
  readonly eventId: string;
  /** The gateway's own name of what has happened, such as `charge.dispute.created`. */
  readonly eventType: string;
  /** When the gateway says that it happened, in milliseconds since the epoch. */
  readonly at: number;
  /** Whether the money is real. */
  readonly isLive: boolean;
  /** The account that it is of, where the gateway names one: that of a connected account. */
  readonly account?: string;
  readonly object: {
    readonly kind: GatewayObjectKind;
    readonly id: string;
    /** The gateway's word for how it stood. */
    readonly status?: string;
  };
  /** The payment that the object belongs to, where the event names it. */
  readonly payment?: string;
  /** Whose the object is, as far as its metadata say. */
  readonly orderId?: string;
  readonly deployment?: string;
};

/** An event of a type that says nothing about money that was moved. */
export type IgnoredEvent = { readonly type: 'Ignored'; readonly eventType: string };

export type ToldEvent = { readonly type: 'Told'; readonly event: GatewayEvent };

/** `why` is a fixed text without any value of the call. */
export type NotAnEvent = { readonly type: 'NotAnEvent'; readonly why: string };

/** A call whose sender is not known to be the gateway, or that is too old. */
export type NotSigned = { readonly type: 'NotSigned'; readonly why: string };

/** A call of the gateway, as it came over HTTP. */
export type GatewayCall = {
  /** Byte for byte: the signature is of these bytes. */
  readonly body: Uint8Array;
  readonly signature: string | undefined;
  /** In milliseconds since the epoch. */
  readonly receivedAt: number;
};

/** How calls of the gateway are checked and read. Pure, and without any request. */
export interface GatewayEvents {
  receive(call: GatewayCall): Result<ToldEvent | IgnoredEvent, NotSigned | NotAnEvent>;
}
