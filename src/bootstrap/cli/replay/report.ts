import type { ReplayFinding, ReplayCounts } from '../../../application/readModel/replayCounts.ts';
import { failureOf } from '../shared/failure.ts';
import type { Output } from '../shared/output.ts';

/** One row, or one stream, as soon as it is found. */
export const showFinding = (
  finding: ReplayFinding,
  output: Output,
  table?: 'current' | 'rebuilt',
): void =>
  output.data(table === undefined ? finding : { ...finding, table }, () => {
    const where = table === 'rebuilt' ? ' in the rebuilt table' : '';
    switch (finding.type) {
      case 'Missing':
        return [
          `${finding.orderId}: the row is missing${where}`,
          `  + ${finding.expected.document}`,
        ].join('\n');
      case 'Unfounded':
        return [
          `${finding.orderId}: no event is the source of it${where}`,
          `  - ${finding.found.document}`,
        ].join('\n');
      case 'Differs':
        return [
          `${finding.orderId}: version ${finding.found.version} instead of ${finding.expected.version}${where}`,
          `  - ${finding.found.document}`,
          `  + ${finding.expected.document}`,
        ].join('\n');
      case 'RowTooLarge':
        return `${finding.orderId}: no row can hold the invoice, which takes ${finding.bytes} bytes`;
      case 'Unreadable':
        return `${finding.streamId}: ${failureOf(finding.corrupt).message}`;
    }
  });

/** Notes for people, beside the numbers. */
export const notesOn = ({ upcast, unreadable }: ReplayCounts): readonly string[] => [
  ...(unreadable === 0
    ? []
    : [`${unreadable} streams cannot be read; the rows of their orders were left as they are.`]),
  ...(Object.keys(upcast).length === 0
    ? []
    : [
        `Events stored in an older shape: ${Object.entries(upcast)
          .map(([shape, count]) => `${shape} ${count}`)
          .join(', ')}.`,
      ]),
];
