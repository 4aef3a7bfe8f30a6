import 'reflect-metadata';
import { okAsync, ResultAsync } from 'neverthrow';
import { createContainer } from '../../src/bootstrap/container.ts';
import { application } from '../../src/bootstrap/modules/application.ts';
import { memory } from '../../src/bootstrap/modules/memory.ts';
import { from } from '../../src/bootstrap/tokens.ts';
import { createSystemClock } from '../../src/adapters/system/clock.ts';
import { createSystemIds } from '../../src/adapters/system/ids.ts';
import { createCloudWatchTelemetry } from '../../src/adapters/cloudwatch/telemetry.ts';
import {
  prepareCharge,
  isPreparedCharge,
  prepareRefund,
  isPreparedRefund,
} from '../../src/adapters/stripe/bodies.ts';
import { orderMessage } from '../order.ts';
import { createHash } from 'node:crypto';
const N = Number(process.argv[2] ?? 20000);
let given = 0,
  deleted = 0;
const clock = createSystemClock({ offMaxMs: 60000 });
const done: any = {};
const queue = {
  receive: ({ max }: any) =>
    new ResultAsync(
      (async () => {
        await new Promise((r) => setImmediate(r));
        const { ok } = await import('neverthrow');
        if (given >= N) {
          await new Promise((r) => setTimeout(r, 50));
          return ok([]);
        }
        const k = Math.min(max, N - given);
        const out = Array.from({ length: k }, (_, i) => {
          const body = orderMessage(given + i, 2);
          return {
            messageId: `m-${given + i}`,
            receipt: `r-${given + i}`,
            body,
            attributes: {},
            receiveCount: 1,
            sentAt: Date.now(),
            damaged: false,
          };
        });
        given += k;
        return ok(out);
      })(),
    ) as any,
  send: (m: any[]) => okAsync(m.map(() => ({ type: 'Done' as const }))),
  delete: (r: any[]) => {
    deleted += r.length;
    if (deleted >= N) done.resolve();
    return okAsync(r.map(() => ({ type: 'Done' as const })));
  },
  changeVisibility: (r: any[]) => okAsync(r.map(() => ({ type: 'Done' as const }))),
};
const lines = { send: async () => ({}) };
const later = (v: any) => ResultAsync.fromSafePromise(new Promise((r) => setImmediate(() => r(v))));
let n = 0;
const mod = {
  ...memory(),
  clock: from([], () => clock),
  ids: from([], () => createSystemIds()),
  telemetry: from([], () =>
    createCloudWatchTelemetry(
      lines as any,
      { logGroup: 'g', logStream: 's', service: 'payments' },
      clock,
    ),
  ),
  payments: from([], () => queue as any),
  paymentsDlq: from([], () => queue as any),
  notifications: from([], () => queue as any),
  notificationsDlq: from([], () => queue as any),
  gateway: from(
    [],
    () =>
      ({
        identify: () => okAsync('acct:test'),
        prepare: prepareCharge,
        isPrepared: isPreparedCharge,
        prepareRefund,
        isPreparedRefund,
        charge: (p: any) => {
          const f = new URLSearchParams(p.body);
          n++;
          return later({
            type: 'Captured',
            reference: `pi_${n}`,
            amountMinor: Number(f.get('amount')),
            currency: 'EUR',
          });
        },
      }) as any,
  ),
};
const { get } = createContainer(application as any, mod as any, {} as any) as any;
const consumer = get('paymentConsumer');
const stop = new AbortController();
const finished = new Promise<void>((r) => (done.resolve = r));
const a = process.cpuUsage();
const run = consumer.run(stop.signal);
await finished;
const b = process.cpuUsage(a);
console.log('own us/order', ((b.user + b.system) / N).toFixed(1));
process.exit(0);
