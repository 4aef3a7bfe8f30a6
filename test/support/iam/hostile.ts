import type { PolicyPlace } from '../../../src/adapters/iam/place.ts';
import type { PolicyStatement } from '../../../src/adapters/iam/policy.ts';
import { openIamFront } from './front.ts';

export type HostileCall = {
  readonly service: 'dynamodb' | 'sqs';
  readonly operation: string;
  readonly body: object;
};

const dynamoDb = (operation: string, body: object): HostileCall => ({
  service: 'dynamodb',
  operation,
  body,
});

const sqs = (operation: string, body: object): HostileCall => ({ service: 'sqs', operation, body });

const arnOfEvents = ({ partition, region, account, tables: { events } }: PolicyPlace): string =>
  `arn:${partition}:dynamodb:${region}:${account}:table/${events}`;

/** Whatever can be done with events but to append them and to read them. */
export const rewritesOf = (place: PolicyPlace): readonly HostileCall[] => {
  const { events } = place.tables;
  const Key = { streamId: { S: 'order#paid' }, version: { N: '1' } };
  const at = `"streamId" = 'order#paid' AND "version" = 1`;
  const update = `UPDATE "${events}" SET "events" = 'none' WHERE ${at}`;
  const TableName = events;
  return [
    dynamoDb('PutItem', { TableName, Item: Key }),
    dynamoDb('UpdateItem', { TableName, Key }),
    dynamoDb('DeleteItem', { TableName, Key }),
    dynamoDb('BatchWriteItem', { RequestItems: { [events]: [{ DeleteRequest: { Key } }] } }),
    dynamoDb('TransactWriteItems', { TransactItems: [{ Delete: { TableName, Key } }] }),
    dynamoDb('ExecuteStatement', { Statement: update }),
    dynamoDb('BatchExecuteStatement', { Statements: [{ Statement: update }] }),
    dynamoDb('ExecuteTransaction', { TransactStatements: [{ Statement: update }] }),
    dynamoDb('ExecuteStatement', { Statement: `DELETE FROM "${events}" WHERE ${at}` }),
    dynamoDb('UpdateTimeToLive', { TableName }),
    dynamoDb('DeleteTable', { TableName }),
    dynamoDb('DeleteBackup', { BackupArn: `${arnOfEvents(place)}/backup/01600000000000-0` }),
  ];
};

/**
 * Events of a kind that is not the role's, and the tables and queues of a neighbour whose names
 * begin like those of the deployment.
 */
export const trespassesOf = (
  { tables, queues }: PolicyPlace,
  foreignStream: string,
): readonly HostileCall[] => {
  const insert = {
    Statement: `INSERT INTO "${tables.events}" VALUE {'streamId':?,'version':?}`,
    Parameters: [{ S: foreignStream }, { N: '1' }],
  };
  const literal = insert.Statement.replace('?', `'${foreignStream}'`).replace('?', '1');
  const theirs = (name: string) => name.replace(/^[^-]+/, '$&-neighbour');
  const QueueUrl = `http://127.0.0.1/000000000000/${theirs(queues.payments)}`;
  return [
    dynamoDb('BatchExecuteStatement', { Statements: [insert] }),
    dynamoDb('ExecuteStatement', { Statement: literal }),
    dynamoDb('Query', { TableName: theirs(tables.events) }),
    dynamoDb('GetItem', { TableName: theirs(tables.invoices) }),
    sqs('SendMessageBatch', { QueueUrl }),
    sqs('ReceiveMessage', { QueueUrl }),
    sqs('PurgeQueue', { QueueUrl: `http://127.0.0.1/000000000000/${queues.payments}` }),
  ];
};

type TriedCall = {
  /** With the answer to it. */
  readonly call: string;
  readonly status: number;
};

/** Makes each call under these statements. What is not refused reaches no server, and fails. */
export const tryAll = async (
  calls: readonly HostileCall[],
  options: { readonly place: PolicyPlace; readonly statements: readonly PolicyStatement[] },
): Promise<readonly TriedCall[]> => {
  const front = await openIamFront({
    ...options,
    servers: {},
    onRecord: () => undefined,
  });
  front.script(() => ({ status: 200, body: '{}' }));
  const tried: TriedCall[] = [];
  for (const { service, operation, body } of calls) {
    const scope = `hostile/20260101/us-east-1/${service}/aws4_request`;
    const answer = await fetch(front.url, {
      method: 'POST',
      headers: { authorization: `Credential=${scope}`, 'x-amz-target': `Any.${operation}` },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    tried.push({ call: `${service} ${operation} ${text}`, status: answer.status });
  }
  await front.close();
  return tried;
};
