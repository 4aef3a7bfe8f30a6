import { setTimeout as sleep } from 'node:timers/promises';
import {
  startWorker,
  type WorkerProcess,
  type WorkerRecord,
} from '../../src/bootstrap/demo/workers.ts';
import type { ServiceName } from '../../src/bootstrap/worker.ts';
import { drawWorkerStart, type WorkerStart } from './workerStart.ts';

const PAYMENT_WORKERS = 2;
/** Of each deployment, on average. */
const KILL_EVERY_MS = 15_000;
/** Of the kills, those of another service than the payments; it comes back as it was. */
const KILLS_OTHER = 0.25;
/**
 * A worker whose clock is far off is watched until it says that it stops, and for so long after
 * that.
 */
const WATCHED_MS = 3_000;
const STOPS_WITHIN_MS = 20_000;
/** It stops taking messages when it has released those of so many orders. */
const ORDERS_UNTIL_STOP = 3;

type Struck = {
  /** Of payment workers, and of the other services. */
  kills: number;
  otherKills: number;
  /**
   * Started with other settings than the first ones had, and with a clock that is off but not too
   * far.
   */
  otherSettings: number;
  bent: number;
  /**
   * Started with a clock that is too far off; and of these, those that had enough messages to stop
   * for it.
   */
  farOff: number;
  farOffStopped: number;
};

/**
 * The workers of one deployment, which die by SIGKILL and come back with other settings and clocks.
 */
export const createWorkers = (
  env: NodeJS.ProcessEnv,
  {
    random,
    others: otherServices,
    onRecord: observe,
  }: {
    readonly random: () => number;
    /** What runs beside the payment workers. */
    readonly others: readonly ServiceName[];
    readonly onRecord: (record: WorkerRecord) => void;
  },
) => {
  const payments: WorkerProcess[] = [];
  const others: WorkerProcess[] = [];
  const struck: Struck = {
    kills: 0,
    otherKills: 0,
    otherSettings: 0,
    bent: 0,
    farOff: 0,
    farOffStopped: 0,
  };
  const faults: string[] = [];

  const start = (
    settings: Partial<WorkerStart> = {},
    onRecord: (record: WorkerRecord) => void = observe,
  ): Promise<WorkerProcess> =>
    startWorker('payments', { env: { ...env, ...settings.env }, onRecord, args: [] });
  const startOther = (service: ServiceName): Promise<WorkerProcess> =>
    startWorker(service, { env, onRecord: observe, args: [] });

  const killOther = async (): Promise<void> => {
    const at = Math.floor(random() * others.length);
    const service = otherServices[at];
    if (service === undefined) return;
    await others[at]?.kill();
    struck.otherKills += 1;
    others[at] = await startOther(service);
  };

  /** It releases what it takes, and stops taking any; nothing may come of a message there. */
  const watchFarOff = async (settings: WorkerStart): Promise<void> => {
    const what = `a worker ${settings.aheadMs} ms ahead`;
    const handedBack = new Set<string>();
    let stopped = false;
    const worker = await start(settings, (record) => {
      if (record.event === 'circuit.opened' && record.dependency === 'Clock') stopped = true;
      if (record.event !== 'message.handled') return;
      const { disposition, orderId = '' } = record;
      if (disposition === 'Pause' || disposition === 'Retry') handedBack.add(orderId);
      else faults.push(`${what} handled ${JSON.stringify(record)}`);
    });
    for (let waited = 0; !stopped && waited < STOPS_WITHIN_MS; waited += 100) await sleep(100);
    await sleep(WATCHED_MS);
    await worker.kill();
    struck.farOff += 1;
    if (stopped) struck.farOffStopped += 1;
    // Where there was next to nothing to take, it had no reason to.
    else if (handedBack.size > ORDERS_UNTIL_STOP) faults.push(`${what} did not stop`);
  };

  return {
    struck: (): Readonly<Struck> => struck,
    faults: (): readonly string[] => faults,
    start: async (): Promise<void> => {
      for (const service of otherServices) others.push(await startOther(service));
      for (let at = 0; at < PAYMENT_WORKERS; at += 1) payments.push(await start());
    },
    strike: async (over: AbortSignal): Promise<void> => {
      while (!over.aborted) {
        await sleep(KILL_EVERY_MS * (0.5 + random()), undefined, { signal: over }).catch(() => {});
        if (over.aborted) return;
        if (random() < KILLS_OTHER) {
          await killOther();
          continue;
        }
        const at = Math.floor(random() * payments.length);
        await payments[at]?.kill();
        struck.kills += 1;
        let settings = drawWorkerStart(random);
        if (settings.isFarOff) await watchFarOff(settings);
        while (settings.isFarOff) settings = drawWorkerStart(random);
        struck.otherSettings += 1;
        if (settings.aheadMs !== 0) struck.bent += 1;
        payments[at] = await start(settings);
      }
    },
    /** False if one of them did not drain. */
    stop: async (): Promise<boolean> => {
      const codes = await Promise.all([...payments, ...others].map((worker) => worker.stop()));
      return codes.every((code) => code === 0);
    },
    end: () => Promise.all([...payments, ...others].map((worker) => worker.kill())),
  };
};
