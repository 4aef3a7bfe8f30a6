export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after so long, or at once when the signal fires. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
