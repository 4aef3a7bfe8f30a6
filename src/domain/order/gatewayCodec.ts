import type { DataCodecs } from '../codec.ts';
import { object, oneOf, string, whole } from '../decode.ts';
import type { Event } from './events.ts';
import { DISPUTE_STAGES, DISPUTE_VERDICTS, type GatewayEventData } from './gatewayEvents.ts';

/** The parts of a person's decision. */
export const RESOLUTION = {
  reference: string,
  evidence: string,
  by: string,
  forcedBecause: string,
  at: whole,
} as const;

const UNDER_WAY = { reference: string, at: whole, until: whole, letter: string } as const;

const FUNDS = { dispute: string, amountMinor: whole, currency: string, at: whole } as const;

/** The codecs of the events that say what the gateway does with the money later. */
export const gatewayCodecs: DataCodecs<Extract<Event, { readonly type: keyof GatewayEventData }>> =
  {
    PaymentPending: { decode: object({ attempt: whole, ...UNDER_WAY }) },
    RefundPending: { decode: object({ refundId: string, ...UNDER_WAY }) },
    PaymentAuthenticationRequested: {
      decode: object({
        attempt: whole,
        body: string,
        sendUntil: whole,
        seal: string,
        ...UNDER_WAY,
      }),
    },
    PaymentAuthenticationAwaited: { decode: object({ attempt: whole, link: string, at: whole }) },
    GatewayDifferenceFound: {
      v: 2,
      decode: object({
        event: string,
        refund: string,
        at: whole,
        series: string,
        seriesFrom: whole,
      }),
    },
    DisputeOpened: {
      decode: object({
        dispute: string,
        stage: oneOf(...DISPUTE_STAGES),
        reason: string,
        amountMinor: whole,
        currency: string,
        dueBy: whole,
        at: whole,
      }),
    },
    DisputeFundsWithdrawn: { decode: object(FUNDS) },
    DisputeFundsReinstated: { decode: object(FUNDS) },
    DisputeClosed: {
      decode: object({ dispute: string, verdict: oneOf(...DISPUTE_VERDICTS), at: whole }),
    },
    RefundReturned: {
      decode: object({
        refundId: string,
        reference: string,
        code: string,
        at: whole,
        letter: string,
      }),
    },
    RefundReturnResolved: {
      decode: object({
        refundId: string,
        verdict: oneOf('refunded again', 'paid otherwise'),
        ...RESOLUTION,
      }),
    },
  };
