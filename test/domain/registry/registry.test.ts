import { expect } from 'chai';
import fc from 'fast-check';
import { err, ok } from 'neverthrow';
import * as Registry from '../../../src/domain/registry/index.ts';
import * as Series from '../../../src/domain/series/index.ts';
import { formatOf } from '../../support/orderContext.ts';

const declared = (
  series: string,
  format: string,
  documents: Registry.DocumentKind = 'invoices',
): Registry.SeriesDeclaration => ({ series, format: formatOf(format), documents });

const registryOf = (...all: readonly Registry.SeriesDeclaration[]): Registry.Registry =>
  Registry.fold(
    all.map(({ series, format, documents }) => ({
      type: 'SeriesRegistered',
      data: { series, format: Series.textOf(format), documents, at: 1 },
    })),
  );

describe('the registry of series', () => {
  const inv = declared('INV', '{year}/{number}');

  it('registers a series once, and changes nothing of it after that', () => {
    const registered = { series: 'INV', format: '{year}/{number}', documents: 'invoices', at: 5 };
    expect(Registry.register(new Map(), inv, 5)).to.deep.equal(ok([registered]));
    expect(Registry.register(registryOf(inv), inv, 6)).to.deep.equal(ok([]));
    const same = declared('INV', '{year}/{number:1}');
    expect(Registry.register(registryOf(inv), same, 6)).to.deep.equal(ok([]));
  });

  it('refuses a change of how a series is printed, or of what it is for (B9)', () => {
    const before = registryOf(inv);
    const typeOf = (other: Registry.SeriesDeclaration) =>
      Registry.register(before, other, 6).match(
        () => 'registered',
        ({ type }) => type,
      );
    expect(typeOf(declared('INV', '{series}-{year}-{number}'))).to.equal('OtherFormat');
    expect(typeOf(declared('INV', '{year}/{number}', 'credit notes'))).to.equal('OtherDocuments');
  });

  it('refuses a new series whose numbers could be printed like those of another (B9)', () => {
    expect(
      Registry.register(registryOf(inv), declared('INV2', '{year}/{number}'), 6),
    ).to.deep.equal(err({ type: 'PrintsAlike', series: 'INV2', other: 'INV', example: '2026/1' }));
  });

  it('holds a bounded count of series', () => {
    const names = Array.from({ length: Registry.REGISTERED_MAX }, (_, at) => `S${at}`);
    const full = registryOf(...names.map((name) => declared(name, '{series}-{year}-{number}')));
    expect(
      Registry.register(full, declared('ONE_MORE', '{series}/{year}/{number}'), 6),
    ).to.deep.equal(err({ type: 'RegistryFull', series: 'ONE_MORE' }));
  });

  it('has no two series whose documents are printed alike, whatever is asked (B9)', () =>
    fc.assert(
      fc.property(fc.array(anyDeclared(), { maxLength: 8 }), (all) => {
        let registry: Registry.Registry = new Map();
        for (const each of all) {
          Registry.register(registry, each, 1).map((added) => {
            registry = new Map([...registry, ...added.map((one) => [one.series, one] as const)]);
          });
        }
        const labels = [...registry.values()].flatMap(({ series, format }) =>
          PLACES.map((place) => Series.formatNumber(formatOf(format), { series, ...place })),
        );
        expect(new Set(labels).size).to.equal(labels.length);
      }),
      { numRuns: 1_000 },
    ));

  it('is stored as it is read', () => {
    const settings = [{ name: 'GATEWAY_TIMEOUT_MS', value: '10000' }];
    for (const event of [
      {
        type: 'SeriesRegistered',
        data: { series: 'INV', format: '{year}/{number}', documents: 'invoices', at: 5 },
      },
      { type: 'SettingsTaken', data: { settings, at: 5 } },
    ] as const) {
      expect(Registry.codec.decode(Registry.codec.encode(event))).to.deep.equal(ok([event]));
    }
  });
});

const PLACES = [2026, 2027].flatMap((year) =>
  [1, 26, 2026, 2027, 100_000].map((number) => ({ year, number })),
);

const anyDeclared = (): fc.Arbitrary<Registry.SeriesDeclaration> =>
  fc
    .tuple(
      fc.constantFrom('A', 'B', 'C', '2026'),
      fc.constantFrom(
        '{year}/{number}',
        '{number}/{year}',
        '{year}/{number:6}',
        '{series}/{year}/{number}',
        'A/{year}/{number}',
        '{series}/{number}',
      ),
    )
    .filter(([, format]) => Series.parseFormat(format).isOk())
    .map(([series, format]) => declared(series, format));
