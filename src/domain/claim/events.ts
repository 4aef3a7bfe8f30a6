import { createCodec, type Codec } from '../codec.ts';
import { object, string, whole } from '../decode.ts';

/**
 * The order that a payment of the shop's pays. Each payment has a stream of its own, of which the
 * first event alone counts. Stored for ever: add, never rename.
 */
export type Event = {
  readonly type: 'PaymentClaimed';
  readonly data: {
    readonly orderId: string;
    /** Milliseconds since the epoch. */
    readonly at: number;
  };
};

export const codec: Codec<Event> = createCodec<Event>({
  PaymentClaimed: { decode: object({ orderId: string, at: whole }) },
});

export type State = { readonly claimed?: Event['data'] };

export const initialState: State = {};

export const evolve = ({ claimed }: State, { data }: Event): State => ({
  claimed: claimed ?? data,
});
