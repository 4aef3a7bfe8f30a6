import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ResultAsync } from 'neverthrow';
import type { Misconfiguration, Unavailable } from '../../application/ports/failures.ts';
import { repeatableCall } from './failures.ts';
import { tableSchemas, type TableNames } from './tableSchemas.ts';

export type TableEncryption = {
  readonly table: string;
  /** The ARN of the KMS key; undefined for the key that is DynamoDB's own. */
  readonly kms: string | undefined;
};

/** What encrypts the tables; an error where one of them is missing. */
export const encryptionOf = (
  client: DynamoDBClient,
  names: TableNames,
): ResultAsync<readonly TableEncryption[], Misconfiguration | Unavailable> =>
  ResultAsync.combine(
    tableSchemas(names).map(({ table, dependency }) =>
      repeatableCall(dependency, () =>
        client.send(new DescribeTableCommand({ TableName: table })),
      ).map(({ Table }) => ({ table, kms: Table?.SSEDescription?.KMSMasterKeyArn })),
    ),
  );
