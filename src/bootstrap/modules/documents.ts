import { from, type Module } from '../tokens.ts';

/** In which year documents are numbered. */
export const documents = {
  calendar: from(
    { settings: ['INVOICE_TIME_ZONE', 'INVOICE_YEAR_START'] },
    (_, { INVOICE_TIME_ZONE: timeZone, INVOICE_YEAR_START: yearStart }) => ({
      timeZone,
      yearStart,
    }),
  ),
} satisfies Module;
