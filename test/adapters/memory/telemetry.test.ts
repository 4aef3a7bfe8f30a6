import { createMemoryTelemetry } from '../../../src/adapters/memory/telemetry.ts';
import { describeTelemetry } from '../../contracts/telemetry.contract.ts';

describeTelemetry('memory', (options) => {
  const telemetry = createMemoryTelemetry(options);
  return Promise.resolve({
    telemetry,
    read: () => Promise.resolve(telemetry.records().map((record) => JSON.stringify(record))),
    close: () => Promise.resolve(),
  });
});
