import { createCodec, type Codec } from '../codec.ts';
import { list, object, row, string, whole } from '../decode.ts';
import type { Event } from './events.ts';

/**
 * The parts of an awaited number in the order in which a stored row has them; what is added comes
 * behind.
 */
const AWAITED_PARTS = {
  id: string,
  year: whole,
  number: whole,
  date: whole,
  seriesVersion: whole,
} as const;

export const codec: Codec<Event> = createCodec<Event>({
  NumbersChecked: {
    decode: object({ upTo: whole, awaited: list(row(AWAITED_PARTS)) }),
    encode: ({ upTo, awaited }) => ({
      upTo,
      awaited: awaited.map(({ id, year, number, date, seriesVersion }) => [
        id,
        year,
        number,
        date,
        seriesVersion,
      ]),
    }),
  },
});
