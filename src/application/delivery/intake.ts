import type { Clock } from '../ports/clock.ts';
import type { ReceivedMessage } from '../ports/messageQueue.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { Attempt } from './attempt.ts';
import type { ServiceVersion } from './deadLetterMessage.ts';
import type { DrainCounts } from './drain.ts';
import { placeOf } from './handlerResult.ts';
import type { Metrics } from './metrics.ts';
import type { Settlement } from './settlement.ts';
import type { Slots } from './slots.ts';

/** Takes the messages that a poll brings. Neither function throws. */
export type Intake = {
  readonly hold: (message: ReceivedMessage) => void;
  /** For messages that came too late to be started. */
  readonly handBack: (message: ReceivedMessage) => Promise<void>;
};

export type IntakeOptions = {
  readonly attemptAt: (message: ReceivedMessage) => Attempt;
  readonly slots: Pick<Slots, 'hold'>;
  readonly settlement: Pick<Settlement, 'handBack'>;
  readonly drainCounts: Pick<DrainCounts, 'count'>;
  readonly metrics: Pick<Metrics, 'count' | 'observeAge'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly telemetry: Pick<Telemetry, 'record'>;
  readonly service: ServiceVersion;
};

export const createIntake = ({
  attemptAt,
  slots,
  settlement,
  drainCounts,
  metrics,
  clock,
  telemetry,
  service,
}: IntakeOptions): Intake => ({
  hold: (message) => {
    try {
      metrics.observeAge(clock.now() - message.sentAt);
      slots.hold(attemptAt(message));
    } catch (thrown) {
      // A message that breaks an invariant must not keep those that came with it from being
      // handled.
      metrics.count('Throws');
      const facts = { service: service.name, ...placeOf(thrown) };
      telemetry.record({ level: 'error', event: 'message.not_held', facts });
    }
  },
  handBack: async (message) => {
    const answer = await settlement.handBack(message);
    metrics.count('Releases');
    drainCounts.count(answer.type === 'Done' ? 'handedBack' : 'abandoned');
  },
});
