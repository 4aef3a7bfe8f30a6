import 'reflect-metadata';
import { createIdentifyDeployment } from '../../src/application/deployment/deployment.ts';
import { createContainer } from '../../src/bootstrap/container.ts';
import { application } from '../../src/bootstrap/modules/application.ts';
import { aws } from '../../src/bootstrap/modules/aws.ts';
import { parseConfig } from '../../src/bootstrap/config.ts';
import type { TelemetryRecord } from '../../src/application/ports/telemetry.ts';
import { createService, settingsOfService, runServices } from '../../src/bootstrap/worker.ts';
import { answerParent, IN_FLIGHT, QUEUE, urls } from './measured.ts';

/** The payment service as `paidonce worker` puts it together, without a console. */
const { sqs, dynamoDb, logs, stripe } = urls();
const env = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  AWS_ENDPOINT_URL_SQS: sqs,
  AWS_ENDPOINT_URL_DYNAMODB: dynamoDb,
  AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: logs,
  STRIPE_API_URL: stripe,
  STRIPE_SECRET_KEY: 'sk_test_bench',
  ALLOW_TEST_KEY: 'true',
  INTENT_SEAL_KEYS: Buffer.alloc(32, 7).toString('base64'),
  PAYMENTS_QUEUE_URL: `${sqs}/${QUEUE}`,
  PAYMENTS_DLQ_URL: `${sqs}/000000000000/payments-dlq`,
  NOTIFICATIONS_QUEUE_URL: `${sqs}/000000000000/notifications`,
  NOTIFICATIONS_DLQ_URL: `${sqs}/000000000000/notifications-dlq`,
  EVENTS_TABLE: 'events',
  INVOICES_TABLE: 'invoices',
  LOG_GROUP: 'bench',
  WORKER_CONCURRENCY: String(IN_FLIGHT),
};
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
