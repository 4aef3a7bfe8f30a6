import { createMemoryLogSearch } from '../../../src/adapters/memory/telemetry.ts';
import { describeLogSearch } from '../../contracts/logSearch.contract.ts';

describeLogSearch('memory', ({ recordsMax = 10_000 } = {}) => {
  const log = createMemoryLogSearch({ clock: { now: () => Date.now() } }, { recordsMax });
  return Promise.resolve({
    log,
    telemetry: (logStream) => log.streamOf(logStream, 'payments'),
    close: () => Promise.resolve(),
  });
});
