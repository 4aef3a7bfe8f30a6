import { forgetOldest } from '../../application/forgetOldest.ts';
import {
  LOG_EVENT_OVERHEAD_BYTES,
  queueRequestsOf,
  readUnitsOf,
  writeUnitsOf,
  type Usage,
} from '../../application/ports/usage.ts';
import { itemBytes } from '../eventStore/storedCommit.ts';
import { isNotConnected, nameOf, readAwsError } from './errors.ts';

type Billed = Partial<Omit<Usage, 'requests'>>;

export type Meter = {
  readonly count: (operation: string, billed: Billed) => void;
  readonly usage: () => Usage;
};

/** Counts what the clients of one service use. An operation is one of those that AWS has. */
export const createMeter = (): Meter => {
  const requests: Record<string, number> = {};
  const used = {
    queueRequests: 0,
    topicRequests: 0,
    writeUnits: 0,
    readUnits: 0,
    logEvents: 0,
    logBytes: 0,
    mails: 0,
  };
  return {
    count: (operation, billed) => {
      requests[operation] = (requests[operation] ?? 0) + 1;
      for (const [name, by] of Object.entries(billed)) used[name as keyof typeof used] += by;
    },
    usage: () => ({ ...used, requests: { ...requests } }),
  };
};

/** One attempt of a call. Without an output it was refused, or its answer was lost. */
type SdkAttempt<Input, Output> = {
  readonly operation: string;
  readonly input: Input;
  readonly output: Output | undefined;
  readonly error: unknown;
};

/** The usage that AWS bills for one attempt that was sent. */
export type BilledFor = (attempt: SdkAttempt<object, object>) => Billed;

type Context = { readonly commandName?: string };
type Args = { readonly input: object };
type NextStep<A extends Args> = (args: A) => Promise<{ output: object }>;
type Stack = {
  readonly add: (
    middleware: <A extends Args>(next: NextStep<A>, context: Context) => NextStep<A>,
    options: { readonly step: 'deserialize'; readonly priority: 'high'; readonly name: string },
  ) => void;
};

/**
 * Counts every attempt: this step of the SDK's middleware is within its retries, and around the
 * parsing of the answer, whoever sends the request. An attempt without a connection is none.
 */
export const meterClient = <Client extends { readonly middlewareStack: object }>(
  client: Client,
  meter: Meter | undefined,
  billedFor: BilledFor,
): Client => {
  if (meter === undefined) return client;
  const stack = client.middlewareStack as Stack;
  stack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const operation = commandName.replace(/Command$/u, '');
        const count = (output: object | undefined, error?: unknown): void =>
          meter.count(operation, billedFor({ operation, input: args.input, output, error }));
        try {
          const answered = await next(args);
          count(answered.output);
          return answered;
        } catch (error) {
          if (!isNotConnected(readAwsError(error))) count(undefined, error);
          throw error;
        }
      },
    { step: 'deserialize', priority: 'high', name: 'meter' },
  );
  return client;
};

type MessageParts = {
  readonly MessageBody?: string;
  readonly Body?: string;
  readonly MessageAttributes?: Readonly<Record<string, { readonly StringValue?: string }>>;
};

/** SQS bills every call, and the messages that are sent and received by their size. */
export const billedBySqs: BilledFor = ({ input, output }) => {
  const { Entries = [] } = input as { readonly Entries?: readonly MessageParts[] };
  const { Messages = [] } = (output ?? {}) as { readonly Messages?: readonly MessageParts[] };
  return { queueRequests: queueRequestsOf(bytesOf([...Entries, ...Messages])) };
};

const bytesOf = (messages: readonly MessageParts[]): number => {
  let bytes = 0;
  for (const { MessageBody = '', Body = '', MessageAttributes = {} } of messages) {
    bytes += Buffer.byteLength(MessageBody) + Buffer.byteLength(Body);
    for (const [name, { StringValue = '' }] of Object.entries(MessageAttributes))
      bytes += Buffer.byteLength(name) + Buffer.byteLength(StringValue);
  }
  return bytes;
};

type PublishedParts = {
  readonly Message?: string;
  readonly MessageAttributes?: MessageParts['MessageAttributes'];
};

/** SNS bills as SQS does, but for publishing alone. */
export const billedBySns: BilledFor = ({ operation, input }) => {
  if (operation !== 'PublishBatch') return {};
  const { PublishBatchRequestEntries: entries = [] } = input as {
    readonly PublishBatchRequestEntries?: readonly PublishedParts[];
  };
  return { topicRequests: queueRequestsOf(bytesOf(entries.map(bodied))) };
};

const bodied = ({ Message = '', MessageAttributes = {} }: PublishedParts): MessageParts => ({
  MessageBody: Message,
  MessageAttributes,
});

/** CloudWatch Logs bills what it accepts by its size, and bills no requests. */
export const billedByLogs: BilledFor = ({ operation, input, output }) => {
  if (operation !== 'PutLogEvents' || output === undefined) return {};
  const { logEvents = [] } = input as { readonly logEvents?: readonly { message: string }[] };
  let logBytes = 0;
  for (const { message } of logEvents)
    logBytes += Buffer.byteLength(message) + LOG_EVENT_OVERHEAD_BYTES;
  return { logEvents: logEvents.length, logBytes };
};

export const billedBySes: BilledFor = ({ operation, output }) =>
  operation === 'SendEmail' && output !== undefined ? { mails: 1 } : {};

type SizedAttribute = { readonly S?: string; readonly N?: string; readonly B?: Uint8Array };
type SizedItem = Readonly<Record<string, SizedAttribute>>;
type Capacity = { readonly CapacityUnits?: number };
type DynamoDbInput = {
  readonly Item?: SizedItem;
  readonly Statements?: readonly {
    readonly Statement: string;
    readonly Parameters?: readonly SizedAttribute[];
  }[];
  readonly RequestItems?: Readonly<Record<string, { readonly Keys: readonly unknown[] }>>;
};
type DynamoDbOutput = {
  readonly ConsumedCapacity?: Capacity | readonly Capacity[];
  readonly Item?: SizedItem;
  readonly Items?: readonly SizedItem[];
  readonly Responses?: readonly { readonly Error?: { readonly Code?: string } }[];
};

/** The units that the answer reports, and otherwise those that the sizes of the items come to. */
export const billedByDynamoDb: BilledFor = ({ operation, input, output, error }) => {
  const asked = input as DynamoDbInput;
  const answered: DynamoDbOutput | undefined = output;
  const reported = [answered?.ConsumedCapacity ?? []].flat();
  const units = (bySizes: () => number): number => {
    if (reported.length === 0) return bySizes();
    return reported.reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
  };
  switch (operation) {
    case 'BatchExecuteStatement':
      return { writeUnits: units(() => unitsOfInserts(asked, answered)) };
    case 'PutItem': {
      // A condition that fails costs as much as the write.
      const isWrite = answered !== undefined || nameOf(error) === 'ConditionalCheckFailedException';
      return { writeUnits: isWrite ? units(() => writeUnitsOf(sizeOf(asked.Item ?? {}))) : 0 };
    }
    case 'BatchGetItem':
      // An item that is not there costs one unit too.
      return answered === undefined ? {} : { readUnits: units(() => keysIn(asked)) };
    case 'GetItem':
    case 'Query':
    case 'Scan': {
      if (answered === undefined) return {};
      const { Item: one, Items: items = one === undefined ? [] : [one] } = answered;
      const bytes = () => items.reduce((sum, item) => sum + sizeOf(item), 0);
      return { readUnits: units(() => readUnitsOf(bytes())) };
    }
  }
  return {};
};

const keysIn = ({ RequestItems = {} }: DynamoDbInput): number =>
  Object.values(RequestItems).reduce((sum, { Keys }) => sum + Keys.length, 0);

/** A duplicate costs as much as an insert; any other statement that failed costs nothing. */
const unitsOfInserts = (
  { Statements = [] }: DynamoDbInput,
  answered: DynamoDbOutput | undefined,
): number => {
  if (answered === undefined) return 0;
  let units = 0;
  for (const [at, { Statement, Parameters = [] }] of Statements.entries()) {
    const { Error: failure } = answered.Responses?.[at] ?? {};
    if (failure !== undefined && failure.Code !== 'DuplicateItem') continue;
    const names = namesIn(Statement);
    const fields = names.map((name, field) => [name, Parameters[field] ?? {}] as const);
    units += writeUnitsOf(sizeOf(Object.fromEntries(fields)));
  }
  return units;
};

/** There are thousands of inserts of each kind, which differ in their parameters alone. */
const namesOfStatements = new Map<string, readonly string[]>();
const STATEMENTS_MAX = 100;

const namesIn = (statement: string): readonly string[] => {
  const names =
    namesOfStatements.get(statement) ??
    [...statement.matchAll(/'([^']+)'/gu)].map(([, name = '']) => name);
  namesOfStatements.set(statement, names);
  forgetOldest(namesOfStatements, STATEMENTS_MAX);
  return names;
};

const sizeOf = (item: SizedItem): number =>
  itemBytes(
    Object.fromEntries(
      Object.entries(item).map(([name, { S, N, B }]) => [
        name,
        S ?? B ?? (N === undefined ? undefined : Number(N)),
      ]),
    ),
  );
