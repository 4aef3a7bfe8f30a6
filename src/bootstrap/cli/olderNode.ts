/** Makes Node 20 and 22 do what the program needs, and say nothing useless. */
export const adaptNode = (): void => {
  addToNode20();
  keepQuiet();
};

/** Adds what the program uses of ECMAScript 2024 and Node 20 does not have. */
const addToNode20 = (): void => {
  for (const [builtin, missing] of [
    [Promise, { withResolvers }],
    [Map, { groupBy }],
    [Object, { groupBy: groupByName }],
  ] as const) {
    for (const [name, value] of Object.entries(missing)) {
      if (!(name in builtin)) Object.assign(builtin, { [name]: value });
    }
  }
};

const withResolvers = <T>(): PromiseWithResolvers<T> => {
  let resolve: PromiseWithResolvers<T>['resolve'] = () => undefined;
  let reject: PromiseWithResolvers<T>['reject'] = () => undefined;
  const promise = new Promise<T>((onValue, onError) => {
    [resolve, reject] = [onValue, onError];
  });
  return { promise, resolve, reject };
};

const groupBy = <K, T>(items: Iterable<T>, keyOf: (item: T, index: number) => K): Map<K, T[]> => {
  const groups = new Map<K, T[]>();
  let index = 0;
  for (const item of items) {
    const key = keyOf(item, index);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
    index += 1;
  }
  return groups;
};

const groupByName = <T>(
  items: Iterable<T>,
  nameOf: (item: T, index: number) => PropertyKey,
): Record<string, T[]> => Object.fromEntries(groupBy(items, nameOf));

/**
 * Node 22 says at each start that SQLite, in which the embedded servers keep data, is new; and the
 * SDK says on Node 20 that its later releases will not run there, which the one in use does.
 */
const NEEDLESS: readonly string[] = ['SQLite is an experimental', 'NodeVersionSupportWarning'];

const keepQuiet = (): void => {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = (...given: readonly unknown[]) => {
    const text = String(given[0]);
    if (!NEEDLESS.some((start) => text.startsWith(start))) {
      Reflect.apply(emitWarning, process, given);
    }
  };
};
