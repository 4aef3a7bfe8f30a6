import { createHash } from 'node:crypto';
import { createRandom } from '../../src/adapters/memory/ids.ts';

const SEED = 1;
/** Mean load of a partition, as a share of what it takes. */
const PLANNED_SHARE = 0.7;
const FIRST_AT = Date.UTC(2027, 0, 1);
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

export type Heat = {
  readonly partitions: number;
  /** Write units in one second of the partition that has most, for each kind of order id. */
  readonly hottestByUlid: number;
  readonly hottestByUuid: number;
  /** If keys were kept in their order, as in an index of a database of tables. */
  readonly hottestInOrder: number;
};

/**
 * One second of orders. DynamoDB places a partition key by a hash of its own, which is not
 * published; SHA-256 stands in for it.
 */
export const simulatePartitions = (options: {
  readonly ordersPerSecond: number;
  /** Of the order's own stream, and of each of its notices' streams. */
  readonly unitsOfStreams: Readonly<Record<'order' | 'received' | 'receipt', number>>;
  readonly partitionUnits: number;
}): Heat => {
  const { ordersPerSecond, unitsOfStreams, partitionUnits } = options;
  const { order, received, receipt } = unitsOfStreams;
  const units = ordersPerSecond * (order + received + receipt);
  const partitions = Math.ceil(units / (partitionUnits * PLANNED_SHARE));
  const random = createRandom(SEED);
  const hottest = (idOf: (index: number) => string, placeOf: (key: string) => number): number => {
    const heat = new Float64Array(partitions);
    const add = (key: string, of: number): void => {
      const place = placeOf(key);
      heat[place] = (heat[place] ?? 0) + of;
    };
    for (let index = 0; index < ordersPerSecond; index += 1) {
      const id = idOf(index);
      add(`order#${id}`, order);
      add(`notification#${id}#received`, received);
      add(`notification#${id}#receipt`, receipt);
    }
    return Math.max(...heat);
  };
  const byHash = (key: string): number =>
    createHash('sha256').update(key).digest().readUInt32BE() % partitions;
  const ulid = (index: number): string =>
    ulidAt(FIRST_AT + (index * 1_000) / ordersPerSecond, random);
  const uuid = (): string =>
    Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('');
  // All ids of one second begin alike, so that they are neighbours: one place for each kind.
  const inOrder = (key: string): number => (key.startsWith('order#') ? 0 : 1 % partitions);
  return {
    partitions,
    hottestByUlid: hottest(ulid, byHash),
    hottestByUuid: hottest(uuid, byHash),
    hottestInOrder: hottest(ulid, inOrder),
  };
};

const ulidAt = (ms: number, random: () => number): string => {
  let time = Math.floor(ms);
  let text = '';
  for (let at = 0; at < 10; at += 1) {
    text = (CROCKFORD[time % 32] ?? '') + text;
    time = Math.floor(time / 32);
  }
  for (let at = 0; at < 16; at += 1) text += CROCKFORD[Math.floor(random() * 32)] ?? '';
  return text;
};
