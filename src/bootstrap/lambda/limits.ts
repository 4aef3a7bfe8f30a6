/**
 * The limits of each function, by the name of its handler: docs/lambda.md says why. A round of the
 * reconciler is cut off by itself after ten minutes, and an audit by Lambda's longest time.
 */
export const FUNCTION_LIMITS = {
  payments: { timeoutSeconds: 150, memoryMb: 512 },
  notifications: { timeoutSeconds: 150, memoryMb: 512 },
  webhooks: { timeoutSeconds: 30, memoryMb: 512 },
  reconciler: { timeoutSeconds: 660, memoryMb: 512 },
  audit: { timeoutSeconds: 900, memoryMb: 1_024 },
} as const;

/**
 * The number of invocations at once of a mapping: what the gateway takes, divided by the ten
 * messages of a batch. It alone bounds what a failing gateway is asked.
 */
export const MAPPING_CONCURRENCY = 10;

/** Anybody may call it, and each call that is not taken is a record. */
export const WEBHOOK_CONCURRENCY = 10;
