import { createCodec, type Codec } from '../codec.ts';
import { object, string, whole } from '../decode.ts';

/** The decisions of people about where a read model is. Stored for ever: add, never rename. */
export type Event = {
  /** From now on it is read from and written to another table. The former table stays as it is. */
  readonly type: 'ViewSwitched';
  readonly data: {
    readonly table: string;
    readonly from: string;
    readonly by: string;
    readonly because: string;
    /** Milliseconds since the epoch. */
    readonly at: number;
  };
};

export type TableSwitch = Event['data'];

export const codec: Codec<Event> = createCodec<Event>({
  ViewSwitched: {
    decode: object({ table: string, from: string, by: string, because: string, at: whole }),
  },
});
