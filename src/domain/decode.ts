import { err, ok, type Result } from 'neverthrow';

export type DecodeError = { readonly path: string; readonly why: string };

/** Reads stored data without trusting it. Throws nothing; what does not fit is a value. */
export type Decoder<T> = (value: unknown, path: string) => Result<T, DecodeError>;

export const string: Decoder<string> = (value, path) =>
  typeof value === 'string' ? ok(value) : err({ path, why: 'is not a string' });

/** A whole number that JSON carries exactly, not below zero: amounts, counts, versions, times. */
export const whole: Decoder<number> = (value, path) =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
    ? ok(value)
    : err({ path, why: 'is not a whole number' });

/** A whole number that JSON carries exactly, which may be below zero: what rounding adds. */
export const integer: Decoder<number> = (value, path) =>
  typeof value === 'number' && Number.isSafeInteger(value)
    ? ok(value)
    : err({ path, why: 'is not a whole number' });

/** A part that is read later, with what the other parts say. */
export const unread: Decoder<unknown> = (value) => ok(value);

export const oneOf =
  <const T extends string>(...literals: readonly T[]): Decoder<T> =>
  (value, path) => {
    const found = literals.find((literal) => literal === value);
    return found === undefined
      ? err({ path, why: `is not one of ${literals.join(', ')}` })
      : ok(found);
  };

export const list =
  <T>(item: Decoder<T>): Decoder<readonly T[]> =>
  (value, path) => {
    if (!Array.isArray(value)) return err({ path, why: 'is not a list' });
    const items: T[] = [];
    for (const [index, entry] of value.entries()) {
      const decoded = item(entry, `${path}[${index}]`);
      if (decoded.isErr()) return err(decoded.error);
      items.push(decoded.value);
    }
    return ok(items);
  };

/** What may be absent is stored as a list of nothing or of it, since a row has no names. */
export const optional =
  <T>(item: Decoder<T>): Decoder<T | undefined> =>
  (value, path) =>
    Array.isArray(value) && value.length <= 1
      ? value.length === 0
        ? ok(undefined)
        : item(value[0], path)
      : err({ path, why: 'is not a list of at most one' });

/** Writes what `optional` reads. */
export const toOptional = <T, J>(value: T | undefined, write: (value: T) => J): readonly J[] =>
  value === undefined ? [] : [write(value)];

type Shape = { readonly [key: string]: Decoder<unknown> };
type DecodedShape<S extends Shape> = {
  readonly [K in keyof S]: S[K] extends Decoder<infer T> ? T : never;
};

/** Exactly these parts: one that is missing or unknown is refused, since it is not ours. */
export const object = <const S extends Shape>(shape: S): Decoder<DecodedShape<S>> => {
  const decodeParts = partsOf(shape);
  return (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return err({ path, why: 'is not an object' });
    }
    const unknown = Object.keys(value).find((key) => !Object.hasOwn(shape, key));
    if (unknown !== undefined) return err({ path: `${path}.${unknown}`, why: 'is not known' });
    return decodeParts((name) => Reflect.get(value, name), path);
  };
};

/** Stored data is decoded all the time, so that what depends on the shape alone is made once. */
const partsOf = <const S extends Shape>(shape: S) => {
  const parts = Object.entries(shape).map(([name, decode]) => ({ name, decode, at: `.${name}` }));
  return (
    read: (name: string, index: number) => unknown,
    path: string,
  ): Result<DecodedShape<S>, DecodeError> => {
    const values: Record<string, unknown> = {};
    let index = 0;
    for (const { name, decode, at } of parts) {
      const decoded = decode(read(name, index), path + at);
      if (decoded.isErr()) return err(decoded.error);
      values[name] = decoded.value;
      index += 1;
    }
    return ok(values as DecodedShape<S>);
  };
};

/**
 * An object stored as a list of its parts in this order, without their names, as `toRow` writes it.
 * For what stands in an event many times: a kilobyte is a write unit. The order is stored for ever,
 * as names are.
 */
export const row = <const S extends Shape>(shape: S): Decoder<DecodedShape<S>> => {
  const decodeParts = partsOf(shape);
  const { length } = Object.keys(shape);
  return (value, path) =>
    Array.isArray(value) && value.length === length
      ? decodeParts((_name, index) => value[index], path)
      : err({ path, why: `is not a list of ${length}` });
};

/** Writes what `row` reads: the parts in the order of the shape. New ones go to its end. */
export const toRow = <K extends string>(
  shape: Readonly<Record<K, Decoder<string> | Decoder<number>>>,
): ((value: Readonly<Record<K, string | number>>) => readonly (string | number)[]) => {
  const names = Object.keys(shape) as K[];
  return (value) => names.map((name) => value[name]);
};
