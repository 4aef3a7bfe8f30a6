import type { Result } from 'neverthrow';
import { fromSqsEvent, type SqsBatchResponse } from '../../adapters/lambda/sqsEvent.ts';
import type { BatchHandler } from '../../application/delivery/batch.ts';
import type { ConfigMistake } from '../config.ts';

/** The part of Lambda's context that is used. */
export type LambdaContext = { getRemainingTimeInMillis(): number };

export type LambdaFunction = (event: unknown, context: LambdaContext) => Promise<SqsBatchResponse>;

/** Created once, it serves every invocation of an execution environment. */
export type QueueFunction = { readonly queueName: string; readonly handle: BatchHandler };

/**
 * A function for the event source mapping of one standard queue. It throws, so that the whole batch
 * comes again, only where no message may be touched: without a valid configuration, or for an event
 * of another queue.
 */
export const createFunction = (
  create: () => Result<QueueFunction, readonly ConfigMistake[]>,
): LambdaFunction => {
  let serving: QueueFunction | undefined;
  return async (event, context) => {
    // Kept only if it was created, so that the next invocation tries again.
    serving ??= create().match((created) => created, refuseConfiguration);
    const messages = fromSqsEvent(event, serving.queueName);
    if (messages.isErr()) throw named(messages.error.type, messages.error.why);
    const failed = await serving.handle(messages.value, context.getRemainingTimeInMillis());
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };
};

const refuseConfiguration = (mistakes: readonly ConfigMistake[]): never => {
  const lines = mistakes.map(({ name, wrong, remedy }) => `${name} ${wrong}. ${remedy}`);
  throw named('Configuration', lines.join('\n'));
};

/** Lambda reports a thrown error by its name and message. */
const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });
