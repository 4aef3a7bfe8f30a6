import { createCodec, type Codec } from '../codec.ts';
import { list, object, oneOf, row, string, whole } from '../decode.ts';
import type { Event } from './events.ts';

/**
 * The parts of a setting in the order in which a stored row has them; what is added comes behind.
 */
const SETTING_PARTS = { name: string, value: string } as const;

export const codec: Codec<Event> = createCodec<Event>({
  SeriesRegistered: {
    decode: object({
      series: string,
      format: string,
      documents: oneOf('invoices', 'credit notes'),
      at: whole,
    }),
  },
  SettingsTaken: {
    decode: object({ settings: list(row(SETTING_PARTS)), at: whole }),
    encode: ({ settings, at }) => ({
      settings: settings.map(({ name, value }) => [name, value]),
      at,
    }),
  },
});
