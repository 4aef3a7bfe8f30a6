import type { OpenRequest } from './openRequest.ts';
import type { OrderStep } from './step.ts';

/*
 * The steps that ask the series for the number of a request's document. It has one before the
 * request's end is recorded (R8).
 */

export const allocateNumber = (
  { subject, request: { series, seriesFrom: from }, documentId: id }: OpenRequest,
  reference: string,
): OrderStep => ({ type: 'AllocateNumber', subject, series, entry: { id, reference, from } });

export const findNumber = ({ subject, request, documentId: id }: OpenRequest): OrderStep => {
  const { series, seriesFrom: from, amountMinor, currency } = request;
  const wanted = { id, from };
  return { type: 'FindNumber', subject, series, wanted, asked: { amountMinor, currency } };
};

/**
 * Closes the document before the request is recorded as failed by the gateway's name of it: a
 * number may have been taken for it (R25).
 */
export const closeDocument = (
  { subject, request, documentId: id }: OpenRequest,
  reference: string,
): OrderStep => {
  const { series, seriesFrom: from, amountMinor, currency } = request;
  const entry = { id, reference, from };
  return { type: 'CloseDocument', subject, series, entry, asked: { amountMinor, currency } };
};
