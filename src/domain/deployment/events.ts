import { createCodec, type Codec } from '../codec.ts';
import { object, string, whole } from '../decode.ts';

/** The facts about one deployment, in a stream of their own. Stored for ever: add, never rename. */
export type Event =
  /** The id of this deployment on the gateway's account, which a setup appends once. */
  | {
      readonly type: 'DeploymentIdentified';
      readonly data: {
        readonly id: string;
        /** Milliseconds since the epoch. Money intents made later bear a seal. */
        readonly at: number;
      };
    }
  /** From here on, money is moved on this account and on no other. */
  | {
      readonly type: 'GatewayAccountBound';
      readonly data: {
        readonly account: string;
        readonly by: string;
        readonly reason: string;
        readonly at: number;
      };
    }
  /** The tables were restored: what the gateway and customers know may be missing from the log. */
  | {
      readonly type: 'BackupRestored';
      readonly data: { readonly by: string; readonly reason: string; readonly at: number };
    };

export const codec: Codec<Event> = createCodec<Event>({
  DeploymentIdentified: { decode: object({ id: string, at: whole }) },
  GatewayAccountBound: {
    decode: object({ account: string, by: string, reason: string, at: whole }),
  },
  BackupRestored: { decode: object({ by: string, reason: string, at: whole }) },
});

export type State = {
  readonly identified?: { readonly id: string; readonly at: number };
  readonly account?: string;
  readonly restoredAt?: number;
};

export const initialState: State = {};

/** The first identity counts for ever, and the newest of every other fact. */
export const evolve = (state: State, event: Event): State => {
  switch (event.type) {
    case 'DeploymentIdentified':
      return state.identified === undefined ? { ...state, identified: event.data } : state;
    case 'GatewayAccountBound':
      return { ...state, account: event.data.account };
    case 'BackupRestored':
      return { ...state, restoredAt: event.data.at };
  }
};
