import * as Series from '../../domain/series/index.ts';

/**
 * A number as its document has to show it: as its own commit says or, where that was stored before commits did,
 * as its series was registered since.
 */
export const printedAs = (
  { numbered, label }: Series.SeriesPlace,
  format: Series.NumberFormat,
): Series.PrintedNumber => ({
  ...numbered,
  label: label === '' ? Series.formatNumber(format, numbered) : label,
});
