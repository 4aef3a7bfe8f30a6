import 'reflect-metadata';
import type { TelemetryRecord } from '../../src/application/ports/telemetry.ts';
import { boundHeap } from '../../src/adapters/system/heap.ts';
import type { ServiceName } from '../../src/bootstrap/worker.ts';
import { answerParent, urls, workerEnv } from './measured.ts';

/** The payment service, or all that are named, as `paidonce worker` does, without a console. */
const env = workerEnv(urls());
Object.assign(process.env, env);
const names = (process.argv[3] ?? 'payments').split(',') as ServiceName[];
let left = 5;
/** A program that is measured while something goes wrong would measure something else. */
const troubles = {
  record: (record: TelemetryRecord) => {
    if (record.level === 'info' || left === 0) return;
    left -= 1;
    process.stderr.write(`${JSON.stringify(record)}\n`);
  },
  flush: async () => ({ written: 0, dropped: 0, rejected: 0 }),
};

// As the program does, before it loads its modules.
boundHeap();
const { openWorkers } = await import('./services.ts');
const { runServices } = await import('../../src/bootstrap/worker.ts');
const services = await openWorkers(names, env, troubles);
answerParent();
await runServices(services, new AbortController().signal);
