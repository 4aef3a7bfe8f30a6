import { BatchExecuteStatementCommand } from '@aws-sdk/client-dynamodb';
import {
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  type Message,
} from '@aws-sdk/client-sqs';
import { createQueueClient, createTablesClient, queueUrl } from './job.ts';
import { IN_FLIGHT } from './measured.ts';

/** The calls that both floors make, as full as they can be. */
export const queue = createQueueClient();
export const tables = createTablesClient();

/** Entries that meet within `LINGER_MS` share a call. */
const LINGER_MS = 5;
export const gather = <Entry>(
  max: number,
  call: (entries: readonly Entry[]) => Promise<unknown>,
) => {
  let open: { entries: Entry[]; done: Promise<unknown>; go: () => void } | undefined;
  return (entry: Entry): Promise<unknown> => {
    if (open === undefined) {
      const entries: Entry[] = [];
      let go: () => void = () => undefined;
      const full = new Promise<void>((resolve) => {
        go = resolve;
        setTimeout(resolve, LINGER_MS);
      });
      const batch = {
        entries,
        go,
        done: full.then(() => {
          if (open === batch) open = undefined;
          return call(entries);
        }),
      };
      open = batch;
    }
    const { entries, done, go } = open;
    entries.push(entry);
    if (entries.length === max) {
      open = undefined;
      go();
    }
    return done;
  };
};

type Row = {
  readonly table: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly version: number;
};

export const write = gather<Row>(25, (rows) =>
  tables.send(
    new BatchExecuteStatementCommand({
      Statements: rows.map(({ table, fields, version }) => ({
        Statement: `INSERT INTO "${table}" VALUE {${Object.keys(fields)
          .map((name) => `'${name}':?`)
          .join(',')},'version':?}`,
        Parameters: [...Object.values(fields).map((S) => ({ S })), { N: `${version}` }],
      })),
    }),
  ),
);

/** Handles the messages of a queue, so many at a time, and deletes them. */
export const consume = async (
  name: string,
  handle: (message: Message) => Promise<void>,
): Promise<never> => {
  const QueueUrl = queueUrl(name);
  const receiver = createQueueClient();
  const remove = gather<string>(10, (receipts) =>
    queue.send(
      new DeleteMessageBatchCommand({
        QueueUrl,
        Entries: receipts.map((ReceiptHandle, at) => ({ Id: `${at}`, ReceiptHandle })),
      }),
    ),
  );
  const handleOne = async (message: Message): Promise<void> => {
    await handle(message);
    await remove(message.ReceiptHandle ?? '');
  };
  let inFlight = 0;
  for (;;) {
    while (inFlight > IN_FLIGHT - 10) await new Promise((resolve) => setTimeout(resolve, 1));
    inFlight += 10;
    void receiver
      .send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 20 }))
      .then(({ Messages = [] }) => {
        inFlight -= 10 - Messages.length;
        return Promise.all(
          Messages.map((message) => handleOne(message).finally(() => (inFlight -= 1))),
        );
      });
  }
};
