import { md5Of } from '../md5.ts';
import type { DirectCall } from './directCalls.ts';

/** This system writes no attributes of other types. */
type AttributeValue = { readonly S?: string; readonly N?: string; readonly B?: Uint8Array };

type Statements = {
  readonly Statements?: readonly {
    readonly Statement: string;
    readonly Parameters?: readonly AttributeValue[];
  }[];
};

type Values = Readonly<Record<string, AttributeValue>>;

/** Bytes are written in base64. */
const written = (value: AttributeValue): object =>
  value.B === undefined ? value : { B: base64Of(value.B) };

/** Encodes the bytes where they are, without a copy. */
const base64Of = ({ buffer, byteOffset, byteLength }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64');

const writtenAll = (values: Values): object =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, written(value)]));

type QueryAnswer = { readonly Items?: unknown };

/**
 * The values of an item; undefined if one is neither a text, a number nor bytes, the only types
 * that this system writes.
 */
const readItem = (item: object): Values | undefined => {
  const values: Record<string, AttributeValue> = {};
  for (const [name, value] of Object.entries(item)) {
    const { S, N, B }: Readonly<Record<string, unknown>> = Object(value);
    if (typeof B === 'string') values[name] = { B: new Uint8Array(Buffer.from(B, 'base64')) };
    else if (typeof S === 'string' || typeof N === 'string') values[name] = value;
    else return undefined;
  }
  return values;
};

const readItems = (answer: QueryAnswer): { readonly Items: readonly unknown[] } | undefined => {
  const { Items, ...rest } = answer;
  if (!Array.isArray(Items)) return undefined;
  const items = Items.map(readItem);
  return items.includes(undefined) ? undefined : { ...rest, Items: items };
};

type RowsAnswer = { readonly Responses?: Readonly<Record<string, unknown>> };

const readRows = (answer: RowsAnswer): object | undefined => {
  const { Responses = {}, ...rest } = answer;
  const read = Object.entries(Responses).map(
    ([table, Items]) => [table, readItems({ Items })?.Items] as const,
  );
  return read.length === 0 || read.some(([, items]) => items === undefined)
    ? undefined
    : { ...rest, Responses: Object.fromEntries(read) };
};

/** The calls of an order to DynamoDB, and that by which a replay asks for rows. */
export const HOT_CALLS_OF_DYNAMODB = {
  batchExecuteStatement: {
    operation: 'BatchExecuteStatement',
    write: (input) => {
      const { Statements = [], ...rest } = input as Statements;
      return JSON.stringify({
        Statements: Statements.map(({ Parameters = [], ...statement }) => ({
          ...statement,
          Parameters: Parameters.map(written),
        })),
        ...rest,
      });
    },
    read: (answer) => ('Responses' in answer ? answer : undefined),
  },
  query: {
    operation: 'Query',
    write: (input) => {
      const { ExpressionAttributeValues: values = {}, ...rest } = input as {
        readonly ExpressionAttributeValues?: Values;
      };
      return JSON.stringify({ ...rest, ExpressionAttributeValues: writtenAll(values) });
    },
    read: readItems,
  },
  putItem: {
    operation: 'PutItem',
    write: (input) => {
      const { Item = {}, ...rest } = input as { readonly Item?: Values };
      return JSON.stringify({ ...rest, Item: writtenAll(Item) });
    },
    // What stood there before is not asked for.
    read: (answer) => ('Attributes' in answer ? undefined : answer),
  },
  batchGetItem: {
    operation: 'BatchGetItem',
    // Keys are texts.
    write: (input) => JSON.stringify(input),
    read: readRows,
  },
} as const satisfies Readonly<Record<string, DirectCall>>;

type Entries = {
  readonly Entries?: readonly { readonly Id: string; readonly MessageBody: string }[];
};
type SendAnswer = {
  readonly Successful?: readonly { readonly Id: string; readonly MD5OfMessageBody?: string }[];
};

/** The SDK makes an error of a wrong checksum. */
const isWholeAt = ({ Successful = [] }: SendAnswer, { Entries = [] }: Entries): boolean => {
  const bodies = new Map(Entries.map(({ Id, MessageBody }) => [Id, MessageBody]));
  return Successful.every(({ Id, MD5OfMessageBody }) => {
    const checksum = md5Of(bodies.get(Id) ?? '');
    return checksum !== undefined && checksum === MD5OfMessageBody;
  });
};

type ReceivedParts = {
  readonly MessageAttributes?: Readonly<Record<string, { readonly BinaryValue?: string }>>;
};

/** An attribute of bytes is left to the SDK: nobody sends one. */
const hasBytes = ({ MessageAttributes = {} }: ReceivedParts): boolean =>
  Object.values(MessageAttributes).some(({ BinaryValue }) => BinaryValue !== undefined);

const isBatchAnswer = (answer: object): boolean => 'Successful' in answer || 'Failed' in answer;

/** The calls of an order to its queues. */
export const HOT_CALLS_OF_SQS = {
  sendMessageBatch: {
    operation: 'SendMessageBatch',
    write: (input) => JSON.stringify(input),
    read: (answer, input) =>
      isBatchAnswer(answer) && isWholeAt(answer, input) ? answer : undefined,
  },
  deleteMessageBatch: {
    operation: 'DeleteMessageBatch',
    write: (input) => JSON.stringify(input),
    read: (answer) => (isBatchAnswer(answer) ? answer : undefined),
  },
  receiveMessage: {
    operation: 'ReceiveMessage',
    write: (input) => JSON.stringify(input),
    read: (answer) => {
      const { Messages = [] } = answer as { readonly Messages?: readonly ReceivedParts[] };
      return Array.isArray(Messages) && !Messages.some(hasBytes) ? answer : undefined;
    },
  },
} as const satisfies Readonly<Record<string, DirectCall>>;

/** The call that stores the records of a second. */
export const HOT_CALLS_OF_LOGS = {
  putLogEvents: {
    operation: 'PutLogEvents',
    write: (input) => JSON.stringify(input),
    // An answer says something only of events that were rejected.
    read: (answer) => answer,
  },
} as const satisfies Readonly<Record<string, DirectCall>>;

type MailInput = {
  readonly Content?: {
    readonly Simple?: {
      readonly Attachments?: readonly { readonly RawContent?: Uint8Array }[];
    };
  };
};

/** The input with its attached files in base64. */
const writtenMail = (input: MailInput): object => {
  const { Content: { Simple } = {} } = input;
  if (Simple?.Attachments === undefined) return input;
  const Attachments = Simple.Attachments.map(({ RawContent, ...file }) => ({
    ...file,
    ...(RawContent && { RawContent: base64Of(RawContent) }),
  }));
  return { ...input, Content: { ...input.Content, Simple: { ...Simple, Attachments } } };
};

/** The call of a notice to SES. */
export const HOT_CALLS_OF_SES = {
  sendEmail: {
    operation: 'SendEmail',
    write: (input) => JSON.stringify(writtenMail(input)),
    read: (answer) => (typeof Reflect.get(answer, 'MessageId') === 'string' ? answer : undefined),
  },
} as const satisfies Readonly<Record<string, DirectCall>>;
