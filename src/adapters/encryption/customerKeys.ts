import { ok, safeTry } from 'neverthrow';
import type { Clock } from '../../application/ports/clock.ts';
import type { CustomerKeys } from '../../application/ports/personalData.ts';
import {
  closeNameOf,
  endedBy,
  endNameOf,
  readKeyName,
  type KeyItem,
  type KeyTable,
} from './keyTable.ts';

/**
 * The keys of a customer, for an erasure: nothing is unwrapped here, so that no key-encryption key
 * is needed.
 */
export const createCustomerKeys = (table: KeyTable, clock: Pick<Clock, 'now'>): CustomerKeys => ({
  list: (owner) =>
    table.list(owner).map((items) =>
      items.flatMap(({ name, at: createdAt }) => {
        const read = readKeyName(name);
        if (read === undefined) return [];
        const endsAt = items.find((item) => item.name === endNameOf(name))?.at;
        const { purpose, year } = read;
        const times = { createdAt, ...(endsAt === undefined ? {} : { endsAt }) };
        return [{ name, purpose, ...(year === undefined ? {} : { year }), ...times }];
      }),
    ),
  ended: (owner) =>
    table.list(owner).map((items) => new Set(items.flatMap(({ name }) => endedBy(name) ?? []))),
  close: (owner, name) =>
    table.insert(markOf(owner, closeNameOf(name), clock.now())).map(() => undefined),
  // The end is written first: a key that is missing without one would be taken for lost.
  end: (owner, name, endsAt) =>
    safeTry(async function* () {
      yield* table.insert(markOf(owner, endNameOf(name), endsAt));
      yield* endsAt <= clock.now()
        ? table.remove({ owner, name })
        : table.removeAt({ owner, name }, endsAt);
      return ok(undefined);
    }),
});

const markOf = (owner: string, name: string, at: number): KeyItem => ({
  owner,
  name,
  kek: '',
  wrapped: new Uint8Array(),
  at,
});
