import { err, ok } from 'neverthrow';
import { isTimeZone, isYearStart, UTC_CALENDAR } from '../calendar.ts';
import { createCodec, type Codec, type Upcasts } from '../codec.ts';
import { type Decoder, list, object, row, string, toRow, whole } from '../decode.ts';
import type { SeriesEntry, Event } from './events.ts';
import { parseFormat } from './format.ts';

const ENTRY_PARTS = { id: string, reference: string } as const;

const ordinal: Decoder<number> = (value, path) =>
  value === 0 ? err({ path, why: 'is zero' }) : whole(value, path);

/** A commit about no document would be a place in the series without a meaning. */
const entries: Decoder<readonly SeriesEntry[]> = (value, path) =>
  list(row(ENTRY_PARTS))(value, path).andThen((decoded) =>
    decoded.length === 0 ? err({ path, why: 'is empty' }) : ok(decoded),
  );

const formatOrNone: Decoder<string> = (value, path) =>
  string(value, path).andThen((text) =>
    text === '' || parseFormat(text).isOk() ? ok(text) : err({ path, why: 'is not a format' }),
  );

/**
 * Earlier, only the document of a number said how it was printed, and every year was that of UTC.
 */
const upcasts: Upcasts = {
  DocumentsNumbered: {
    1: (data) => [{ type: 'DocumentsNumbered', v: 2, data: { format: '', ...Object(data) } }],
    2: (data) => [{ type: 'DocumentsNumbered', v: 3, data: { ...UTC_CALENDAR, ...Object(data) } }],
  },
  FloorSet: {
    1: (data) => [{ type: 'FloorSet', v: 2, data: { ...UTC_CALENDAR, ...Object(data) } }],
  },
};

const timeZone: Decoder<string> = (value, path) =>
  string(value, path).andThen((text) =>
    isTimeZone(text) ? ok(text) : err({ path, why: 'is not a time zone that this Node knows' }),
  );

const yearStart: Decoder<string> = (value, path) =>
  string(value, path).andThen((text) =>
    isYearStart(text) ? ok(text) : err({ path, why: 'is not a day that each year has' }),
  );

const CALENDAR_PARTS = { timeZone, yearStart } as const;

export const codec: Codec<Event> = createCodec<Event>(
  {
    DocumentsNumbered: {
      v: 3,
      decode: object({
        ...CALENDAR_PARTS,
        first: ordinal,
        date: whole,
        year: whole,
        entries,
        format: formatOrNone,
      }),
      encode: (data) => ({ ...data, entries: data.entries.map(toRow(ENTRY_PARTS)) }),
    },
    FloorSet: {
      v: 2,
      decode: object({
        ...CALENDAR_PARTS,
        next: ordinal,
        date: whole,
        year: whole,
        by: string,
        reason: string,
      }),
    },
    DocumentsClosed: {
      v: 1,
      decode: object({
        next: ordinal,
        date: whole,
        year: whole,
        format: formatOrNone,
        entries,
        at: whole,
      }),
      encode: (data) => ({ ...data, entries: data.entries.map(toRow(ENTRY_PARTS)) }),
    },
  },
  upcasts,
);
