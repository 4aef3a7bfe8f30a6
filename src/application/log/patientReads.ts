import type { Clock } from '../ports/clock.ts';
import type { EventStore } from '../ports/eventStore.ts';
import { createThrottlingRetry } from './rateLimit.ts';

/** The same streams; a load that is throttled is repeated with growing pauses, as a scan's is. */
export const createPatientReads = ({
  store,
  clock,
}: {
  readonly store: Pick<EventStore, 'load'>;
  readonly clock: Clock;
}): Pick<EventStore, 'load'> => {
  const retry = createThrottlingRetry({ clock });
  return { load: (streamId) => retry(() => store.load(streamId)) };
};
