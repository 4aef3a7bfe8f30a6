import { Option } from 'commander';
import { ok } from 'neverthrow';
import {
  createConsoleTelemetry,
  createJsonTelemetry,
} from '../../../adapters/console/telemetry.ts';
import { createSystemClock } from '../../../adapters/system/clock.ts';
import { parseConfig } from '../../config.ts';
import { queueNameOf } from '../../config/settingTypes.ts';
import { runEventSource, type Invocation } from '../../lambda/eventSource.ts';
import {
  createNotificationsFunction,
  createPaymentsFunction,
  type Surroundings,
} from '../../lambda/functions.ts';
import { settingsOfFunction } from '../../lambda/settings.ts';
import { FUNCTION_LIMITS } from '../../lambda/limits.ts';
import { defineCommand, type Session } from '../common/command.ts';
import { EXIT } from '../common/failure.ts';
import { wholeNumber } from '../common/options.ts';
import type { Output } from '../common/output.ts';

/** Lambda starts with five; two show what batches beside each other do. */
const CONCURRENCY = 2;

const FUNCTIONS = {
  payments: { create: createPaymentsFunction, url: 'PAYMENTS_QUEUE_URL' },
  notifications: { create: createNotificationsFunction, url: 'NOTIFICATIONS_QUEUE_URL' },
} as const;

export const body = defineCommand<{
  readonly service: keyof typeof FUNCTIONS | 'all';
  readonly timeout: number;
  readonly window: number;
}>({
  begins: true,
  examples: ['lambda --embedded', 'lambda --embedded --service payments --timeout 60'],
  options: (command) =>
    command
      .addOption(
        new Option('--service <name>', 'whose function')
          .choices(['payments', 'notifications', 'all'])
          .default('all'),
      )
      .option(
        '--timeout <seconds>',
        'of the function',
        wholeNumber(1, 900),
        FUNCTION_LIMITS.payments.timeoutSeconds,
      )
      .option('--window <seconds>', 'how long a batch waits to fill up', wholeNumber(0, 300), 0),
  help: `\
Takes batches of up to ten from the queues, calls the functions with Lambda's events, deletes what
succeeded and leaves the rest, as docs/lambda.md says. SIGTERM or SIGINT: ends when the
invocations under way have.`,
  run: async function* (session, options) {
    const stop = session.untilStopped();
    const { output, embedded } = session;
    const names =
      options.service === 'all' ? (['payments', 'notifications'] as const) : [options.service];
    // All that the functions need, so that mistakes are reported here and not in each invocation.
    const needs = names.flatMap((name) => settingsOfFunction(name, surroundingsOf(name, session)));
    const { config, clock, ...queues } = yield* session.open({
      services: [...names, 'clock'],
      settings: [...needs, 'AWS_REGION', ...names.map((name) => FUNCTIONS[name].url)],
    });
    const takingOver = embedded?.takeOver(stop);
    const sources = names.map((name) => {
      const queueName = queueNameOf(config[FUNCTIONS[name].url]);
      output.note(`${name} function is invoked with messages of ${queueName}`);
      const surroundings = surroundingsOf(name, session);
      return runEventSource(
        {
          queue: queues[name],
          queueName,
          region: config.AWS_REGION,
          invoke: FUNCTIONS[name].create(surroundings),
          clock,
          timeoutMs: options.timeout * 1_000,
          windowMs: options.window * 1_000,
          concurrency: CONCURRENCY,
          onInvoked: (invocation) => printInvocation(name, invocation, output),
        },
        stop,
      );
    });
    await Promise.all(sources);
    await takingOver;
    return ok(EXIT.OK);
  },
});

const surroundingsOf = (service: string, { output, embedded, io }: Session): Surroundings => ({
  config: (needs) => parseConfig(io.env, { needs, ...(embedded && { embedded }) }),
  telemetry: () =>
    output.json
      ? createJsonTelemetry(createSystemClock(), { service, stream: output.stdout })
      : createConsoleTelemetry(createSystemClock(), output.stderr),
});

const printInvocation = (service: string, invocation: Invocation, output: Output): void => {
  const { messages, failed, durationMs, error } = invocation;
  const fate = error === undefined ? `${failed.length} failed` : `all failed: ${error}`;
  output.note(`${service} function: ${messages} messages, ${fate}, ${Math.round(durationMs)} ms`);
  if (output.json) output.data({ event: 'lambda.invoked', service, ...invocation }, () => '');
};
