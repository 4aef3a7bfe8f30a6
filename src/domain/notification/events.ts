import { createCodec, type Codec } from '../codec.ts';
import { object, oneOf, string, whole } from '../decode.ts';

/** The facts about one notice to one customer. Stored for ever: add, never rename. */
export type Event =
  /** A process is about to send. It recognises its own claim by `claimId`. */
  | {
      readonly type: 'NotificationClaimed';
      readonly data: {
        readonly claimId: string;
        /** Milliseconds since the epoch; the lease runs from here. */
        readonly at: number;
      };
    }
  /** No mail was sent under this claim: the next delivery may claim at once. */
  | { readonly type: 'NotificationReleased'; readonly data: { readonly claimId: string } }
  /** The mail service has taken the mail. */
  | { readonly type: 'NotificationSent'; readonly data: { readonly mailId: string } }
  /** No mail was sent, and none will be: the customer's address is erased. */
  | {
      readonly type: 'NotificationWithheld';
      /** Milliseconds since the epoch. */
      readonly data: { readonly why: 'erased'; readonly at: number };
    };

export const codec: Codec<Event> = createCodec<Event>({
  NotificationClaimed: { decode: object({ claimId: string, at: whole }) },
  NotificationReleased: { decode: object({ claimId: string }) },
  NotificationSent: { decode: object({ mailId: string }) },
  NotificationWithheld: { decode: object({ why: oneOf('erased'), at: whole }) },
});

export type State =
  | { readonly status: 'none' }
  | { readonly status: 'claimed'; readonly claimId: string; readonly at: number }
  | { readonly status: 'sent' }
  | { readonly status: 'withheld' };

export const initialState: State = { status: 'none' };

/** Only the newest claim counts, or is released. A notice that was sent or withheld stays so. */
export const evolve = (state: State, event: Event): State => {
  switch (event.type) {
    case 'NotificationClaimed':
      return isDone(state) ? state : { status: 'claimed', ...event.data };
    case 'NotificationReleased':
      return state.status === 'claimed' && state.claimId === event.data.claimId
        ? initialState
        : state;
    case 'NotificationSent':
      return { status: 'sent' };
    case 'NotificationWithheld':
      return state.status === 'sent' ? state : { status: 'withheld' };
  }
};

const isDone = ({ status }: State): boolean => status === 'sent' || status === 'withheld';

export const fold = (events: readonly Event[]): State => events.reduce(evolve, initialState);
