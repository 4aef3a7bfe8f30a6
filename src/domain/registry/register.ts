import { err, ok, type Result } from 'neverthrow';
import * as Series from '../series/index.ts';
import type { DocumentKind, Event } from './events.ts';

export type SeriesRegistration = Extract<Event, { readonly type: 'SeriesRegistered' }>['data'];

export type SeriesDeclaration = Series.PrintFormat & { readonly documents: DocumentKind };

export type Registry = ReadonlyMap<string, SeriesRegistration>;

/** Two documents could be printed alike, or be in the wrong series. */
export type RegistrationRefusal =
  | {
      readonly type: 'OtherFormat' | 'OtherDocuments';
      readonly series: string;
      readonly registered: SeriesRegistration;
    }
  /** Both would print `example` at some time. */
  | {
      readonly type: 'PrintsAlike';
      readonly series: string;
      readonly other: string;
      readonly example: string;
    }
  | { readonly type: 'RegistryFull'; readonly series: string };

/**
 * The maximum number of names: a series gets a new one a few times in its life, and each is
 * compared with each other.
 */
export const REGISTERED_MAX = 500;

export const fold = (events: readonly Event[]): Registry =>
  new Map(
    events.flatMap((event) =>
      event.type === 'SeriesRegistered' ? [[event.data.series, event.data] as const] : [],
    ),
  );

/**
 * Registers a series. Nothing is added where it is registered as it is. A registration never
 * changes: a number that a customer holds must stay the print of that number alone.
 */
export const register = (
  registry: Registry,
  { series, format, documents }: SeriesDeclaration,
  at: number,
): Result<readonly SeriesRegistration[], RegistrationRefusal> => {
  const text = Series.textOf(format);
  const registered = registry.get(series);
  if (registered !== undefined) {
    if (registered.format !== text) return err({ type: 'OtherFormat', series, registered });
    if (registered.documents !== documents)
      return err({ type: 'OtherDocuments', series, registered });
    return ok([]);
  }
  if (registry.size >= REGISTERED_MAX) return err({ type: 'RegistryFull', series });
  for (const other of registry.values()) {
    const example = Series.parseFormat(other.format).match(
      (parsed) => Series.printedByBoth({ series, format }, { ...other, format: parsed }),
      () => undefined,
    );
    if (example !== undefined)
      return err({ type: 'PrintsAlike', series, other: other.series, example });
  }
  return ok([{ series, format: text, documents, at }]);
};
