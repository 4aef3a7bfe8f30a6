import { fileURLToPath } from 'node:url';

/** As short as the configuration allows, so that nothing takes hours until its close. */
export const TIMES = {
  GATEWAY_TIMEOUT_MS: '2000',
  GATEWAY_RUN_ON_MS: '4000',
  GATEWAY_RESEND_HORIZON_MS: '260000',
  GATEWAY_SETTLE_DELAY_MS: '2000',
  GATEWAY_KEY_WINDOW_MS: '300000',
  CLOCK_SKEW_MAX_MS: '5000',
  VISIBILITY_TIMEOUT_MS: '10000',
  RETRY_DELAY_MAX_MS: '19000',
  // So that new attempts happen too.
  PAYMENT_ATTEMPTS_MAX: '2',
};

/**
 * What a worker may be started with instead: shorter and longer, and all within what the sandbox
 * keeps to.
 */
const CHOICES = {
  GATEWAY_TIMEOUT_MS: ['2000', '3000'],
  GATEWAY_RUN_ON_MS: ['4000', '8000'],
  GATEWAY_RESEND_HORIZON_MS: ['20000', '60000', '260000'],
  GATEWAY_SETTLE_DELAY_MS: ['2000', '6000'],
} as const satisfies Partial<Record<keyof typeof TIMES, readonly string[]>>;

/** Two that are off so far differ by less than the skew that is allowed. */
const WITHIN_MS = 2_000;
const HOUR_MS = 3_600_000;
const FAR_MS = [25 * HOUR_MS, -25 * HOUR_MS, 400 * 24 * HOUR_MS] as const;
const BENT = 0.4;
const FAR_OFF = 0.1;

/**
 * How one worker process is started: its settings, and how far its clock is ahead, in milliseconds.
 */
export type WorkerStart = {
  readonly env: NodeJS.ProcessEnv;
  readonly aheadMs: number;
  /** Further than is allowed: it has to stop by itself, and to do nothing. */
  readonly isFarOff: boolean;
};

const PRELOAD = fileURLToPath(new URL('../support/preload/clockAhead.cjs', import.meta.url));

/** `random` gives fractions in [0, 1). */
export const drawWorkerStart = (random: () => number): WorkerStart => {
  const oneOf = <T>(choices: readonly T[]): T | undefined =>
    choices[Math.floor(random() * choices.length)];
  const settings = Object.fromEntries(
    Object.entries(CHOICES).map(([name, values]) => [name, oneOf<string>(values)]),
  );
  const chosen = random();
  const isFarOff = chosen < FAR_OFF;
  const within = chosen < BENT ? Math.round((2 * random() - 1) * WITHIN_MS) : 0;
  const aheadMs = (isFarOff ? oneOf<number>(FAR_MS) : undefined) ?? within;
  const bent = { NODE_OPTIONS: `--require ${PRELOAD}`, TEST_CLOCK_AHEAD_MS: String(aheadMs) };
  return { env: { ...settings, ...(aheadMs === 0 ? {} : bent) }, aheadMs, isFarOff };
};
