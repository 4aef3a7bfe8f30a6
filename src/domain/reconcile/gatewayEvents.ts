import { createCodec, type Codec } from '../codec.ts';
import { object, whole } from '../decode.ts';

/** How far the gateway's own list of events was read. A reconciler goes on from the newest. */
export type GatewayEventsRead = {
  readonly type: 'GatewayEventsRead';
  /** Every event that happened before it, in milliseconds since the epoch, was looked at. */
  readonly data: { readonly upTo: number };
};

export const gatewayEventsCodec: Codec<GatewayEventsRead> = createCodec<GatewayEventsRead>({
  GatewayEventsRead: { decode: object({ upTo: whole }) },
});
