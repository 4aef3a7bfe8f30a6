import { createRandom } from '../../src/adapters/memory/ids.ts';
import { DEFAULT_DELIVERY_SETTINGS } from '../../src/application/delivery/settings.ts';
import { quantile } from '../statistics.ts';
import { FAIR_QUEUE } from './limits.ts';

export type Policy = 'no groups' | 'fair queue' | 'fair queue and group share';

export type Waits = {
  readonly othersP50Ms: number;
  readonly othersP99Ms: number;
  readonly burstLastMs: number;
};

export type Burst = {
  readonly burst: number;
  readonly othersPerSecond: number;
  readonly handlerMs: number;
  readonly workers: number;
};

const SEED = 1;
const STEP_MS = 5;
const DURATION_MS = 60_000;
/** How long it takes SQS to notice that a group crowds its queue; not published. */
const NOTICE_MS = 1_000;

/** One customer sends everything at once, while others go on sending one order each. */
export const simulateBurst = (policy: Policy, load: Burst): Waits => {
  const { concurrency, groupShare } = DEFAULT_DELIVERY_SETTINGS;
  const slots = load.workers * concurrency;
  const random = createRandom(SEED);
  /** When each waiting message came. The messages of the burst came first. */
  const burst = Array.from({ length: load.burst }, () => 0);
  const others: number[] = [];
  /** When each handler ends, by kind. */
  let running: { readonly endsAt: number; readonly isBurst: boolean }[] = [];
  const waits = { burst: [] as number[], others: [] as number[] };
  let burstCrowdsSince: number | undefined;
  let nextOther = 0;

  for (let now = 0; now < DURATION_MS; now += STEP_MS) {
    running = running.filter(({ endsAt }) => endsAt > now);
    while (nextOther <= now) {
      others.push(nextOther);
      nextOther += (-Math.log(1 - random()) * 1_000) / load.othersPerSecond;
    }
    let ofBurst = running.filter(({ isBurst }) => isBurst).length;
    const isCrowding =
      ofBurst >= FAIR_QUEUE.inFlightMin && ofBurst > FAIR_QUEUE.share * running.length;
    if (isCrowding) burstCrowdsSince ??= now;
    const isNoticed = burstCrowdsSince !== undefined && now - burstCrowdsSince >= NOTICE_MS;
    while (running.length < slots && burst.length + others.length > 0) {
      const isOthersFirst =
        policy === 'no groups' ? (others[0] ?? Infinity) < (burst[0] ?? Infinity) : isNoticed;
      const isShareFull = policy === 'fair queue and group share' && ofBurst >= groupShare * slots;
      const takesOther = others.length > 0 && (burst.length === 0 || isOthersFirst || isShareFull);
      const queue = takesOther ? others : burst;
      const cameAt = queue.shift() ?? 0;
      waits[takesOther ? 'others' : 'burst'].push(now - cameAt);
      if (!takesOther) ofBurst += 1;
      running.push({ endsAt: now + load.handlerMs * (0.5 + random()), isBurst: !takesOther });
    }
  }
  const sorted = waits.others.toSorted((one, other) => one - other);
  return {
    othersP50Ms: quantile(sorted, 0.5),
    othersP99Ms: quantile(sorted, 0.99),
    burstLastMs: Math.max(...waits.burst),
  };
};
