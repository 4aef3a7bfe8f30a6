import 'reflect-metadata';
import { createIdentifyDeployment } from '../../src/application/deployment/deployment.ts';
import { createContainer } from '../../src/bootstrap/container.ts';
import { application } from '../../src/bootstrap/modules/application.ts';
import { aws } from '../../src/bootstrap/modules/aws.ts';
import { parseConfig } from '../../src/bootstrap/config.ts';
import type { TelemetryRecord } from '../../src/application/ports/telemetry.ts';
import { createService, settingsOfService, runServices } from '../../src/bootstrap/worker.ts';
import { answerParent, urls, workerEnv } from './measured.ts';

/** The payment service as `paidonce worker` puts it together, without a console. */
const env = workerEnv(urls());
Object.assign(process.env, env);
const config = parseConfig(env, { needs: settingsOfService('payments') });
if (config.isErr()) throw new Error(JSON.stringify(config.error));
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

// What `paidonce setup` does besides making tables and queues.
const { get } = createContainer(application, aws({ service: 'bench' }), config.value);
const { store, ids, clock } = { store: get('store'), ids: get('ids'), clock: get('clock') };
const identified = await createIdentifyDeployment({ store, ids, clock })();
if (identified.isErr()) throw new Error(JSON.stringify(identified.error));

const service = createService('payments', config.value, troubles);
answerParent();
await runServices([service], new AbortController().signal);
