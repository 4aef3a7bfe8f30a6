import type { StoredData, Upcasts } from '../codec.ts';
import { list, unread } from '../decode.ts';
import * as Invoice from '../invoice/index.ts';
import { upcastPlaced } from './placedCodec.ts';

/*
 * Turns the events of former releases into the newest shape, one version after the other
 * (docs/evolution.md).
 */

/**
 * The oldest release did not freeze how long a request was to be sent. It never sent one later than
 * this by default, and a process that sends it now keeps to the key's window. No settings that it
 * took left a payment open for longer than eleven hours, so that absence counts after that alone.
 */
const UNSAID_SEND_MS = 1_800_000;
const UNSAID_CLOSE_MS = 39_600_000;
/** The longest time-out and the longest run-on that settings could say. */
const UNSAID_LIFE_MS = 3_720_000;

const upcastFrozen =
  (type: 'PaymentRequested' | 'RefundRequested') =>
  (data: unknown): readonly StoredData[] => {
    const { frozen, ...rest } = Object(data);
    const at = Number(frozen[2]);
    const added = [at + UNSAID_SEND_MS, at + UNSAID_CLOSE_MS, UNSAID_LIFE_MS, '', '', ''];
    return [{ type, v: 2, data: { ...rest, frozen: [...frozen, ...added] } }];
  };

/** Before version 3 there was one way to pay. */
const upcastToWay = (data: unknown): readonly StoredData[] => [
  { type: 'PaymentRequested', v: 3, data: { way: 'method', payment: '', ...Object(data) } },
];

const upcastWith =
  (type: string, added: object) =>
  (data: unknown): readonly StoredData[] => [{ type, v: 2, data: { ...added, ...Object(data) } }];

/** Lines have had decimal quantities and several taxes since, and refunds a rounding. */
const upcastCredit =
  (type: 'RefundRequested' | 'RefundAdopted', v: number) =>
  (data: unknown): readonly StoredData[] => {
    const { lines, ...rest } = Object(data);
    const read = Invoice.mustRead(list(unread)(lines, 'lines')).map((line) =>
      Invoice.creditLineRow(Invoice.readCreditLineV1(line)),
    );
    return [{ type, v, data: { roundingMinor: 0, prepaidMinor: 0, ...rest, lines: read } }];
  };

export const upcasts: Upcasts = {
  ...Invoice.upcasts,
  OrderPlaced: { 1: upcastPlaced },
  PaymentRequested: { 1: upcastFrozen('PaymentRequested'), 2: upcastToWay },
  RefundRequested: { 1: upcastFrozen('RefundRequested'), 2: upcastCredit('RefundRequested', 3) },
  RefundAdopted: { 1: upcastCredit('RefundAdopted', 2) },
  PaymentFailed: { 1: upcastWith('PaymentFailed', { code: '' }) },
  RefundFailed: { 1: upcastWith('RefundFailed', { reference: '' }) },
  PaymentReviewRequired: { 1: upcastWith('PaymentReviewRequired', { letter: '' }) },
  GatewayDifferenceFound: { 1: upcastWith('GatewayDifferenceFound', { refund: '' }) },
  RefundReviewRequired: { 1: upcastWith('RefundReviewRequired', { letter: '' }) },
};
