/** The bounds of a consumer. All times in milliseconds. */
export type DeliverySettings = {
  readonly concurrency: number;
  /** The part of the slots, in (0, 1], that one group may take while messages of others wait. */
  readonly groupShare: number;
  /** The bodies and attributes of everything held at once, in bytes. */
  readonly heldBytesMax: number;
  /** The time for which a receive, and each renewal after it, hides a message. */
  readonly visibilityMs: number;
  /** A handler that takes longer is aborted and its message comes again; no lease lives longer. */
  readonly leaseMs: number;
  readonly retryBaseMs: number;
  readonly retryMaxMs: number;
  /**
   * The number of times that the queue delivers a message before it moves it to its dead letters
   * itself.
   */
  readonly receivesMax: number;
  readonly pollMs: number;
  /** The time from the request to stop until everything held is finished or released. */
  readonly drainMs: number;
};

export const DEFAULT_DELIVERY_SETTINGS: DeliverySettings = {
  // Handlers mostly wait for the gateway, so that fifty of them leave a core idle.
  concurrency: 50,
  // A tenant's bulk job leaves most of a worker to the others, and four such jobs still fill it.
  groupShare: 0.25,
  // This is over fifty messages of SQS's largest size: seldom reached, and far below a small task's
  // memory.
  heldBytesMax: 67_108_864,
  // These are some ten handler times, so that a renewal is rare and a killed worker's messages come
  // soon.
  visibilityMs: 60_000,
  leaseMs: 900_000,
  retryBaseMs: 1_000,
  retryMaxMs: 300_000,
  // This is far above the tries until an open payment is settled or in review, so that only a
  // message that kills its worker each time, or hours of misconfiguration, reach it.
  receivesMax: 150,
  // A stop has to await the polls, otherwise the messages they bring stay hidden. Longer polls
  // would delay every deployment and save, for an idle queue, less than a dollar a month.
  // A worker cannot stop before its polls have ended.
  pollMs: 1_000,
  // This is below the 30 s that ECS and Kubernetes allow between SIGTERM and SIGKILL.
  drainMs: 20_000,
};
