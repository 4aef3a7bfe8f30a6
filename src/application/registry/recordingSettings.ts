import type { Handler } from '../delivery/handler.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { RecordSettings } from './usedSettings.ts';

/**
 * Beside its first message a worker records its settings. No message waits for that, nor fails by it: where it
 * could not be done, a record says so, and the next message tries again.
 */
export const createRecordingSettings =
  (
    {
      recordSettings,
      telemetry,
    }: { readonly recordSettings: RecordSettings; readonly telemetry: Telemetry },
    handle: Handler,
  ): Handler =>
  (received) => {
    void recordSettings().mapErr(({ type }) =>
      telemetry.record({ level: 'warn', event: 'settings.unrecorded', outcome: type }),
    );
    return handle(received);
  };
