import { err, ok } from 'neverthrow';
import { createCodec, type Codec } from '../codec.ts';
import { type Decoder, list, object, row, string, whole } from '../decode.ts';
import type { Entry, Event } from './events.ts';

/** The parts of an entry in the order in which a stored row has them; what is added comes behind. */
const ENTRY_PARTS = { id: string, reference: string } as const;

const ordinal: Decoder<number> = (value, path) =>
  value === 0 ? err({ path, why: 'is zero' }) : whole(value, path);

/** A commit that numbers nothing would be a place in the series without a document. */
const entries: Decoder<readonly Entry[]> = (value, path) =>
  list(row(ENTRY_PARTS))(value, path).andThen((decoded) =>
    decoded.length === 0 ? err({ path, why: 'is empty' }) : ok(decoded),
  );

export const codec: Codec<Event> = createCodec<Event>({
  DocumentsNumbered: {
    decode: object({ first: ordinal, date: whole, year: whole, entries }),
    encode: (data) => ({
      ...data,
      entries: data.entries.map(({ id, reference }) => [id, reference]),
    }),
  },
});
