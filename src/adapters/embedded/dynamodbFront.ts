import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { err, ok, type Result } from 'neverthrow';
import { parseJson } from '../../application/ports/json.ts';
import { type Fields, fieldsOf, parseInsert, type StatementRefusal } from './partiql.ts';

/** DynamoDB accepts at most 25 statements in a batch, and 16 MB in a request. */
const BATCH_MAX = 25;
const REQUEST_BYTES_MAX = 16_777_216;

/** Calls dynalite's own request listener. */
export type Dynalite = (request: object, response: object) => void;

type HttpAnswer = { readonly status: number; readonly body: Fields };
type Ask = (action: string, input: object) => Promise<HttpAnswer>;
type InsertSuccess = { readonly table: string; readonly capacity: unknown };
type InsertFailure = { readonly table?: string; readonly refusal: StatementRefusal };

/**
 * dynalite describes a time to live, and knows no way to turn it on. To know of neither is honest:
 * a setup then says that this endpoint lacks it.
 */
const UNKNOWN_ACTIONS: ReadonlySet<string | undefined> = new Set([
  'DescribeTimeToLive',
  'UpdateTimeToLive',
]);

/** Answers (Batch)ExecuteStatement like DynamoDB, and passes everything else on unchanged. */
export const createDynamoDbFront = (dynalite: Dynalite) => {
  const hashKeys = new Map<string, string>();

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request);
    if (body === undefined) {
      response.writeHead(413).end();
      return;
    }
    const action = String(request.headers['x-amz-target']).split('.')[1];
    if (action === 'ExecuteStatement' || action === 'BatchExecuteStatement') {
      const execute = action === 'ExecuteStatement' ? executeOne : executeBatch;
      const input = parseJson(body.toString()).map(fieldsOf);
      const context = { ask: asking(dynalite, request), hashKeys };
      const answer = input.isOk() ? await execute(input.value, context) : serialization;
      response
        .writeHead(answer.status, { 'Content-Type': 'application/x-amz-json-1.0' })
        .end(JSON.stringify(answer.body));
      return;
    }
    if (UNKNOWN_ACTIONS.has(action)) {
      response
        .writeHead(unknownAction.status, { 'Content-Type': 'application/x-amz-json-1.0' })
        .end(JSON.stringify(unknownAction.body));
      return;
    }
    // A table with the same name may be created again with another key.
    if (action === 'DeleteTable') hashKeys.clear();
    dynalite(replayed(request, body), response);
  };
};

type FrontContext = { readonly ask: Ask; readonly hashKeys: Map<string, string> };
type Execute = (input: Fields, context: FrontContext) => Promise<HttpAnswer>;

const executeOne: Execute = async (input, context) => {
  const inserted = await insert(input, input['ReturnConsumedCapacity'], context);
  if (inserted.isErr()) {
    const { error, message } = inserted.error.refusal;
    return failure(`com.amazonaws.dynamodb.v20120810#${error}Exception`, message);
  }
  const { capacity } = inserted.value;
  return { status: 200, body: { Items: [], ...(capacity ? { ConsumedCapacity: capacity } : {}) } };
};

const executeBatch: Execute = async (input, context) => {
  const statements: unknown = input['Statements'];
  if (!Array.isArray(statements) || statements.length === 0 || statements.length > BATCH_MAX) {
    return failure(
      'com.amazon.coral.validate#ValidationException',
      `Member must have length between 1 and ${BATCH_MAX}`,
    );
  }
  const wanted = input['ReturnConsumedCapacity'];
  const answers = await Promise.all(
    statements.map((statement: unknown) => insert(fieldsOf(statement), wanted, context)),
  );
  const capacities = answers.flatMap((answer) =>
    answer.isOk() && answer.value.capacity !== undefined ? [answer.value.capacity] : [],
  );
  return {
    status: 200,
    body: {
      Responses: answers.map((answer) =>
        answer.match(
          ({ table }): object => ({ TableName: table }),
          ({ table, refusal: { error, message } }) => ({
            Error: { Code: batchCode(error), Message: message },
            ...(table === undefined ? {} : { TableName: table }),
          }),
        ),
      ),
      ...(capacities.length > 0 ? { ConsumedCapacity: capacities } : {}),
    },
  };
};

const insert = async (
  statement: Fields,
  capacityWanted: unknown,
  context: FrontContext,
): Promise<Result<InsertSuccess, InsertFailure>> => {
  const parsed = parseInsert(statement);
  if (parsed.isErr()) return err({ refusal: parsed.error });
  const { table, item } = parsed.value;
  const key = await hashKeyOf(table, context);
  if (key.isErr()) return err({ refusal: key.error });
  const { status, body } = await context.ask('PutItem', {
    TableName: table,
    Item: item,
    ConditionExpression: 'attribute_not_exists(#k)',
    ExpressionAttributeNames: { '#k': key.value },
    ...(capacityWanted === undefined ? {} : { ReturnConsumedCapacity: capacityWanted }),
  });
  if (status === 200) return ok({ table, capacity: body['ConsumedCapacity'] });
  const refused = refusalIn(body);
  return refused.error === 'ConditionalCheckFailed'
    ? err({ table, refusal: { error: 'DuplicateItem', message: DUPLICATE } })
    : err({ table, refusal: refused });
};

const DUPLICATE = 'Duplicate primary key exists in table';

/** "Nothing under this key" tests the key's own attribute, the only one that every item has. */
const hashKeyOf = async (
  table: string,
  { ask, hashKeys }: FrontContext,
): Promise<Result<string, StatementRefusal>> => {
  const known = hashKeys.get(table);
  if (known !== undefined) return ok(known);
  const { status, body } = await ask('DescribeTable', { TableName: table });
  if (status !== 200) return err(refusalIn(body));
  const schema = fieldsOf(body['Table'])['KeySchema'];
  const [hash] = Array.isArray(schema) ? schema.map(fieldsOf) : [];
  const name = String(hash?.['AttributeName']);
  hashKeys.set(table, name);
  return ok(name);
};

// `com.amazonaws.dynamodb.v20120810#ResourceNotFoundException` becomes `ResourceNotFound`.
const refusalIn = (body: Fields): StatementRefusal => ({
  error: String(body['__type'])
    .replace(/^.*#/, '')
    .replace(/Exception$/, ''),
  message: textOf(body['message']) || textOf(body['Message']),
});

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const batchCode = (error: string): string => (error === 'Validation' ? 'ValidationError' : error);

const failure = (type: string, message: string): HttpAnswer => ({
  status: 400,
  body: { __type: type, Message: message },
});

const serialization = failure('com.amazon.coral.service#SerializationException', 'not JSON');

const unknownAction = failure('com.amazon.coral.service#UnknownOperationException', '');

/** dynalite opens its folder asynchronously; once it has answered anything, it holds the folder. */
export const untilOpen = async (dynalite: Dynalite): Promise<void> => {
  await asking(dynalite, OWN_REQUEST)('DescribeTable', { TableName: 'none' });
};

/** dynalite requires a signature, and does not check it. */
const OWN_REQUEST: Asker = {
  method: 'POST',
  url: '/',
  headers: {
    authorization: 'AWS4-HMAC-SHA256 Credential=none, SignedHeaders=none, Signature=none',
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-date': 'none',
  },
};

type Asker = Partial<Pick<IncomingMessage, 'method' | 'url' | 'headers'>>;

/** Sends a request to dynalite as if the current client had sent it, with its signature. */
const asking =
  (dynalite: Dynalite, request: Asker): Ask =>
  (action, input) =>
    new Promise((resolve) => {
      const headers = { ...request.headers, 'x-amz-target': `DynamoDB_20120810.${action}` };
      const response = {
        statusCode: 200,
        setHeader: () => response,
        end: (text: string) =>
          resolve({ status: response.statusCode, body: fieldsOf(JSON.parse(text)) }),
      };
      const { method, url } = request;
      dynalite(replayed({ method, url, headers }, Buffer.from(JSON.stringify(input))), response);
    });

/**
 * A request that was already read as a whole, so that a client that leaves causes no error in
 * dynalite.
 */
const replayed = ({ method, url, headers }: Asker, body: Buffer): object =>
  Object.assign(Readable.from([body]), { method, url, headers });

const readBody = async (request: IncomingMessage): Promise<Buffer | undefined> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > REQUEST_BYTES_MAX) return undefined;
  }
  return Buffer.concat(chunks);
};
