import { createCodec, type Codec } from '../codec.ts';
import { object, string, whole } from '../decode.ts';
import type { Event } from './events.ts';

export const codec: Codec<Event> = createCodec<Event>({
  DeploymentIdentified: { decode: object({ id: string, at: whole }) },
  GatewayAccountBound: {
    decode: object({ account: string, by: string, reason: string, at: whole }),
  },
  BackupRestored: { decode: object({ by: string, reason: string, at: whole }) },
});

export type State = {
  readonly identified?: { readonly id: string; readonly at: number };
  /** The account that money is moved on. */
  readonly account?: string;
  /** When the tables were restored last, if they ever were. */
  readonly restoredAt?: number;
};

export const initialState: State = {};

/** The first identity counts for ever; of the others the newest. */
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
