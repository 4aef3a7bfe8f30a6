import { createCodec, type Codec } from '../codec.ts';
import { object, string, whole } from '../decode.ts';
import type { Event } from './events.ts';

export const codec: Codec<Event> = createCodec<Event>({
  NotificationClaimed: { decode: object({ claimId: string, at: whole }) },
  NotificationReleased: { decode: object({ claimId: string }) },
  NotificationSent: { decode: object({ mailId: string }) },
});

export type State =
  | { readonly status: 'none' }
  | { readonly status: 'claimed'; readonly claimId: string; readonly at: number }
  | { readonly status: 'sent' };

export const initialState: State = { status: 'none' };

/**
 * Only the newest claim counts, and can be released. What has been sent stays sent, whoever claims
 * after it.
 */
export const evolve = (state: State, event: Event): State => {
  switch (event.type) {
    case 'NotificationClaimed':
      return state.status === 'sent' ? state : { status: 'claimed', ...event.data };
    case 'NotificationReleased':
      return state.status === 'claimed' && state.claimId === event.data.claimId
        ? initialState
        : state;
    case 'NotificationSent':
      return { status: 'sent' };
  }
};

export const fold = (events: readonly Event[]): State => events.reduce(evolve, initialState);
