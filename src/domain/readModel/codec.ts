import { createCodec, type Codec } from '../codec.ts';
import { object, string, whole } from '../decode.ts';
import type { Event } from './events.ts';

export const codec: Codec<Event> = createCodec<Event>({
  ViewSwitched: {
    decode: object({ table: string, from: string, by: string, because: string, at: whole }),
  },
});
