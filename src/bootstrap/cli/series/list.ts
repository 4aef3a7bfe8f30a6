import { err, ok } from 'neverthrow';
import type { SeriesListing } from '../../../application/series/listSeries.ts';
import type { CommandOutcome, Session } from '../shared/command.ts';
import { EXIT, failureOf } from '../shared/failure.ts';
import { tableOf } from '../shared/output.ts';
import { timeOf } from '../shared/text.ts';

/** Every series, one JSON value to a line for machines. */
export const listAllSeries = async ({ open, output }: Session): CommandOutcome => {
  const opened = open({
    services: ['listSeries'],
    settings: ['INVOICE_SERIES', 'CREDIT_NOTE_SERIES'],
  });
  if (opened.isErr()) return err(opened.error);
  const { listSeries, config } = opened.value;
  const listed = await listSeries([config.INVOICE_SERIES, config.CREDIT_NOTE_SERIES]);
  if (listed.isErr()) return err(failureOf(listed.error));
  if (output.json) {
    for (const each of listed.value) output.data(each, () => '');
    return ok(EXIT.OK);
  }
  output.line(tableOf(HEAD, listed.value.map(rowOf), { right: [3] }));
  for (const { series } of listed.value.filter(({ isAhead }) => isAhead)) {
    output.note(`${series} ends in the future: \`paidonce doctor\` says what to do.`);
  }
  return ok(EXIT.OK);
};

const HEAD = ['series', 'documents', 'year', 'next', 'printed as', 'newest'];

const rowOf = ({ series, registered, version, date, next }: SeriesListing): readonly string[] => [
  series,
  registered?.documents ?? '-',
  String(next.year),
  String(next.number),
  registered?.format ?? 'not registered yet',
  version === 0 ? '-' : timeOf(date),
];
