import {
  PutItemCommand,
  QueryCommand,
  type ConsumedCapacity,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { expect } from 'chai';
import { createMeter } from '../../src/adapters/aws/meter.ts';
import { toAttribute } from '../../src/adapters/dynamodb/attributes.ts';
import { createInserts } from '../../src/adapters/dynamodb/inserts.ts';
import { itemBytes } from '../../src/adapters/eventStore/storedCommit.ts';
import { createSystemClock } from '../../src/adapters/system/clock.ts';
import { readUnitsOf, writeUnitsOf } from '../../src/application/ports/usage.ts';
import { freshTables, testClient } from '../support/dynamoDb.ts';
import { peerUrl } from '../support/peerUrl.ts';

/** By which costs are counted where no endpoint reports them, and in `trace`. */
describe('The units of an item by its size, on DynamoDB Local', () => {
  let client: DynamoDBClient;
  let table: string;

  before(async () => {
    client = testClient(peerUrl('PEER_DYNAMODB_URL'));
    ({ events: table } = await freshTables(client));
  });
  after(() => client?.destroy());

  /** Of exactly so many bytes by the rule. */
  const itemOf = (streamId: string, bytes: number, version = 1) => {
    const item = { streamId, version, hash: Buffer.alloc(32), events: 'é' };
    const rest = bytes - itemBytes(item);
    return { ...item, events: `é${'x'.repeat(rest)}` };
  };
  const attributesOf = (item: Readonly<Record<string, string | number | Uint8Array>>) =>
    Object.fromEntries(Object.entries(item).map(([name, value]) => [name, toAttribute(value)]));
  const unitsIn = (capacity: ConsumedCapacity | undefined) => capacity?.CapacityUnits;

  for (const bytes of [150, 1_000, 1_024, 1_030, 2_048, 2_060, 4_096, 4_110, 9_000, 350_000]) {
    it(`are the same for ${bytes} bytes, written and read`, async () => {
      const item = itemOf(`order#${bytes}`, bytes);
      const put = await client.send(
        new PutItemCommand({
          TableName: table,
          Item: attributesOf(item),
          ReturnConsumedCapacity: 'TOTAL',
        }),
      );
      const read = await client.send(
        new QueryCommand({
          TableName: table,
          ConsistentRead: true,
          KeyConditionExpression: 'streamId = :s',
          ExpressionAttributeValues: { ':s': { S: item.streamId } },
          ReturnConsumedCapacity: 'TOTAL',
        }),
      );

      expect(unitsIn(put.ConsumedCapacity)).to.equal(writeUnitsOf(bytes));
      expect(unitsIn(read.ConsumedCapacity)).to.equal(readUnitsOf(bytes));
    });
  }

  it('are counted for each insert of a batch, for which it reports none', async () => {
    const meter = createMeter();
    const metered = testClient(peerUrl('PEER_DYNAMODB_URL'), meter);
    const inserts = createInserts(metered, createSystemClock());
    const items = [500, 1_500, 3_000].map((bytes, at) => itemOf(`order#batch-${at}`, bytes));
    const write = () =>
      Promise.all(items.map((item) => inserts({ table, key: item.streamId, item })));

    expect(await write()).to.deep.equal(items.map(() => ({ type: 'Inserted' })));
    expect(meter.usage().writeUnits).to.equal(1 + 2 + 3);
    expect(await write()).to.deep.equal(items.map(() => ({ type: 'Duplicate' })));
    expect(meter.usage().writeUnits).to.equal(2 * (1 + 2 + 3));
    metered.destroy();
  });
});
