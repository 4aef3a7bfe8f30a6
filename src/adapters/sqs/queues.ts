import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { err, ok, safeTry, type ResultAsync } from 'neverthrow';
import type { DependencyError } from '../../application/ports/failures.ts';
import type { QueueError } from '../../application/ports/messageQueue.ts';
import type { QueueCounts } from '../../application/ports/queueCount.ts';
import { onError } from '../aws/errors.ts';
import { misconfigured, unavailable } from '../failures.ts';
import { queueCall } from './failures.ts';
import { protectionIn, tlsOnlyPolicy, type QueueProtection } from './queueProtection.ts';
import {
  deadLetterSettings,
  queueSettings,
  redriveAllowed,
  wrongSettings,
  type QueueAttributes,
  type QueuePlan,
  type WrongSetting,
} from './queueSettings.ts';

/** The result of a setup for one queue. */
export type QueueSetup = {
  readonly name: string;
  readonly url: string;
  readonly done: 'made' | 'changed' | 'found';
  /** The settings that it changed, for `changed`. */
  readonly changes: readonly WrongSetting[];
  /** Settings that this server does not support; SQS supports all of them. */
  readonly unknown: readonly string[];
};

export type QueuePairSetup = { readonly queue: QueueSetup; readonly deadLetter: QueueSetup };

export type WrongQueueSetting = WrongSetting & { readonly queueUrl: string };

/** Creates a queue and its dead-letter queue, or corrects the existing ones. Repeatable. */
export const setUpQueues = (
  client: SQSClient,
  plan: QueuePlan,
): ResultAsync<QueuePairSetup, QueueError> =>
  safeTry(async function* () {
    const deadLetter = yield* setUpQueue(client, plan.deadLetterName, deadLetterSettings());
    const deadLetterArn = yield* arnOf(client, deadLetter.url);
    const queue = yield* setUpQueue(client, plan.name, queueSettings(plan, deadLetterArn));
    // The policy about who may send dead letters needs the queue's ARN, which is known only now.
    const queueArn = yield* arnOf(client, queue.url);
    const allowed =
      deadLetter.done === 'made'
        ? { ...deadLetter, unknown: yield* allowRedrive(client, deadLetter.url, queueArn) }
        : withChanges(
            deadLetter,
            yield* correct(client, deadLetter.url, deadLetterSettings(queueArn)),
          );
    return ok({
      queue: yield* denyWithoutTls(client, queue),
      deadLetter: yield* denyWithoutTls(client, allowed),
    });
  });

/** The protection of one queue; undefined if this server does not say. */
export const protectionOf = (
  client: SQSClient,
  queueUrl: string,
): ResultAsync<QueueProtection | undefined, QueueError> =>
  attributesOf(client, queueUrl).map(protectionIn);

/** Every setting that differs from what `setUpQueues` would set. */
export const inspectQueues = (
  client: SQSClient,
  urls: { readonly queueUrl: string; readonly deadLetterUrl: string },
  plan: Omit<QueuePlan, 'name' | 'deadLetterName'>,
): ResultAsync<readonly WrongQueueSetting[], QueueError> =>
  safeTry(async function* () {
    const { queueUrl, deadLetterUrl } = urls;
    const queue = yield* attributesOf(client, queueUrl);
    const deadLetter = yield* attributesOf(client, deadLetterUrl);
    const named = { ...plan, name: queueUrl, deadLetterName: deadLetterUrl };
    const wanted = queueSettings(named, deadLetter['QueueArn'] ?? '');
    const wantedThere = deadLetterSettings(queue['QueueArn'] ?? '');
    return ok([
      ...wrongSettings(wanted, queue).map((wrong) => ({ ...wrong, queueUrl })),
      ...wrongSettings(wantedThere, deadLetter).map((wrong) => ({
        ...wrong,
        queueUrl: deadLetterUrl,
      })),
    ]);
  });

/**
 * The counts are approximate, according to SQS: exact only if nothing has changed for about a
 * minute.
 */
export const countMessages = (
  client: SQSClient,
  queueUrl: string,
): ResultAsync<QueueCounts, QueueError> =>
  attributesOf(client, queueUrl).map((attributes) => ({
    visible: Number(attributes['ApproximateNumberOfMessages'] ?? 0),
    inFlight: Number(attributes['ApproximateNumberOfMessagesNotVisible'] ?? 0),
    delayed: Number(attributes['ApproximateNumberOfMessagesDelayed'] ?? 0),
  }));

/** Whether these queues answer, one after the other. */
export const probeQueues = (
  client: SQSClient,
  queueUrls: readonly string[],
): ResultAsync<void, DependencyError> =>
  safeTry(async function* () {
    for (const url of queueUrls) yield* attributesOf(client, url);
    return ok();
  }).mapErr((error) => (error.type === 'Aborted' ? unavailable('MessageQueue', 'aborted') : error));

/** The URL of a queue; undefined if there is none with that name. */
export const findQueue = (
  client: SQSClient,
  name: string,
): ResultAsync<string | undefined, QueueError> =>
  queueCall(() =>
    client
      .send(new GetQueueUrlCommand({ QueueName: name }))
      .then(({ QueueUrl }) => QueueUrl)
      .catch(onError('QueueDoesNotExist', undefined))
      .catch(onError('NonExistentQueue', undefined)),
  );

/** Creates or corrects a queue without a dead-letter queue of its own. Repeatable. */
export const setUpQueue = (
  client: SQSClient,
  name: string,
  settings: Record<string, string>,
): ResultAsync<QueueSetup, QueueError> =>
  safeTry(async function* () {
    const url = yield* findQueue(client, name);
    if (url === undefined) {
      const command = new CreateQueueCommand({ QueueName: name, Attributes: settings });
      const made = yield* queueCall(() => client.send(command));
      if (made.QueueUrl === undefined)
        return err(misconfigured('MessageQueue', `no URL for the new queue ${name}`));
      return ok({ name, url: made.QueueUrl, done: 'made', changes: [], unknown: [] } as const);
    }
    const changes = yield* correct(client, url, settings);
    return ok(withChanges({ name, url, done: 'found', changes: [], unknown: [] }, changes));
  });

const allowRedrive = (
  client: SQSClient,
  deadLetterUrl: string,
  queueArn: string,
): ResultAsync<readonly string[], QueueError> => {
  const Attributes = redriveAllowed(queueArn);
  const command = new SetQueueAttributesCommand({ QueueUrl: deadLetterUrl, Attributes });
  return queueCall(() =>
    client.send(command).then(() => [], onError('InvalidAttributeName', Object.keys(Attributes))),
  );
};

/** Corrects the wrong settings, and no others. */
const correct = (
  client: SQSClient,
  url: string,
  settings: Record<string, string>,
): ResultAsync<readonly WrongSetting[], QueueError> =>
  safeTry(async function* () {
    const changes = wrongSettings(settings, yield* attributesOf(client, url));
    if (changes.length === 0) return ok(changes);
    const Attributes = Object.fromEntries(
      changes.map(({ setting, expected }) => [setting, expected]),
    );
    const command = new SetQueueAttributesCommand({ QueueUrl: url, Attributes });
    yield* queueCall(() => client.send(command));
    return ok(changes);
  });

/**
 * Denies requests without TLS if nobody has given the queue a policy: one that is there says who
 * may send.
 */
const denyWithoutTls = (
  client: SQSClient,
  setup: QueueSetup,
): ResultAsync<QueueSetup, QueueError> =>
  safeTry(async function* () {
    const attributes = yield* attributesOf(client, setup.url);
    if (protectionIn(attributes)?.policy !== 'none') return ok(setup);
    const expected = tlsOnlyPolicy(attributes['QueueArn'] ?? '');
    const Attributes = { Policy: expected };
    const command = new SetQueueAttributesCommand({ QueueUrl: setup.url, Attributes });
    yield* queueCall(() => client.send(command));
    if (setup.done === 'made') return ok(setup);
    return ok(withChanges(setup, [{ setting: 'Policy', expected, actual: 'not set' }]));
  });

const withChanges = (setup: QueueSetup, changes: readonly WrongSetting[]): QueueSetup => ({
  ...setup,
  done: changes.length > 0 ? 'changed' : setup.done,
  changes: [...setup.changes, ...changes],
});

const attributesOf = (client: SQSClient, url: string): ResultAsync<QueueAttributes, QueueError> => {
  const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] });
  return queueCall(() => client.send(command)).map(({ Attributes = {} }) => Attributes);
};

const arnOf = (client: SQSClient, url: string): ResultAsync<string, QueueError> =>
  attributesOf(client, url).andThen(({ QueueArn }) =>
    QueueArn === undefined
      ? err(misconfigured('MessageQueue', `the queue ${url} has no ARN`))
      : ok(QueueArn),
  );
