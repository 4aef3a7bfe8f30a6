import * as Invoice from '../invoice/index.ts';
import type { StreamEvent } from './codec.ts';
import type { Event } from './events.ts';

export type Placed = Extract<Event, { readonly type: 'OrderPlaced' }>['data'];

/** An intent without an outcome *is* the unknown outcome: there is no other sign of it. */
export type Requested = Extract<Event, { readonly type: 'PaymentRequested' }>['data'];

export type Payment =
  | { readonly status: 'none' }
  | ({ readonly status: 'requested' } & Requested)
  | ({ readonly status: 'review'; readonly reason: 'amount' } & Requested)
  | { readonly status: 'captured'; readonly attempt: number; readonly reference: string }
  | { readonly status: 'declined'; readonly attempt: number; readonly code: string };

export type State = {
  readonly version: number;
  readonly placed?: Placed;
  readonly payment: Payment;
  readonly invoice: Invoice.State;
};

export const initialState: State = {
  version: 0,
  payment: { status: 'none' },
  invoice: Invoice.initialState,
};

/** Total and silent. No default: a new event does not compile until it has its place here. */
const change = (state: State, event: StreamEvent): Partial<State> => {
  switch (event.type) {
    case 'OrderPlaced':
      return { placed: event.data };
    case 'PaymentRequested':
      return { payment: { status: 'requested', ...event.data } };
    case 'PaymentCaptured': {
      const { attempt, reference } = event.data;
      return { payment: { status: 'captured', attempt, reference } };
    }
    case 'PaymentDeclined': {
      const { attempt, code } = event.data;
      return { payment: { status: 'declined', attempt, code } };
    }
    case 'PaymentReviewRequired':
      return state.payment.status === 'requested'
        ? { payment: { ...state.payment, status: 'review', reason: event.data.reason } }
        : {};
    case 'InvoiceIssued': {
      const at = { orderId: state.placed?.orderId ?? '', version: state.version + 1 };
      return { invoice: Invoice.evolve(state.invoice, event, at) };
    }
  }
};

export const evolve = (state: State, event: StreamEvent): State => ({
  ...state,
  ...change(state, event),
  version: state.version + 1,
});

export const fold = (events: readonly StreamEvent[], from: State = initialState): State =>
  events.reduce(evolve, from);
