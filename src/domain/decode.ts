import { err, ok, type Result } from 'neverthrow';

export type DecodeError = { readonly path: string; readonly why: string };

/** Reads stored data without trusting it. Throws nothing; what does not fit is a value. */
export type Decoder<T> = {
  (value: unknown, path: string): Result<T, DecodeError>;
  /**
   * The same without messages. Nearly everything fits, and making a result and a path for each part
   * would take longer than reading it. What does not fit is read again, for the messages.
   */
  readonly quick?: Quick<T>;
};

export const REFUSED: unique symbol = Symbol('refused');
type Quick<T> = (value: unknown) => T | typeof REFUSED;

export const withQuick = <T>(quick: Quick<T>, worded: Decoder<T>): Decoder<T> => {
  const decode: Decoder<T> = (value, path) => {
    const read = quick(value);
    return read === REFUSED ? worded(value, path) : ok(read);
  };
  return Object.assign(decode, { quick });
};

const quickOf = <T>(decode: Decoder<T>): Quick<T> =>
  decode.quick ??
  ((value) => {
    const decoded = decode(value, '');
    return decoded.isOk() ? decoded.value : REFUSED;
  });

const asIs = <T>(isOne: (value: unknown) => value is T, why: string): Decoder<T> =>
  withQuick<T>(
    (value) => (isOne(value) ? value : REFUSED),
    (_value, path) => err({ path, why }),
  );

export const string = asIs((value) => typeof value === 'string', 'is not a string');

/** A whole number of zero or more that JSON carries exactly: amounts, counts, versions, times. */
export const whole = asIs(
  (value): value is number =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= 0,
  'is not a whole number',
);

/** A whole number that JSON carries exactly and that may be below zero, such as a rounding. */
export const integer = asIs(
  (value): value is number => Number.isSafeInteger(value),
  'is not a whole number',
);

/** A part that is read later, together with the other parts. */
export const unread: Decoder<unknown> = withQuick<unknown>((value) => value, ok);

export const oneOf = <const T extends string>(...literals: readonly T[]): Decoder<T> =>
  asIs(
    (value): value is T => literals.includes(value as T),
    `is not one of ${literals.join(', ')}`,
  );

export const list = <T>(item: Decoder<T>): Decoder<readonly T[]> => {
  const quickly = quickOf(item);
  return withQuick<readonly T[]>(
    (value) => (Array.isArray(value) ? quickList(value, quickly) : REFUSED),
    (value, path) => {
      if (!Array.isArray(value)) return err({ path, why: 'is not a list' });
      const items: T[] = [];
      for (const [index, entry] of value.entries()) {
        const decoded = item(entry, `${path}[${index}]`);
        if (decoded.isErr()) return err(decoded.error);
        items.push(decoded.value);
      }
      return ok(items);
    },
  );
};

const quickList = <T>(
  value: readonly unknown[],
  quickly: Quick<T>,
): readonly T[] | typeof REFUSED => {
  const items: T[] = [];
  let isSame = true;
  for (const entry of value) {
    const item = quickly(entry);
    if (item === REFUSED) return REFUSED;
    isSame &&= item === entry;
    items.push(item);
  }
  return isSame ? (value as readonly T[]) : items;
};

/** An optional part is stored as a list of none or one, since a row has no names. */
export const optional = <T>(item: Decoder<T>): Decoder<T | undefined> => {
  const quickly = quickOf(item);
  return withQuick<T | undefined>(
    (value) => {
      if (!Array.isArray(value) || value.length > 1) return REFUSED;
      return value.length === 0 ? undefined : quickly(value[0]);
    },
    (value, path) =>
      Array.isArray(value) && value.length <= 1
        ? value.length === 0
          ? ok(undefined)
          : item(value[0], path)
        : err({ path, why: 'is not a list of at most one' }),
  );
};

/** Writes what `optional` reads. */
export const toOptional = <T, J>(value: T | undefined, write: (value: T) => J): readonly J[] =>
  value === undefined ? [] : [write(value)];

type Shape = { readonly [key: string]: Decoder<unknown> };
type DecodedShape<S extends Shape> = {
  readonly [K in keyof S]: S[K] extends Decoder<infer T> ? T : never;
};

/**
 * An object of exactly these parts. It refuses a missing or unknown part: such data is not ours.
 */
export const object = <const S extends Shape>(shape: S): Decoder<DecodedShape<S>> => {
  const decodeParts = partsOf(shape);
  const names = Object.keys(shape);
  const parts = Object.values(shape).map(quickOf);
  return withQuick<DecodedShape<S>>(
    (value) => {
      if (!isObject(value)) return REFUSED;
      const keys = Object.keys(value);
      if (keys.length !== names.length) return REFUSED;
      const isOrdered = names.every((name, at) => name === keys[at]);
      // The values are in the order of the shape, however they are stored.
      let values: Record<string, unknown> | undefined = isOrdered ? undefined : {};
      for (let at = 0; at < names.length; at += 1) {
        const name = names[at] as string;
        if (!isOrdered && !Object.hasOwn(value, name)) return REFUSED;
        const stored = value[name];
        const part = (parts[at] as Quick<unknown>)(stored);
        if (part === REFUSED) return REFUSED;
        if (part !== stored) values ??= { ...value };
        if (values !== undefined) values[name] = part;
      }
      return (values ?? value) as DecodedShape<S>;
    },
    (value, path) => {
      if (!isObject(value)) return err({ path, why: 'is not an object' });
      const unknown = Object.keys(value).find((key) => !Object.hasOwn(shape, key));
      if (unknown !== undefined) return err({ path: `${path}.${unknown}`, why: 'is not known' });
      return decodeParts((name) => value[name], path);
    },
  );
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What depends on the shape alone is made once, since stored data is decoded all the time. */
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
 * It is for what an event has many times: a kilobyte is a write unit. The order is stored for ever,
 * as names are.
 */
export const row = <const S extends Shape>(shape: S): Decoder<DecodedShape<S>> => {
  const decodeParts = partsOf(shape);
  const names = Object.keys(shape);
  const parts = Object.values(shape).map(quickOf);
  const { length } = names;
  return withQuick<DecodedShape<S>>(
    (value) => {
      if (!Array.isArray(value) || value.length !== length) return REFUSED;
      const values: Record<string, unknown> = {};
      for (let at = 0; at < length; at += 1) {
        const part = (parts[at] as Quick<unknown>)(value[at]);
        if (part === REFUSED) return REFUSED;
        values[names[at] as string] = part;
      }
      return values as DecodedShape<S>;
    },
    (value, path) =>
      Array.isArray(value) && value.length === length
        ? decodeParts((_name, index) => value[index], path)
        : err({ path, why: `is not a list of ${length}` }),
  );
};

/** Writes what `row` reads: the parts in the order of the shape. New parts go to its end. */
export const toRow = <K extends string>(
  shape: Readonly<Record<K, Decoder<string> | Decoder<number>>>,
): ((value: Readonly<Record<K, string | number>>) => readonly (string | number)[]) => {
  const names = Object.keys(shape) as K[];
  return (value) => names.map((name) => value[name]);
};
