import type * as Series from '../../domain/series/index.ts';
import type { DecodedOrder } from './decodedStreams.ts';

/** A document's number, as the series or the document itself states it. */
export type AllocatedDocument = Series.SeriesPlace & {
  /** Where it is written: in the series, or in the order of the document. */
  readonly streamId: string;
  readonly version: number;
};

/** Every document of an order, with its money: what moved right before it. */
export const documentsIn = (
  streamId: string,
  { id, commits }: DecodedOrder,
): readonly AllocatedDocument[] => {
  let reference = '';
  return commits.flatMap(({ events }) =>
    events.flatMap(({ event, version }): readonly AllocatedDocument[] => {
      if (
        event.type === 'PaymentCaptured' ||
        event.type === 'RefundSucceeded' ||
        event.type === 'RefundAdopted'
      ) {
        reference = event.data.reference;
      }
      if (event.type !== 'InvoiceIssued' && event.type !== 'CreditNoteIssued') return [];
      const { series, year, number, label, seriesVersion, issuedAt: date } = event.data;
      const numbered = { series, year, number, seriesVersion, date };
      const documentId = event.type === 'InvoiceIssued' ? id : `${id}#${event.data.refundId}`;
      return [{ id: documentId, reference, numbered, label, streamId, version }];
    }),
  );
};
