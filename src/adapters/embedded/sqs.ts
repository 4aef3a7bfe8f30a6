import { mkdir } from 'node:fs/promises';
import type { DatabaseSync } from 'node:sqlite';
import { buildApp, type BuildAppOptions } from 'fauxqs';
import { guardServer } from './guard.ts';
import { LOOPBACK, type EmbeddedServer, type EmbeddedServerOptions } from './server.ts';

type Stores = NonNullable<BuildAppOptions['stores']>;
type Queue = ReturnType<Stores['sqsStore']['createQueue']>;
type Persistence = NonNullable<Stores['sqsStore']['persistence']>;
/** Members that are private in its types, and that the fixes below need. */
type Internals = {
  readonly db: DatabaseSync;
  transaction(work: () => void): void;
};

const NOT_SENDABLE = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/**
 * SQS on loopback, with every message in SQLite before it is acknowledged. Queue URLs are
 * `http://127.0.0.1:<port>/000000000000/<name>`: they stay valid after a restart on the same port.
 */
export const startEmbeddedSqs = async (options: EmbeddedServerOptions): Promise<EmbeddedServer> => {
  await mkdir(options.dataDir, { recursive: true });
  const { stores, persistence } = await openStores(options.dataDir);
  const app = buildApp({ logger: false, stores });
  guardServer(app.server);
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= app.close().then(() => persistence.close()));
  try {
    return { url: await app.listen({ host: LOOPBACK, port: options.port }), close };
  } catch (error) {
    await close();
    throw error;
  }
};

/**
 * fauxqs' own `startFauxqs` listens on every interface of the machine. Its parts are composed here
 * in the same way, but for the address. No name exports them, so that they are imported by their
 * path in the checkout, and the exact version is pinned.
 */
const openStores = async (
  dataDir: string,
): Promise<{ readonly stores: Stores; readonly persistence: Persistence }> => {
  const [{ SqsStore }, { SnsStore }, { S3Store }, { PersistenceManager }, types] =
    await Promise.all([
      import('../../../node_modules/fauxqs/dist/sqs/sqsStore.js'),
      import('../../../node_modules/fauxqs/dist/sns/snsStore.js'),
      import('../../../node_modules/fauxqs/dist/s3/s3Store.js'),
      import('../../../node_modules/fauxqs/dist/persistence.js'),
      import('../../../node_modules/fauxqs/dist/sqs/sqsTypes.js'),
    ]);
  // fauxqs tests UTF-16 units and so refuses every character above U+FFFF, which SQS accepts.
  types.INVALID_MESSAGE_BODY_CHAR.test = (body) => NOT_SENDABLE.test(body);

  const stores = { sqsStore: new SqsStore(), snsStore: new SnsStore(), s3Store: new S3Store() };
  // Without a host of its own the store builds queue URLs from the address that the client used.
  stores.sqsStore.host = '';
  const persistence = new PersistenceManager(dataDir);
  // Written data outlives a killed process without an fsync for each message. A power failure may
  // lose the last moments, and this server is not meant for machines that can fail that way.
  internalsOf(persistence).db.exec('PRAGMA synchronous = NORMAL');
  // Loaded before it is connected: loading through a connected store would write each row again.
  persistence.loadSqsAndSns(stores.sqsStore, stores.snsStore);
  stores.sqsStore.persistence = persistence;
  stores.snsStore.persistence = persistence;
  for (const queue of stores.sqsStore.allQueues()) queue.persistence = persistence;
  repair(stores.sqsStore, persistence);
  answerDeadLettersAtOnce(stores.sqsStore);
  return { stores, persistence };
};

const internalsOf = (persistence: Persistence): Internals => persistence as unknown as Internals;

/** Fixes two faults of fauxqs 2.4.1 with persistence, each of which would lose a message. */
const repair = (store: Stores['sqsStore'], persistence: Persistence): void => {
  const internals = internalsOf(persistence);

  // A message that is released (visibility 0) gets NULL where its table allows none. It has left
  // memory before the error, and was neither hidden nor visible until a restart.
  const markReady = internals.db.prepare(
    'UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE ' +
      'message_id = ?',
  );
  persistence.updateMessageReady = (messageId) => {
    markReady.run(messageId);
  };

  // A receive that moves a message to its dead-letter queue deletes it before it inserts it: a
  // process killed in between lost it. Now a receive is one transaction, which is also faster.
  const receiveAtOnce = (queue: Queue): Queue => {
    const dequeue = queue.dequeue.bind(queue);
    queue.dequeue = (...asked) => {
      let received: ReturnType<typeof dequeue> = [];
      internals.transaction(() => {
        received = dequeue(...asked);
      });
      return received;
    };
    return queue;
  };
  for (const queue of store.allQueues()) receiveAtOnce(queue);
  const createQueue = store.createQueue.bind(store);
  store.createQueue = (...asked) => receiveAtOnce(createQueue(...asked));
};

/**
 * Who reads dead letters asks until none is left, with a wait that makes SQS ask all its servers.
 * There is one server here, so that the last answer need not wait.
 */
const answerDeadLettersAtOnce = (store: Stores['sqsStore']): void => {
  const isForDeadLetters = ({ arn }: Queue): boolean =>
    [...store.allQueues()].some(({ attributes: { RedrivePolicy = '' } }) =>
      RedrivePolicy.includes(JSON.stringify(arn)),
    );
  const answerAtOnce = (queue: Queue): Queue => {
    const waitForMessages = queue.waitForMessages.bind(queue);
    queue.waitForMessages = (seconds) =>
      isForDeadLetters(queue) ? Promise.resolve() : waitForMessages(seconds);
    return queue;
  };
  for (const queue of store.allQueues()) answerAtOnce(queue);
  const createQueue = store.createQueue.bind(store);
  store.createQueue = (...asked) => answerAtOnce(createQueue(...asked));
};
