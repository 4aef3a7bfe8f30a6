import { createMemoryRecordLog } from '../../../src/adapters/memory/recordLog.ts';
import { describeRecordLog } from '../../contracts/recordLog.contract.ts';

describeRecordLog('memory', ({ recordsMax = 10_000 } = {}) => {
  const log = createMemoryRecordLog({ clock: { now: () => Date.now() } }, { recordsMax });
  return Promise.resolve({
    log,
    telemetry: (logStream) => log.streamOf(logStream, 'payments'),
    close: () => Promise.resolve(),
  });
});
