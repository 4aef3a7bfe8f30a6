import type { Timeline } from '../../src/application/trace/timeline.ts';
import { HOSTILE } from './arbitraries/timeline.ts';
import {
  plainLife,
  poisonLife,
  refundedOften,
  timelineOf,
  timelineStep,
  ugliestLife,
} from './timelines.ts';

/** Every hostile text, on an arrow, alone, and as a wait. */
const hostileLife = (): Timeline =>
  timelineOf(
    HOSTILE.flatMap((what) => [
      timelineStep({ phase: 3, from: 'payment service', to: 'gateway', kind: 'refused', what }),
      timelineStep({ phase: 3, from: 'gateway', what }),
      timelineStep({ phase: 3, from: 'gateway', kind: 'waited', what }),
    ]),
    { orderId: HOSTILE[3], notes: HOSTILE, missing: HOSTILE },
  );

export const LIVES = {
  plain: plainLife,
  ugliest: ugliestLife,
  poison: poisonLife,
  'refunded a hundred times': () => refundedOften(100),
  hostile: hostileLife,
  empty: () => timelineOf([]),
};
