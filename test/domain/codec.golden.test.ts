import canonicalize from 'canonicalize';
import { expect } from 'chai';
import type { AnyEvent, Codec } from '../../src/domain/codec.ts';
import * as Claim from '../../src/domain/claim/events.ts';
import * as DeadLetter from '../../src/domain/deadLetter/events.ts';
import * as Notification from '../../src/domain/notification/index.ts';
import * as Order from '../../src/domain/order/index.ts';
import * as Person from '../../src/domain/person/events.ts';
import * as Reconcile from '../../src/domain/reconcile/index.ts';
import * as Registry from '../../src/domain/registry/index.ts';
import * as Series from '../../src/domain/series/index.ts';
import * as View from '../../src/domain/readModel/events.ts';
import { EVENT_TYPES } from '../support/eventTypes.ts';
import { golden, RELEASES, recorded, sha256, type Golden } from '../support/golden.ts';
import { VERSION } from '../../src/bootstrap/version.ts';

type Located<E> = { readonly event: E; readonly version: number };

const kind = <E extends AnyEvent>(
  codec: Codec<E>,
  fold: (located: readonly Located<E>[]) => unknown,
) => {
  const read = ({ events }: Golden): readonly Located<E>[] =>
    events.flatMap((stored, index) =>
      codec.decode(stored, events.slice(0, index)).match(
        (decoded) => decoded.map((event) => ({ event, version: index + 1 })),
        ({ why }) => expect.fail(why),
      ),
    );
  return {
    stateOf: (history: Golden): unknown => fold(read(history)),
    again: (history: Golden) => read(history).map(({ event }) => codec.encode(event)),
  };
};

const bare = <E>(located: readonly Located<E>[]): readonly E[] => located.map(({ event }) => event);

const KINDS = {
  order: kind(Order.codec, (located) =>
    located.reduce(
      (state, { event, version }) => Order.evolveAt(state, event, version),
      Order.initialState,
    ),
  ),
  notification: kind(Notification.codec, (located) => Notification.fold(bare(located))),
  series: kind(Series.codec, (located) => Series.fold(bare(located))),
  reconciler: kind(Reconcile.codec, (located) => Reconcile.fold(bare(located))),
  payment: kind(Claim.codec, (located) => bare(located).reduce(Claim.evolve, Claim.initialState)),
  // These have no state but what their events say.
  letter: kind(DeadLetter.codec, bare),
  view: kind(View.codec, bare),
  person: kind(Person.codec, (located) => bare(located).reduce(Person.evolve, Person.initialState)),
  registry: kind(Registry.codec, (located) => [...Registry.fold(bare(located))]),
};

describe('the golden histories', () => {
  for (const history of golden) {
    it(`${history.name} is as that release stored it, and folds to its state (M3, X11)`, () => {
      const state = sha256(canonicalize(KINDS[history.stream].stateOf(history)) ?? '');
      const hashes = { file: history.fileHash, state };
      // With both hashes in the message: they are what is to be recorded.
      expect(hashes, JSON.stringify(hashes)).to.deep.equal(recorded[history.name]);
    });
  }

  it('are all recorded, and nothing else is (M3)', () => {
    expect(Object.keys(recorded).toSorted()).to.deep.equal(
      golden.map(({ name }) => name).toSorted(),
    );
  });

  it('are written again as they were, where this release writes them (X11)', () => {
    for (const history of golden) {
      const again = KINDS[history.stream].again(history);
      const written = new Set(again.map(shapeOf));
      const same = history.events.filter((event) => written.has(shapeOf(event)));
      expect(
        again.filter((event) => same.some((one) => shapeOf(one) === shapeOf(event))),
      ).to.deep.equal(same);
    }
  });

  it('are there for every event of this release, in the version it writes (M3, X11)', () => {
    const others: Record<Other['type'], true> = {
      PaymentClaimed: true,
      NotificationClaimed: true,
      NotificationReleased: true,
      NotificationSent: true,
      NotificationWithheld: true,
      PersonErased: true,
      DocumentsNumbered: true,
      FloorSet: true,
      DocumentsClosed: true,
      SeriesRegistered: true,
      SettingsTaken: true,
      AuditConcluded: true,
      NumbersChecked: true,
      ViewSwitched: true,
    };
    const written = new Map<string, string>(
      golden.flatMap((history) =>
        KINDS[history.stream].again(history).map((event) => [event.type, shapeOf(event)] as const),
      ),
    );
    const kept = new Set(golden.flatMap(({ events }) => events.map(shapeOf)));
    for (const type of [...EVENT_TYPES, ...Object.keys(others)]) {
      const shape = written.get(type);
      expect(
        shape !== undefined && kept.has(shape),
        `no golden history of ${shape ?? type}`,
      ).to.equal(true);
    }
  });

  it('are of releases up to this one', () => {
    expect(RELEASES).to.include('0.1.0');
    for (const release of RELEASES) {
      expect(release.localeCompare(VERSION, 'en', { numeric: true })).to.be.at.most(0);
    }
  });
});

/**
 * Exhaustive by type, as the list of an order's events: a new event does not compile until it is
 * named.
 */
type Other =
  | Claim.Event
  | Person.Event
  | Notification.Event
  | Series.Event
  | Reconcile.Event
  | View.Event
  | Registry.Event;

const shapeOf = ({ type, v }: { readonly type: string; readonly v: number }): string =>
  `${type}@${v}`;
