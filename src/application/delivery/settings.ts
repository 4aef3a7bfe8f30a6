/** The bounds of a consumer. All times in milliseconds. */
export type DeliverySettings = {
  readonly concurrency: number;
  /** The part of the slots, in (0, 1], that one group may take while messages of others wait. */
  readonly groupShare: number;
  /** Bodies and attributes of everything held at once, in bytes. */
  readonly heldBytesMax: number;
  /** How long a receive hides a message, and each renewal after it. */
  readonly visibilityMs: number;
  /** A handler that takes longer is aborted and its message comes again; no lease lives longer. */
  readonly leaseMs: number;
  readonly retryBaseMs: number;
  readonly retryMaxMs: number;
  /** How often the queue gives a message out before it moves it to its dead letters itself. */
  readonly receivesMax: number;
  readonly pollMs: number;
  /** From the request to stop until everything held is finished or released. */
  readonly drainMs: number;
};

export const DEFAULT_DELIVERY_SETTINGS: DeliverySettings = {
  // Handlers mostly wait for the gateway, so that fifty of them leave a core idle.
  concurrency: 50,
  // A tenant's bulk job leaves most of a worker to the others, and four such jobs still fill it.
  groupShare: 0.25,
  // Over fifty messages of SQS's largest size: seldom reached, and far below a small task's memory.
  heldBytesMax: 67_108_864,
  // Some ten handler times, so that a renewal is rare and a killed worker's messages come soon.
  visibilityMs: 60_000,
  leaseMs: 900_000,
  retryBaseMs: 1_000,
  retryMaxMs: 300_000,
  // Far above the tries until an open payment is settled or in review, so that only a message that
  // kills its worker each time, or hours of misconfiguration, reach it.
  receivesMax: 150,
  // A stop has to await the polls, otherwise the messages they bring stay hidden. Longer polls
  // would delay every deployment and save, for an idle queue, less than a dollar a month.
  // A worker cannot stop before its polls have ended.
  pollMs: 1_000,
  // Below the 30 s that ECS and Kubernetes allow between SIGTERM and SIGKILL.
  drainMs: 20_000,
};
