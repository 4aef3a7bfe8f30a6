import {
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { onError } from '../aws/errors.ts';

/** Has DynamoDB remove items at the time in this attribute. Repeatable, and by several at once. */
export const ensureTimeToLive = async (
  client: DynamoDBClient,
  table: string,
  attribute: string,
): Promise<'On' | 'TurnedOn' | 'NotSupported'> => {
  const found = await timeToLiveOf(client, table);
  if (found !== 'Off') return found;
  const turnOn = new UpdateTimeToLiveCommand({
    TableName: table,
    TimeToLiveSpecification: { AttributeName: attribute, Enabled: true },
  });
  try {
    await client.send(turnOn);
    return 'TurnedOn';
  } catch (error) {
    // Another setup runs at the same moment, and was the first.
    if ((await timeToLiveOf(client, table)) === 'On') return 'On';
    throw error;
  }
};

/** `NotSupported`: this endpoint (an emulator) lacks it. */
export const timeToLiveOf = (
  client: DynamoDBClient,
  table: string,
): Promise<'On' | 'Off' | 'NotSupported'> =>
  client
    .send(new DescribeTimeToLiveCommand({ TableName: table }))
    .then(
      ({ TimeToLiveDescription: found }) =>
        found?.TimeToLiveStatus === 'ENABLED' || found?.TimeToLiveStatus === 'ENABLING'
          ? ('On' as const)
          : ('Off' as const),
      onError('UnknownOperationException', 'NotSupported'),
    );
