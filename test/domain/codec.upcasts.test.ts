import { expect } from 'chai';
import fc from 'fast-check';
import { ok } from 'neverthrow';
import {
  createCodec,
  type DataCodecs,
  type StoredData,
  type Upcasts,
} from '../../src/domain/codec.ts';
import { object, string, whole } from '../../src/domain/decode.ts';

type Event =
  | {
      readonly type: 'Parked';
      readonly data: { readonly plate: string; readonly level: number; readonly by: string };
    }
  | { readonly type: 'Paid'; readonly data: { readonly cents: number } }
  | { readonly type: 'Left'; readonly data: { readonly at: number } };

const codecs: DataCodecs<Event> = {
  Parked: { v: 3, decode: object({ plate: string, level: whole, by: string }) },
  Paid: { decode: object({ cents: whole }) },
  Left: { decode: object({ at: whole }) },
};

const parked = (v: number, data: unknown): StoredData => ({ type: 'Parked', v, data });

/** A field more, twice; one event that became two; one that nobody needs any more. */
const upcasts: Upcasts = {
  Parked: {
    1: (data) => [parked(2, { level: 0, ...Object(data) })],
    2: (data) => [parked(3, { by: '', ...Object(data) })],
  },
  PaidAndLeft: {
    1: (data) => {
      const { cents, at } = Object(data);
      return [
        { type: 'Paid', v: 1, data: { cents } },
        { type: 'Left', v: 1, data: { at } },
      ];
    },
  },
  GateOpened: { 1: () => [] },
};

const codec = createCodec<Event>(codecs, upcasts);
const whyOf = (stored: StoredData, by = codec): string =>
  by.decode(stored).match(
    () => 'was read',
    ({ why }) => why,
  );

const anyShape = (): fc.Arbitrary<Pick<StoredData, 'type' | 'v'>> =>
  fc.record({
    type: fc.constantFrom(
      'Parked',
      'Paid',
      'Left',
      'PaidAndLeft',
      'GateOpened',
      'toString',
      '__proto__',
      '',
    ),
    v: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constantFrom(0, -1, 1.5, Number.NaN)),
  });

describe('upcasts', () => {
  it('go from each version to the next until the newest (X11)', () => {
    const newest = ok([{ type: 'Parked', data: { plate: 'A', level: 0, by: '' } }]);
    expect(codec.decode(parked(1, { plate: 'A' }))).to.deep.equal(newest);
    expect(codec.decode(parked(2, { plate: 'A', level: 0 }))).to.deep.equal(newest);
    expect(codec.decode(parked(3, { plate: 'A', level: 0, by: '' }))).to.deep.equal(newest);
  });

  it('may make two events of one, in their order, or none (X11)', () => {
    expect(codec.decode({ type: 'PaidAndLeft', v: 1, data: { cents: 5, at: 9 } })).to.deep.equal(
      ok([
        { type: 'Paid', data: { cents: 5 } },
        { type: 'Left', data: { at: 9 } },
      ]),
    );
    expect(codec.decode({ type: 'GateOpened', v: 1, data: {} })).to.deep.equal(ok([]));
  });

  it('are distinguished from what is stored in its newest shape', () => {
    expect(codec.isOutdated({ type: 'Parked', v: 2 })).to.equal(true);
    expect(codec.isOutdated({ type: 'Parked', v: 3 })).to.equal(false);
    expect(codec.isOutdated({ type: 'PaidAndLeft', v: 1 })).to.equal(true);
    expect(codec.isOutdated({ type: 'Parked', v: 4 })).to.equal(false);
  });

  it('are total: of any JSON at all they make an event or a reason, and never throw (X11)', () =>
    fc.assert(
      fc.property(anyShape(), fc.jsonValue(), (shape, data) => {
        const decoded = codec.decode({ ...shape, data });
        if (decoded.isErr()) expect(decoded.error.why).to.be.a('string').and.not.equal('');
        else for (const { type } of decoded.value) expect(codecs).to.have.property(type);
      }),
    ));

  it('hide no damage: what the old shape lacked or had beside it is still refused', () => {
    expect(whyOf(parked(1, { plate: 'A', colour: 'red' }))).to.equal('Parked.colour is not known');
    expect(whyOf(parked(1, {}))).to.equal('Parked.plate is not a string');
    expect(whyOf(parked(1, { plate: 'A', level: 'B' }))).to.equal(
      'Parked.level is not a whole number',
    );
    expect(whyOf(parked(1, null))).to.equal('Parked.plate is not a string');
    expect(whyOf({ type: 'PaidAndLeft', v: 1, data: { cents: 5 } })).to.equal(
      'Left.at is not a whole number',
    );
  });

  it('that throw are a reason, too', () => {
    const broken = createCodec<Event>(codecs, {
      Old: {
        1: () => {
          throw new Error('not total');
        },
      },
    });
    expect(whyOf({ type: 'Old', v: 1, data: {} }, broken)).to.equal(
      'Old of version 1 cannot be upcast',
    );
  });

  it('end, whatever they lead to, and take no more memory for it', () => {
    const circle: Upcasts = {
      A: { 1: (data) => [{ type: 'B', v: 1, data }] },
      B: { 1: (data) => [{ type: 'A', v: 1, data }] },
      // Would be 2^100 events.
      Twins: {
        1: () => [
          { type: 'Twins', v: 1, data: {} },
          { type: 'Twins', v: 1, data: {} },
        ],
      },
    };
    const codecOfCircles = createCodec<Event>(codecs, circle);
    for (const type of ['A', 'B', 'Twins']) {
      expect(whyOf({ type, v: 1, data: {} }, codecOfCircles)).to.equal(
        `${type} of version 1 is upcast without end`,
      );
    }
  });

  it('say whether an event is unknown, as a newer worker’s is, or damaged (X5)', () => {
    const isUnknown = (stored: StoredData) =>
      codec.decode(stored).match(
        () => undefined,
        (error) => error.isUnknown,
      );
    expect(isUnknown(parked(4, {}))).to.equal(true);
    expect(isUnknown({ type: 'Flown', v: 1, data: {} })).to.equal(true);
    expect(isUnknown(parked(3, {}))).to.equal(false);
    expect(isUnknown(parked(1, {}))).to.equal(false);
  });
});

describe('an event that is written in an older version, while older workers run', () => {
  const first = createCodec<Event>({
    ...codecs,
    Parked: { v: 1, decode: object({ plate: string, level: whole, by: string }) },
  });
  const anyEvent = (): fc.Arbitrary<Event> =>
    fc.oneof(
      fc.record({
        type: fc.constant('Parked' as const),
        data: fc.record({ plate: fc.string(), level: fc.nat(), by: fc.string() }),
      }),
      fc.record({ type: fc.constant('Paid' as const), data: fc.record({ cents: fc.nat() }) }),
    );
  /** Reads 2 and 3; writes what it is asked to. */
  const writing = (writes: number) =>
    createCodec<Event>(
      {
        ...codecs,
        Parked: {
          ...codecs.Parked,
          writes,
          // What the older version has no place for is not written.
          encode: ({ plate, level, by }) => ({
            plate,
            ...(writes > 1 ? { level } : {}),
            ...(writes > 2 ? { by } : {}),
          }),
        },
      },
      upcasts,
    );

  it('comes back as it was from any version, but for what that has no place for (X11)', () =>
    fc.assert(
      fc.property(anyEvent(), fc.integer({ min: 1, max: 3 }), (event, writes) => {
        const release = writing(writes);
        const stored = release.encode(event);
        expect(stored.v).to.equal(event.type === 'Parked' ? writes : 1);
        const lost =
          event.type === 'Parked'
            ? { ...(writes < 2 ? { level: 0 } : {}), ...(writes < 3 ? { by: '' } : {}) }
            : {};
        const back = ok([{ ...event, data: { ...event.data, ...lost } }]);
        expect(release.decode(JSON.parse(JSON.stringify(stored)))).to.deep.equal(back);
        // And the release that writes the newest reads it as well.
        expect(codec.decode(stored)).to.deep.equal(back);
      }),
    ));

  it('is not read by a release before it', () => {
    const event: Event = { type: 'Parked', data: { plate: 'A', level: 1, by: 'b' } };
    expect(whyOf(codec.encode(event), first)).to.equal('Parked of unknown version 3');
  });

  it('is, when it is of a retired type, read and never written (X11)', () => {
    // Exhaustive by type: what can be written at all.
    const written: Record<Parameters<typeof codec.encode>[0]['type'], true> = {
      Parked: true,
      Paid: true,
      Left: true,
    };
    expect(written).not.to.have.property('PaidAndLeft');
    expect(whyOf({ type: 'PaidAndLeft', v: 1, data: { cents: 5, at: 9 } })).to.equal('was read');
  });
});
