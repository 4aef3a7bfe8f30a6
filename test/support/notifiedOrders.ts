import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { join } from 'node:path';
import { expect } from 'chai';
import { EMBEDDED_STRIPE_KEY } from '../../src/adapters/embedded/index.ts';
import { openEmbedded, type EmbeddedStack } from '../../src/bootstrap/embedded.ts';
import { jsonLines, lineOf, run, start, type Env } from './cli.ts';
import { testClient } from './dynamoDb.ts';
import { makeTemporaryFolder } from './temporaryFolder.ts';

export type NotifiedOrders = {
  /** The data of the embedded servers is in a folder inside. */
  readonly folder: string;
  readonly embedded: EmbeddedStack;
  readonly env: Env;
  readonly client: DynamoDBClient;
  readonly orderIds: readonly string[];
  readonly close: () => Promise<void>;
};

/** Embedded servers with so many orders, of which the last customer has the receipt. */
export const openNotifiedOrders = async (orders: number): Promise<NotifiedOrders> => {
  const folder = await makeTemporaryFolder();
  const env = { PAIDONCE_DATA_DIR: join(folder.path, 'data'), RECEIVE_WAIT_MS: '1000' };
  const embedded = (await openEmbedded(env))._unsafeUnwrap();
  const client = testClient(embedded.addresses.dynamodb);
  return {
    folder: folder.path,
    embedded,
    env,
    client,
    orderIds: await sellAndNotify(orders, env),
    close: async () => {
      client.destroy();
      await embedded.close();
      await folder.remove();
    },
  };
};

/** A charge of somebody who has the gateway's key and nothing else; returns its id. */
export const chargeFromOutside = async ({
  embedded,
}: Pick<NotifiedOrders, 'embedded'>): Promise<string> => {
  const charged = await fetch(`${embedded.addresses.stripe}/v1/payment_intents`, {
    method: 'POST',
    headers: { authorization: `Bearer ${EMBEDDED_STRIPE_KEY}`, 'idempotency-key': 'outside' },
    body: new URLSearchParams({
      amount: '1999',
      currency: 'eur',
      confirm: 'true',
      off_session: 'true',
      payment_method: 'pm_card_visa',
    }),
  });
  const { id } = (await charged.json()) as { readonly id: string };
  return id;
};

const sellAndNotify = async (orders: number, env: Env): Promise<readonly string[]> => {
  const worker = start(['worker', '--embedded', '--json'], env);
  const notified = new Set<string>();
  const allNotified = lineOf(worker, (line) => {
    const { orderId = '', outcome } = JSON.parse(line) as Record<string, string>;
    if (outcome === 'receipt: sent') notified.add(orderId);
    return notified.size === orders;
  });
  const submit = ['submit', '--generate', String(orders), '--embedded', '--json'];
  const { stdout } = await run(submit, { env });
  await allNotified;
  expect(await worker.stop()).to.equal(0);
  return jsonLines(stdout).map(({ orderId }) => String(orderId));
};
