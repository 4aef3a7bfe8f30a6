/** The facts about one notice to one customer. Stored for ever: add, never rename. */
export type Event =
  /** A process is about to send. `claimId` tells it its own claim from another's. */
  | {
      readonly type: 'NotificationClaimed';
      readonly data: {
        readonly claimId: string;
        /** Milliseconds since the epoch; the lease runs from here. */
        readonly at: number;
      };
    }
  /**
   * It is known that the mail was not sent under this claim: the next delivery may claim at once.
   */
  | { readonly type: 'NotificationReleased'; readonly data: { readonly claimId: string } }
  /** The mail service has taken it. */
  | { readonly type: 'NotificationSent'; readonly data: { readonly mailId: string } };
