/** The facts about one deployment, in a stream of their own. Stored for ever: add, never rename. */
export type Event =
  /** Made once, by a setup: what tells this deployment from others on the gateway's account. */
  | {
      readonly type: 'DeploymentIdentified';
      readonly data: {
        readonly id: string;
        /** Milliseconds since the epoch. Money intents made later bear a seal. */
        readonly at: number;
      };
    }
  /** From here on money is moved on this account, and on no other. */
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
