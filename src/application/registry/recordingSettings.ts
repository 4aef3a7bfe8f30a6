import type { Handler } from '../delivery/handler.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { RecordSettings } from './usedSettings.ts';

/**
 * A worker records its settings beside its first message. No message waits for that or fails
 * because of it: a failure is recorded, and the next message tries again.
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
