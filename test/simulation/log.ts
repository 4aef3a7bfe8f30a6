import { inflateRawSync } from 'node:zlib';
import { ORDER_DICTIONARY } from '../../src/adapters/eventStore/dictionary.ts';
import { expect } from 'chai';
import type { CommitItem } from '../../src/adapters/eventStore/commitTable.ts';

/**
 * What stands in the log, read without any code of the product: a checker that folded with the
 * product's own fold would share its mistakes.
 */
export type Fact = {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly version: number;
};

export type NumberedEntry = {
  readonly id: string;
  readonly reference: string;
  readonly year: number;
  readonly number: number;
  readonly seriesVersion: number;
};

export type Log = {
  /** Takes an item that was inserted; gives its facts, and what is wrong with its place. */
  add(item: CommitItem): { readonly facts: readonly Fact[]; readonly problems: readonly string[] };
  order(orderId: string): readonly Fact[];
  orderIds(): readonly string[];
  series(name: string): readonly NumberedEntry[];
  streams(): ReadonlyMap<string, readonly Fact[]>;
};

export const textOf = ({ data }: Pick<Fact, 'data'>, part: string): string => {
  const value = data[part];
  return typeof value === 'string' ? value : expect.fail(`${part} is no text`);
};

export const wholeOf = ({ data }: Pick<Fact, 'data'>, part: string): number => {
  const value = data[part];
  return typeof value === 'number' ? value : expect.fail(`${part} is no number`);
};

/** What a document comes to: the last of net, tax, total, rounding, prepaid, payable. */
export const payableOf = ({ data }: Pick<Fact, 'data'>): number => {
  const { totals } = data;
  const payable: unknown = Array.isArray(totals) ? totals[5] : undefined;
  return typeof payable === 'number' ? payable : expect.fail('no totals');
};

/** What a stored request has in a row, as far as the checks need it. */
export const frozenOf = ({
  data,
}: Pick<Fact, 'data'>): { amountMinor: number; currency: string; at: number } => {
  const { frozen } = data;
  const [amountMinor, currency, at]: unknown[] = Array.isArray(frozen) ? frozen : [];
  return typeof amountMinor === 'number' && typeof currency === 'string' && typeof at === 'number'
    ? { amountMinor, currency, at }
    : expect.fail('no frozen request');
};

/** Of another release's events, by their names. */
export type OtherNames = Readonly<Record<string, string>>;

export const createLog = (otherNames: OtherNames = {}): Log => {
  const streams = new Map<string, Fact[]>();
  const hashes = new Map<string, string>();

  const chainProblem = ({ streamId, version, previousHash, hash }: CommitItem): string[] => {
    const stream = streams.get(streamId) ?? [];
    const expected = hashes.get(streamId) ?? '0'.repeat(64);
    hashes.set(streamId, hexOf(hash));
    return [
      ...(version === stream.length + 1
        ? []
        : [`I6: ${streamId} has ${stream.length} versions, and then ${version}`]),
      ...(hexOf(previousHash) === expected ? [] : [`I6: ${streamId} ${version} breaks the chain`]),
    ];
  };

  return {
    add: (item) => {
      const { streamId, version } = item;
      const problems = chainProblem(item);
      const facts = factsIn(item).map(([type, data], at) => ({
        type: otherNames[type] ?? type,
        data,
        version: version + at,
      }));
      streams.set(streamId, [...(streams.get(streamId) ?? []), ...facts]);
      return { facts, problems };
    },
    order: (orderId) => streams.get(`order#${orderId}`) ?? [],
    orderIds: () =>
      [...streams.keys()].flatMap((id) => (id.startsWith('order#') ? [id.slice(6)] : [])),
    series: (name) => (streams.get(`series#${name}`) ?? []).flatMap(numberedIn),
    streams: () => streams,
  };
};

const hexOf = (bytes: unknown): string =>
  bytes instanceof Uint8Array ? Buffer.from(bytes).toString('hex') : expect.fail('no hash');

const factsIn = ({ events }: CommitItem): readonly [string, Fact['data']][] => {
  const parsed: unknown = JSON.parse(textIn(events));
  return (Array.isArray(parsed) ? parsed : []).map((event: unknown) => {
    const [type, , data]: unknown[] = Array.isArray(event) ? event : [];
    return typeof type === 'string' && typeof data === 'object' && data !== null
      ? [type, { ...data }]
      : expect.fail('an event that cannot be read');
  });
};

/** As it is, or packed: raw deflate behind one byte. */
const textIn = (events: unknown): string => {
  if (typeof events === 'string') return events;
  return events instanceof Uint8Array
    ? inflateRawSync(events.subarray(1), { dictionary: ORDER_DICTIONARY }).toString('utf8')
    : expect.fail('no events');
};

/** The documents that a commit of a series is about, numbered or closed. */
export const entriesIn = ({
  data: { entries },
}: Fact): readonly { id: string; reference: string }[] =>
  (Array.isArray(entries) ? entries : []).map(partsOf);

const numberedIn = (fact: Fact): readonly NumberedEntry[] =>
  fact.type === 'DocumentsClosed'
    ? []
    : entriesIn(fact).map((entry, at) => ({
        ...entry,
        year: wholeOf(fact, 'year'),
        number: wholeOf(fact, 'first') + at,
        seriesVersion: fact.version,
      }));

/** As a row or as an object: what matters here is which texts stand in it. */
const partsOf = (entry: unknown): { id: string; reference: string } => {
  const [id, reference]: unknown[] = Array.isArray(entry) ? entry : Object.values(Object(entry));
  return typeof id === 'string' && typeof reference === 'string'
    ? { id, reference }
    : expect.fail('an entry that cannot be read');
};
