/** Makes Node 20 and 22 do what the program needs of Node 24. */
export const adaptNode = (): void => {
  addToNode20();
  keepNode22Quiet();
};

/** What the program uses of ECMAScript 2024 and Node 20 does not have. */
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

/** Node 22 says at each start that SQLite, in which the embedded servers keep data, is new. */
const keepNode22Quiet = (): void => {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = (...given: readonly unknown[]) => {
    if (String(given[0]).startsWith('SQLite is an experimental feature')) return;
    Reflect.apply(emitWarning, process, given);
  };
};
