import { err, ok, type Result } from 'neverthrow';
import type { Consumer, ConsumerHealth, DrainReport } from '../delivery/consumer.ts';
import type { Clock } from '../ports/clock.ts';
import type { CallServer, HandleCall } from '../ports/gatewayEvents.ts';
import type { Metric, Telemetry } from '../ports/telemetry.ts';
import {
  CALL_METRICS,
  CALL_OUTCOMES,
  isTaken,
  recordOf,
  type HandledCall,
  type CallOutcome,
  type ReceiveCall,
} from './receiveCall.ts';

export type ServeCalls = (handle: HandleCall) => Promise<Result<CallServer, string>>;

export type WebhookDependencies = {
  readonly receiveCall: ReceiveCall;
  readonly serveCalls: ServeCalls;
  readonly clock: Clock;
  readonly telemetry: Pick<Telemetry, 'record'>;
  readonly drainMs: number;
};

/** A service that listens instead of polling: it has the health and the drain of a consumer. */
export type WebhookService = Consumer & {
  /**
   * Begins to listen. Returns the port, or why it cannot. It has to be called once, before `run`.
   */
  readonly open: () => Promise<Result<number, string>>;
};

const METRICS_EVERY_MS = 60_000;
/** After that a call has to show whether the queue takes messages again. */
const UNREADY_MS = 30_000;

export const createWebhookService = (deps: WebhookDependencies): WebhookService => {
  const { receiveCall, serveCalls, clock, telemetry, drainMs } = deps;
  const counts = createCallCounts(telemetry);
  let server: CallServer | undefined;
  let phase: keyof typeof PHASES = 'new';
  let refusedUntil = 0;

  const handle: HandleCall = async (call) => {
    const answer = await receiveCall(call);
    if (answer.outcome === 'not queued') refusedUntil = clock.now() + UNREADY_MS;
    counts.count(answer);
    return answer;
  };

  return {
    open: async () => {
      const opened = await serveCalls(handle);
      if (opened.isErr()) return err(opened.error);
      server = opened.value;
      phase = 'running';
      return ok(server.port);
    },
    run: async (stop): Promise<DrainReport> => {
      while (!stop.aborted) {
        await clock.sleep(METRICS_EVERY_MS, stop);
        if (!stop.aborted) counts.report();
      }
      phase = 'draining';
      const stoppedAt = clock.now();
      const { finished = 0, cut = 0 } = (await server?.close(drainMs)) ?? {};
      counts.report();
      phase = 'ended';
      const drained = { finished, handedBack: 0, abandoned: cut, pollsCut: 0 };
      const report = { ...drained, durationMs: clock.now() - stoppedAt };
      const level = cut === 0 ? 'info' : 'warn';
      telemetry.record({ level, event: 'webhooks.drained', facts: report });
      return report;
    },
    health: (): ConsumerHealth => {
      const isRefused = phase === 'running' && clock.now() < refusedUntil;
      const reason = isRefused ? 'the queue takes no messages' : PHASES[phase];
      return { ready: phase === 'running' && !isRefused, live: true, reason };
    },
  };
};

const PHASES = {
  new: 'not started',
  running: 'listening',
  draining: 'draining',
  ended: 'stopped',
} as const;

/** The maximum number of records in a minute. Anybody may call, so that not every call has one. */
const WARNINGS_MAX = 10;

/** Counts calls, and records the first few that were not taken, with the reason, each minute. */
const createCallCounts = (telemetry: Pick<Telemetry, 'record'>) => {
  let calls = new Map<CallOutcome, number>();
  let warned = new Set<string>();
  return {
    count: (answer: HandledCall): void => {
      const { outcome, about: cause } = answer;
      calls.set(outcome, (calls.get(outcome) ?? 0) + 1);
      if (isTaken(answer) || warned.has(cause) || warned.size === WARNINGS_MAX) return;
      warned.add(cause);
      telemetry.record(recordOf(answer));
    },
    /** Reports everything since the last report. An alarm needs the zeros as well. */
    report: (): void => {
      const metrics = CALL_OUTCOMES.map((outcome): [string, Metric] => [
        CALL_METRICS[outcome],
        { unit: 'Count', values: [calls.get(outcome) ?? 0] },
      ]);
      calls = new Map();
      warned = new Set();
      telemetry.record({
        level: 'info',
        event: 'webhooks.metrics',
        metrics: Object.fromEntries(metrics),
      });
    },
  };
};
